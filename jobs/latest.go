package jobs

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Beside the sets of a report, latest.<ext> and latest.manifest.json stand for the files of the newest one: symbolic
// links or, where there are none, copies. Like a set, they are their manifest: it goes first and comes last.

const (
	latestBase     = "latest"
	latestManifest = latestBase + manifestExt
)

// alias is another name of a file in the same folder.
type alias struct{ name, target string }

// aliases are the names of latest for a set, that of its manifest last.
func (d delivered) aliases() []alias {
	var list []alias
	for _, f := range d.Files {
		list = append(list, alias{latestBase + strings.TrimPrefix(f.Name, d.base), f.Name})
	}
	return append(list, alias{latestBase + manifestExt, d.base + manifestExt})
}

// hideLatest takes away the manifest of latest if it is a link to that of the set, which is about to be replaced. A link
// would lead to the new manifest before there is a link to each of the files in it.
func (s *set) hideLatest() error {
	target, err := os.Readlink(filepath.Join(s.folder, latestManifest))
	if err != nil || target != s.manifest.name {
		return nil
	}
	s.hid = true
	if err := s.remove(latestBase + manifestExt); err != nil {
		return err
	}
	return s.sync()
}

// showLatest makes latest stand for the newest of sets. sets are all that there are; before are those that there were when
// the run began, from which latest may still have its names.
func (s *set) showLatest(sets, before []delivered) error {
	if len(sets) == 0 {
		return nil
	}
	aliases := sets[0].aliases()
	stale, err := s.outdated(aliases, slices.Concat(sets, before))
	if err != nil {
		return err
	}
	wrong := slices.DeleteFunc(slices.Clone(aliases), s.shows)
	if len(wrong) == 0 && len(stale) == 0 {
		return nil
	}
	manifest := aliases[len(aliases)-1]
	if err := s.withdraw(stale); err != nil {
		return err
	}
	for _, a := range wrong {
		if a == manifest {
			continue
		}
		if err := s.link(a); err != nil {
			return err
		}
	}
	if err := s.sync(); err != nil {
		return err
	}
	if err := s.link(manifest); err != nil {
		return err
	}
	return s.sync()
}

// shows tells whether an alias is there already: as a link, or as a copy of the same bytes.
func (s *set) shows(a alias) bool {
	path := filepath.Join(s.folder, a.name)
	if target, err := os.Readlink(path); err == nil {
		return target == a.target
	}
	return sameBytes(path, filepath.Join(s.folder, a.target))
}

// outdated is the names of latest that the newest set has no file for. Only what we made is among them: a link to a file
// of a set, or to one that is gone, or a file with an extension that sets have.
func (s *set) outdated(aliases []alias, sets []delivered) (names []string, err error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return nil, output(s.folder, err)
	}
	known := map[string]bool{}
	if s.other != "" {
		known[latestBase+strings.TrimPrefix(s.other, s.base)] = true
	}
	for _, d := range sets {
		for _, a := range d.aliases() {
			known[a.name] = true
		}
	}
	if m, err := ReadManifest(filepath.Join(s.folder, latestManifest)); err == nil {
		for _, f := range m.beside(latestBase) {
			known[f.Name] = true
		}
	}
	for _, e := range entries {
		if slices.ContainsFunc(aliases, func(a alias) bool { return a.name == e.Name() }) {
			continue
		}
		if s.leads(e.Name(), sets) || e.Type().IsRegular() && isLatest(e.Name()) && known[e.Name()] {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func isLatest(name string) bool { return strings.HasPrefix(name, latestBase+".") }

// leads tells whether a name of latest is a link such as we make: to a file of a set, or to one that is gone.
func (s *set) leads(name string, sets []delivered) bool {
	if !isLatest(name) {
		return false
	}
	target, err := os.Readlink(filepath.Join(s.folder, name))
	if err != nil || filepath.Base(target) != target || !strings.HasSuffix(target, strings.TrimPrefix(name, latestBase)) {
		return false
	}
	of := func(d delivered) bool {
		return slices.ContainsFunc(d.aliases(), func(a alias) bool { return a.target == target })
	}
	return slices.ContainsFunc(sets, of) || s.gone(target)
}

// dropLatest takes away the names of latest that were made while the report had it: they would stand for a set that is the
// newest no more, or lead to one that retention took away. Without its manifest, links of such names are somebody else's.
// sets and before are those of showLatest.
func (s *set) dropLatest(sets, before []delivered) error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return output(s.folder, err)
	}
	ours, all := s.copies(), slices.Concat(sets, before)
	for _, e := range entries {
		if s.leads(e.Name(), all) {
			ours = append(ours, e.Name())
		}
	}
	if !slices.Contains(ours, latestManifest) && !s.hid {
		return nil
	}
	if err := s.withdraw(ours); err != nil {
		return err
	}
	return s.sync()
}

// withdraw removes the manifest of latest and, once that has left the disk, files of latest.
func (s *set) withdraw(names []string) error {
	if err := s.remove(latestManifest); err != nil {
		return err
	}
	if err := s.sync(); err != nil {
		return err
	}
	for _, name := range names {
		if name == latestManifest {
			continue
		}
		if err := s.remove(name); err != nil {
			return err
		}
	}
	return nil
}

// copies are the names of latest that are copies of ours: its manifest, and the files that are as it says. Whoever does not
// ask for latest may have files of such names.
func (s *set) copies() (names []string) {
	regular := func(name string) bool {
		info, err := os.Lstat(filepath.Join(s.folder, name))
		return err == nil && info.Mode().IsRegular()
	}
	m, err := ReadManifest(filepath.Join(s.folder, latestManifest))
	if err != nil || m.Report != s.report {
		return nil
	}
	for _, f := range m.beside(latestBase) {
		if f.of(latestBase) && regular(f.Name) && f.isAs(s.folder, m) {
			names = append(names, f.Name)
		}
	}
	if regular(latestBase + manifestExt) {
		names = append(names, latestManifest)
	}
	return names
}

func (s *set) gone(name string) bool {
	_, err := os.Lstat(filepath.Join(s.folder, name))
	return os.IsNotExist(err)
}

// link puts an alias into its place: under a hidden name first, so that a name never stands for half a file.
func (s *set) link(a alias) error {
	if err := s.step("link " + a.name); err != nil {
		return err
	}
	f := &file{set: s, name: a.name, hidden: s.hidden(a.name)}
	symlink := os.Symlink
	if s.symlink != nil {
		symlink = s.symlink
	}
	if symlink(a.target, filepath.Join(s.folder, f.hidden)) == nil {
		s.more = append(s.more, f)
		return s.rename(f)
	}
	return s.copy(a)
}

// copy is link where the file system has no links.
func (s *set) copy(a alias) error {
	path := filepath.Join(s.folder, a.target)
	from, err := os.Open(path)
	if err != nil {
		return output(path, err)
	}
	defer from.Close()
	to, err := s.create(a.name)
	if err != nil {
		return err
	}
	s.more = append(s.more, to)
	if _, err := io.Copy(to, from); err != nil {
		if to.err != nil {
			return to.err
		}
		return output(path, err)
	}
	if err := to.finish(); err != nil {
		return err
	}
	return s.rename(to)
}

// sameBytes tells whether two files hold the same.
func sameBytes(a, b string) bool {
	x, err := os.Open(a)
	if err != nil {
		return false
	}
	defer x.Close()
	y, err := os.Open(b)
	if err != nil {
		return false
	}
	defer y.Close()
	var p, q [32 << 10]byte
	for {
		n, err := io.ReadFull(x, p[:])
		m, other := io.ReadFull(y, q[:])
		if err != other || !bytes.Equal(p[:n], q[:m]) {
			return false
		}
		if err != nil {
			return err == io.EOF || err == io.ErrUnexpectedEOF
		}
	}
}
