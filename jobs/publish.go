package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// publish puts the set into the place of the one before. It never stops halfway of its own accord, and if the disk makes it
// stop, it puts back what was there.
func (s *set) publish(m Manifest) error {
	text, err := m.encode()
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	if _, err := s.manifest.Write(text); err != nil {
		return s.manifest.err
	}
	if err := s.manifest.finish(); err != nil {
		return err
	}
	old, _ := ReadManifest(filepath.Join(s.folder, s.manifest.name)) // without one, nothing was delivered
	if err := s.swap(old, s.stale(old, m)); err != nil {
		s.putBack(old)
		return err
	}
	for _, f := range s.aside {
		f.discard()
	}
	if s.replaced != nil {
		s.replaced.discard()
	}
	return nil
}

// swap takes the old manifest away, gives the files their names, and then their manifest its own.
func (s *set) swap(old Manifest, stale []string) error {
	if err := inTurn(s.hideLatest, func() error { return s.setAside(old) }, s.sync); err != nil {
		return err
	}
	for _, f := range s.files {
		if err := s.rename(f); err != nil {
			return err
		}
	}
	for _, name := range stale {
		if err := s.remove(name); err != nil {
			return err
		}
	}
	return inTurn(s.sync, func() error { return s.rename(s.manifest) }, s.sync)
}

// inTurn takes steps until one fails.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// stale is the files of the set before that have no place in this one.
func (s *set) stale(old, m Manifest) (names []string) {
	if s.other != "" { // which a run may have left behind that was killed when the old manifest was gone
		names = append(names, s.other)
	}
	keep := map[string]bool{s.other: true}
	for _, f := range m.Files {
		keep[f.Name] = true
	}
	for _, f := range old.Files {
		if !keep[f.Name] && f.of(s.base) {
			names = append(names, f.Name)
		}
	}
	return names
}

// setAside gives the files of the set before second names, hidden ones, where the file system has such names, and hides its
// manifest: from then on there is no set, and the second names are the way back.
func (s *set) setAside(old Manifest) error {
	link := os.Link
	if s.place.link != nil {
		link = s.place.link
	}
	for _, f := range old.Files {
		if !f.of(s.base) || s.gone(f.Name) {
			continue
		}
		second := &file{set: s, name: f.Name, hidden: s.hidden(f.Name)}
		if err := s.step("link " + f.Name); err != nil {
			return err
		}
		if link(filepath.Join(s.folder, f.Name), filepath.Join(s.folder, second.hidden)) != nil {
			s.lone = true
			continue
		}
		s.aside = append(s.aside, second)
	}
	if s.gone(s.manifest.name) {
		return nil
	}
	hidden := s.hidden(s.base + replacedExt)
	if err := s.step("remove " + s.manifest.name); err != nil {
		return err
	}
	path := filepath.Join(s.folder, s.manifest.name)
	if err := os.Rename(path, filepath.Join(s.folder, hidden)); err != nil {
		return output(path, err)
	}
	s.replaced = &file{set: s, name: s.manifest.name, hidden: hidden}
	return nil
}

// putBack makes what there was before out of what was set aside, as far as the disk lets it. Where there is no way back, it
// leaves nothing that no manifest lists.
func (s *set) putBack(old Manifest) {
	if s.manifest.hidden == "" {
		return // all names are right, whether or not they are on the disk
	}
	if s.gone(s.manifest.name) && !s.restore(old) {
		return
	}
	if s.hid {
		_ = s.link(alias{latestManifest, s.manifest.name})
	}
	_ = s.sync()
}

// restore gives the set of before its names, and tells whether it is there again.
func (s *set) restore(old Manifest) bool {
	for _, f := range s.files {
		if f.hidden == "" {
			_ = s.remove(f.name)
		}
	}
	if s.replaced == nil {
		return false
	}
	whole := !s.lone
	for _, f := range s.aside {
		whole = (s.same(f) || s.rename(f) == nil) && whole
	}
	if !whole && !(delivered{s.base, old}).whole(s.folder) {
		_ = s.sweep(old.Files, old)
		return false
	}
	return inTurn(s.sync, func() error { return s.rename(s.replaced) }) == nil
}

// same tells whether the file has its name beside its hidden one. To rename it would leave both.
func (s *set) same(f *file) bool {
	a, err := os.Lstat(filepath.Join(s.folder, f.name))
	if err != nil {
		return false
	}
	b, err := os.Lstat(filepath.Join(s.folder, f.hidden))
	return err == nil && os.SameFile(a, b)
}

// sweep removes files that no manifest lists any more. What somebody changed stays: known are the manifests that say what
// they were.
func (s *set) sweep(files []File, known ...Manifest) error {
	for _, f := range files {
		ours := slices.ContainsFunc(known, func(m Manifest) bool {
			return slices.ContainsFunc(m.Files, func(o File) bool { return o.Name == f.Name && s.holds(f.Name, o) })
		})
		if !ours {
			continue
		}
		if err := s.remove(f.Name); err != nil {
			return err
		}
	}
	return nil
}

// holds tells whether the file of a name is the one that a manifest lists.
func (s *set) holds(name string, f File) bool {
	info, err := os.Lstat(filepath.Join(s.folder, name))
	f.Name = name
	return err == nil && info.Mode().IsRegular() && f.isAs(s.folder, Manifest{Rows: f.Rows})
}
