package jobs

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
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

// last is the set that was delivered last, and an empty one if there is none. It is found without reading the manifests.
func (s *set) last() (delivered, error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return delivered{}, output(s.folder, err)
	}
	var found delivered
	var at time.Time
	for _, e := range entries {
		base, ok := strings.CutSuffix(e.Name(), manifestExt)
		if info, err := e.Info(); ok && err == nil && info.Mode().IsRegular() && info.ModTime().After(at) {
			found.base, at = base, info.ModTime()
		}
	}
	if found.base != "" {
		found.Manifest, _ = ReadManifest(found.path(s.folder))
	}
	return found, nil
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

// Delivered tells which windows of a report were delivered, under whatever names. The folder is read once, when the first
// one is asked for; a folder that cannot be read holds none.
func Delivered(output, report string) func(Window) bool {
	windows := sync.OnceValue(func() map[[2]int64]bool {
		sets, _ := deliveredSets(filepath.Join(output, report), report)
		all := map[[2]int64]bool{}
		for _, d := range sets {
			all[[2]int64{d.Window.From.UnixNano(), d.Window.To.UnixNano()}] = true
		}
		return all
	})
	return func(w Window) bool { return windows()[[2]int64{w.From.UnixNano(), w.To.UnixNano()}] }
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
	return !slices.ContainsFunc(d.Files, func(f File) bool { return !f.isAs(folder, d.Manifest) })
}
