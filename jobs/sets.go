package jobs

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// delivered is a set that lies in the folder of its report.
type delivered struct {
	base string // of the file names
	Manifest
}

// bytes is the size of the set's files.
func (d delivered) bytes() (n int64) {
	for _, f := range d.Files {
		n += f.Bytes
	}
	return n
}

// path is where the set's manifest lies.
func (d delivered) path(folder string) string { return filepath.Join(folder, d.base+manifestExt) }

// about tells whether the set is about a window.
func (d delivered) about(w Window) bool {
	return d.Window.From.Equal(w.From) && d.Window.To.Equal(w.To)
}

// newer orders sets: the one whose window ends last comes first, and of windows that end together the one that begins
// last, which is the shortest. A window that was filled in afterwards is as old as it is.
func newer(a, b delivered) int {
	return cmp.Or(
		b.Window.To.Compare(a.Window.To), b.Window.From.Compare(a.Window.From), b.Slot.Compare(a.Slot), strings.Compare(b.base, a.base),
	)
}

// deliveredSets are the sets of a report, the newest first. They are known by their manifests, whatever their names. What
// only looks like a manifest is somebody else's, and so is a manifest that lists files of other names than its own.
func deliveredSets(folder, report string) ([]delivered, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, output(folder, err)
	}
	var sets []delivered
	for _, e := range entries {
		base, ok := strings.CutSuffix(e.Name(), manifestExt)
		if !ok || !e.Type().IsRegular() || base == latestBase || strings.HasPrefix(base, ".") {
			continue
		}
		m, err := ReadManifest(filepath.Join(folder, e.Name()))
		if err == nil && m.Report == report && !slices.ContainsFunc(m.Files, func(f File) bool { return !f.of(base) }) {
			sets = append(sets, delivered{base, m})
		}
	}
	slices.SortFunc(sets, newer)
	return sets, nil
}

// of tells whether a file's name is one that a set can have: a plain one, which begins with the set's. A manifest that
// somebody changed must not make us touch files of theirs.
func (f File) of(base string) bool {
	ext, ok := strings.CutPrefix(f.Name, base+".")
	return ok && ext != "" && base != "" && filepath.Base(f.Name) == f.Name && filepath.IsLocal(f.Name)
}

// with is sets with one more, which takes the place of the one of its name.
func with(sets []delivered, one delivered) []delivered {
	all := slices.DeleteFunc(slices.Clone(sets), func(d delivered) bool { return d.base == one.base })
	all = append(all, one)
	slices.SortFunc(all, newer)
	return all
}

// whole tells whether the files of a set are still what their manifest says.
func (d delivered) whole(folder string) bool {
	return !slices.ContainsFunc(d.Files, func(f File) bool { return len(verifyFile(folder, d.Manifest, f, nil)) > 0 })
}
