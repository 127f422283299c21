package jobs

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A window can be read again: by hand, or because rows arrive late. What is delivered then replaces what was there, and
// the manifest says in numbers what changed.

// ReadRows gives what each row of a delivered file says, in the file's order and without its header. What is given is
// valid until the next row is asked for; an error is the last element.
type ReadRows = func(format string, f *os.File) iter.Seq2[[]byte, error]

// replace puts the files of the run into the place of those before, unless the order wants to keep what is the same, and
// does what follows from it.
func (r *run) replace(ctx context.Context, files *set) error {
	sets, err := deliveredSets(files.folder, r.name)
	if err != nil {
		return err
	}
	before, ok := r.before(files, sets)
	if ok && r.lacks(before) && before.whole(files.folder) {
		return &MissingError{Missing: r.missing(), Kept: true}
	}
	if ok && r.keeps(files, before) {
		r.manifest, r.unchanged, r.delivered = before.Manifest, true, before.path(files.folder)
		r.trouble = r.follow(ctx, files, sets, sets, nil)
		return nil
	}
	r.note(files, sets)
	due := r.retire(files, sets)
	if err := files.publish(r.manifest); err != nil {
		return err
	}
	now := delivered{files.base, r.manifest}
	r.delivered = now.path(files.folder)
	left := slices.DeleteFunc(with(sets, now), func(d delivered) bool {
		return slices.ContainsFunc(due, func(gone delivered) bool { return gone.base == d.base })
	})
	r.trouble = r.follow(ctx, files, left, sets, due)
	return nil
}

// before is the set that was delivered for the window before: the one of the same name, or else one of a name that files
// had before the template changed.
func (r *run) before(files *set, sets []delivered) (delivered, bool) {
	i := slices.IndexFunc(sets, func(d delivered) bool { return d.base == files.base })
	if i < 0 {
		i = slices.IndexFunc(sets, func(d delivered) bool { return d.about(r.Order.Window) })
	}
	if i < 0 {
		return delivered{}, false
	}
	return sets[i], true
}

// follow does what follows a delivery. The files are delivered by then, whatever becomes of it. Nothing is taken away while
// latest may still lead there.
func (r *run) follow(ctx context.Context, files *set, sets, before, due []delivered) error {
	latest := files.dropLatest
	if r.Latest {
		latest = files.showLatest
	}
	if err := latest(sets, before); err != nil {
		return err
	}
	if r.Retention == (Retention{}) {
		return nil
	}
	if err := files.clearHalfRetired(slices.Concat(sets, due)); err != nil {
		return err
	}
	return r.clearRetired(ctx, files, due)
}

// keeps tells whether a set of before is to stay in place of the one that was just made: the window is read again, and
// neither rows nor verdict nor formats are others.
func (r *run) keeps(files *set, before delivered) bool {
	formats := func(a, b File) bool { return a.Format == b.Format }
	return r.Again && before.Verdict == r.manifest.Verdict && before.says(r.manifest) &&
		slices.EqualFunc(before.Files, r.manifest.Files, formats) && before.whole(files.folder)
}

// says tells whether two manifests are about the same rows.
func (m Manifest) says(other Manifest) bool {
	if m.Content != "" { // a set of a version that knew no content has its files alone
		return m.Content == other.Content
	}
	return slices.EqualFunc(m.Files, other.Files, func(a, b File) bool { return a.Name == b.Name && a.SHA256 == b.SHA256 })
}

// note completes the manifest by what follows from the sets of before: what changed if this one takes the place of
// another, and since when the report says the same.
func (r *run) note(files *set, sets []delivered) {
	m, window := &r.manifest, r.Order.Window
	if i := slices.IndexFunc(sets, func(d delivered) bool { return d.base == files.base }); i >= 0 {
		m.Retired = sets[i].Retired
		if !sets[i].says(*m) {
			r.change = r.difference(files, sets[i].Manifest)
			m.Warnings = append(m.Warnings, r.change)
		}
	}
	m.UnchangedSince = m.since(slices.DeleteFunc(slices.Clone(sets), func(d delivered) bool {
		return d.about(window) || newer(delivered{files.base, *m}, d) >= 0
	}))
}

// since is the slot of the first of the sets in a row that say the same as the manifest, of which earlier are all before it, the
// newest first; nothing if there is none. What the oldest of them knew of those before it holds, since nobody can have
// replaced them after they were gone.
func (m Manifest) since(earlier []delivered) (since time.Time) {
	for i, d := range earlier {
		if d.Content != m.Content || d.Account != m.Account {
			return since
		}
		since = d.Slot
		if i == len(earlier)-1 && !d.UnchangedSince.IsZero() {
			since = d.UnchangedSince
		}
	}
	return since
}

// difference says what changed from one delivery of a window to the next.
func (r *run) difference(files *set, before Manifest) string {
	text := fmt.Sprintf("read again: %d rows before, and %d now", before.Rows, r.manifest.Rows)
	added, gone, err := r.compare(files, before)
	switch {
	case err != nil:
		return text
	case added == 0 && gone == 0:
		return text + ", which say the same"
	}
	return text + fmt.Sprintf("; %d are new, and %d are gone or say something else", added, gone)
}

var errIncomparable = errors.New("no file that could be compared")

// compare counts the rows that only one of two deliveries has, by the first of the files that both of them have.
func (r *run) compare(files *set, before Manifest) (added, gone int64, err error) {
	if r.Rows == nil {
		return 0, 0, errIncomparable
	}
	for i, f := range files.files {
		known := slices.ContainsFunc(before.Files, func(old File) bool { return old.Name == f.name && old.Format == r.Formats[i].Name })
		if known {
			now, old := filepath.Join(files.folder, f.hidden), filepath.Join(files.folder, f.name)
			c := comparison{read: r.Rows, format: r.Formats[i].Name, seed: maphash.MakeSeed()}
			return c.count(old, now, max(before.Rows, r.manifest.Rows))
		}
	}
	return 0, 0, errIncomparable
}

// comparison compares two files row by row, whatever their order. It reads them several times if they are large, each
// time for a part of the rows, so that memory does not grow with their number.
type comparison struct {
	read   ReadRows
	format string
	seed   maphash.Seed
}

// partRows is how many rows of each file are compared at a time: 8 bytes each.
const partRows = 1 << 21

func (c comparison) count(old, now string, rows int64) (added, gone int64, err error) {
	parts := uint64(rows/partRows + 1)
	for part := range parts {
		before, err := c.hashes(old, part, parts)
		if err != nil {
			return 0, 0, err
		}
		after, err := c.hashes(now, part, parts)
		if err != nil {
			return 0, 0, err
		}
		a, g := unmatched(before, after)
		added, gone = added+a, gone+g
	}
	return added, gone, nil
}

// hashes are those of the rows of a part, sorted.
func (c comparison) hashes(path string, part, parts uint64) ([]uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []uint64
	for row, err := range c.read(c.format, f) {
		if err != nil {
			return nil, err
		}
		if h := maphash.Bytes(c.seed, row); h%parts == part {
			list = append(list, h)
		}
	}
	slices.Sort(list)
	return list, nil
}

// unmatched counts what only one of two sorted lists has.
func unmatched(before, after []uint64) (added, gone int64) {
	for len(before) > 0 && len(after) > 0 {
		switch {
		case before[0] == after[0]:
			before, after = before[1:], after[1:]
		case before[0] < after[0]:
			before, gone = before[1:], gone+1
		default:
			after, added = after[1:], added+1
		}
	}
	return added + int64(len(after)), gone + int64(len(before))
}
