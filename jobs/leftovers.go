package jobs

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Files have hidden names until they are whole. A run that is killed leaves some of them behind, and the next run of the
// report, whatever window it is about, ends what that one began.

// replacedExt is what the hidden name of a manifest has that is being replaced, instead of manifestExt.
const replacedExt = ".replaced"

// hidden is the name that a file has until it is whole: the report and what will be the rest of its name, process and
// random digits. The report's name is in it whatever the template of names, so that later runs know it for theirs.
func (s *set) hidden(name string) string {
	return fmt.Sprintf(".%s_%s.%d-%s.reportjob", s.report, s.rest(name), os.Getpid(), strings.ToLower(rand.Text()))
}

func (s *set) rest(name string) string { return strings.TrimPrefix(name, s.report+"_") }

// leftover is the hidden names of a report's files. What it captures is the rest of their names.
func leftover(report string) *regexp.Regexp {
	return regexp.MustCompile(`^\.` + regexp.QuoteMeta(report) + `_(.+)\.[0-9]+-[2-7a-z]{26}\.reportjob$`)
}

// left is a hidden file that a killed run left behind.
type left struct{ hidden, rest string }

// half is a set that a killed run was about to deliver, or to replace: its manifest has a hidden name alone.
type half struct {
	delivered
	hidden string
	ext    string // manifestExt or replacedExt
}

// clear ends what killed runs of the report began, and removes what else they left behind. The folder is locked, so none
// of it is still in use.
func (s *set) clear() error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return output(s.folder, err)
	}
	var all []left
	ours := leftover(s.report)
	for _, e := range entries {
		if match := ours.FindStringSubmatch(e.Name()); match != nil && !e.IsDir() {
			all = append(all, left{e.Name(), match[1]})
		}
	}
	if err := s.end(all); err != nil {
		return err
	}
	for _, l := range all {
		if err := s.remove(l.hidden); err != nil {
			return err
		}
	}
	return nil
}

// end ends the deliveries that were under way: forward if all of the new set is there, else back to the one before.
func (s *set) end(all []left) error {
	halves := s.halves(all)
	var known []Manifest
	for _, h := range halves {
		known = append(known, h.Manifest)
		if !s.gone(h.base + manifestExt) {
			continue
		}
		if err := s.settle(h, all); err != nil {
			return err
		}
	}
	for _, h := range halves {
		now, _ := ReadManifest(h.path(s.folder))
		unlisted := slices.DeleteFunc(slices.Clone(h.Files), func(f File) bool {
			return slices.ContainsFunc(now.Files, func(other File) bool { return other.Name == f.Name })
		})
		if err := s.sweep(unlisted, known...); err != nil {
			return err
		}
	}
	return nil
}

// halves are the sets of which there is but a hidden manifest: new ones first, and of those the newest.
func (s *set) halves(all []left) (halves []half) {
	for _, l := range all {
		for _, ext := range []string{manifestExt, replacedExt} {
			if rest, ok := strings.CutSuffix(l.rest, ext); ok {
				if m, err := ReadManifest(filepath.Join(s.folder, l.hidden)); err == nil && m.Report == s.report {
					halves = append(halves, half{delivered{s.baseOf(m, rest), m}, l.hidden, ext})
				}
			}
		}
	}
	halves = slices.DeleteFunc(halves, func(h half) bool { return h.base == "" })
	slices.SortFunc(halves, func(a, b half) int { return cmp.Or(strings.Compare(a.ext, b.ext), b.Ended.Compare(a.Ended)) })
	return halves
}

// baseOf is what the names of a set begin with, of which the hidden name of its manifest has but the rest; empty if the
// manifest is not about such a set.
func (s *set) baseOf(m Manifest, rest string) string {
	for _, base := range []string{s.report + "_" + rest, rest} {
		if len(m.Files) > 0 && !slices.ContainsFunc(m.Files, func(f File) bool { return !f.of(base) }) {
			return base
		}
	}
	return ""
}

// settle delivers a set if all of its files are there, under their names or under hidden ones.
func (s *set) settle(h half, all []left) error {
	var moves []*file
	for _, f := range h.Files {
		if s.holds(f.Name, f) {
			continue
		}
		i := slices.IndexFunc(all, func(l left) bool { return l.rest == s.rest(f.Name) && s.holds(l.hidden, f) })
		if i < 0 {
			return nil
		}
		moves = append(moves, &file{set: s, name: f.Name, hidden: all[i].hidden})
	}
	for _, f := range moves {
		if err := s.rename(f); err != nil {
			return err
		}
	}
	if err := s.sync(); err != nil {
		return err
	}
	if err := s.rename(&file{set: s, name: h.base + manifestExt, hidden: h.hidden}); err != nil {
		return err
	}
	s.ended = append(s.ended, h.path(s.folder))
	return s.sync()
}
