package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Retention says how long delivered sets are kept: for ever if it is zero, for days since their window's end, or as many
// of the newest. It can be compared by ==.
type Retention struct{ days, sets int }

// Retired is a set that retention took away. Its files are told whole, so that it is known for ever what they were, and
// so that a run that was killed amid taking them away is ended by the next one.
type Retired struct {
	Manifest string         `json:"manifest"` // the name of its file
	Window   ManifestWindow `json:"window"`
	Slot     time.Time      `json:"slot"`
	Rows     int64          `json:"rows"`
	Verdict  Verdict        `json:"verdict"`
	Files    []File         `json:"files"`
}

// The bounds of a retention: a hundred years, and more sets than there are minutes in one.
const (
	mostKeptDays = 36_500
	mostKeptSets = 1_000_000
)

// ParseRetention reads off, a number of days or weeks such as 30d or 8w, or a number of sets such as 12.
func ParseRetention(s string) (Retention, error) {
	if strings.EqualFold(s, "off") {
		return Retention{}, nil
	}
	digits, unit, most := s, 0, mostKeptSets
	for suffix, days := range map[string]int{"d": 1, "w": 7} {
		if before, ok := strings.CutSuffix(strings.ToLower(s), suffix); ok {
			digits, unit, most = before, days, mostKeptDays/days
		}
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n < 1 || int(n) > most {
		return Retention{}, fmt.Errorf("expected off, days or weeks since the window's end such as 30d or 8w, or the number of the "+
			"newest sets such as 12, found %q", clip(s))
	}
	if unit > 0 {
		return Retention{days: int(n) * unit}, nil
	}
	return Retention{sets: int(n)}, nil
}

// String is the retention as ParseRetention reads it.
func (r Retention) String() string {
	switch {
	case r.days > 0:
		return strconv.Itoa(r.days) + "d"
	case r.sets > 0:
		return strconv.Itoa(r.sets)
	}
	return "off"
}

// MarshalText makes a retention its text in JSON.
func (r Retention) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a retention, as ParseRetention does.
func (r *Retention) UnmarshalText(text []byte) error {
	parsed, err := ParseRetention(string(text))
	if err == nil {
		*r = parsed
	}
	return err
}

// due are those of sets, the newest first, whose time is up at an instant.
func (r Retention) due(sets []delivered, at time.Time) (list []delivered) {
	for i, d := range sets {
		if r.sets > 0 && i >= r.sets || r.days > 0 && d.Window.To.Before(at.AddDate(0, 0, -r.days)) {
			list = append(list, d)
		}
	}
	return list
}

// retire chooses the sets whose time is up once that of the run is delivered, and notes them in its manifest. It is
// the slot that counts, so that the same run takes away the same, but no slot ahead of the clock.
func (r *run) retire(files *set, sets []delivered) (due []delivered) {
	at := r.Slot
	if at.After(r.manifest.Started) {
		at = r.manifest.Started
	}
	fresh := delivered{files.base, r.manifest}
	all := with(sets, fresh)
	good := ""
	for _, d := range r.Retention.due(all, at.In(r.Zone)) {
		if good == "" {
			good = lastGood(files.folder, all, fresh.base)
		}
		if d.base == fresh.base || d.base == good {
			continue
		}
		if name, changed := d.changed(files.folder); changed {
			r.log().Warn("a set whose time is up is kept: somebody changed its files", "report", r.name, "manifest", d.path(files.folder), "file", name)
			continue
		}
		due = append(due, d)
		record := Retired{d.base + manifestExt, d.Window, d.Slot, d.Rows, d.Verdict, d.Files}
		noted := slices.DeleteFunc(slices.Clone(r.manifest.Retired), func(old Retired) bool { return old.Manifest == record.Manifest })
		r.manifest.Retired = append(noted, record)
	}
	return due
}

// lastGood is the newest of sets of which nothing is known to be missing, and that is still whole. The one that was just
// made is.
func lastGood(folder string, sets []delivered, fresh string) string {
	for _, d := range sets {
		if (d.Verdict == Complete || d.Verdict == Unproven) && (d.base == fresh || d.whole(folder)) {
			return d.base
		}
	}
	return fresh
}

// changed finds a file of a set that is there and not what the manifest says. Nobody's work is to be deleted.
func (d delivered) changed(folder string) (name string, found bool) {
	i := slices.IndexFunc(d.Files, func(f File) bool {
		info, err := os.Lstat(filepath.Join(folder, f.Name))
		there := !errors.Is(err, fs.ErrNotExist)
		return there && (err != nil || !info.Mode().IsRegular() || !f.isAs(folder, d.Manifest))
	})
	if i < 0 {
		return "", false
	}
	return d.Files[i].Name, true
}

// clearRetired takes sets away: the manifest first, then what it lists.
func (r *run) clearRetired(ctx context.Context, files *set, due []delivered) error {
	for _, d := range due {
		if err := files.take(d); err != nil {
			return err
		}
		r.log().InfoContext(ctx, "set retired", "report", r.name, "manifest", d.path(files.folder), "slot", d.Slot,
			"files", len(d.Files), "retention", r.Retention.String())
	}
	return nil
}

func (s *set) take(d delivered) error {
	if err := s.remove(d.base + manifestExt); err != nil {
		return err
	}
	if err := s.sync(); err != nil {
		return err
	}
	for _, f := range d.Files {
		if err := s.remove(f.Name); err != nil {
			return err
		}
	}
	return s.sync()
}

// clearHalfRetired ends what a run began that was killed while it took a set away: the manifest is gone, and files are
// not. The manifests of later sets know of them. sets are all that there are, those among them that are about to be taken
// away: they may be the only ones that know.
func (s *set) clearHalfRetired(sets []delivered) error {
	listed := map[string]bool{}
	for _, d := range sets {
		for _, f := range d.Files {
			listed[f.Name] = true
		}
	}
	for _, d := range sets {
		for _, retired := range d.Retired {
			base := strings.TrimSuffix(retired.Manifest, manifestExt)
			for _, f := range retired.Files {
				if !f.of(base) || listed[f.Name] || s.gone(f.Name) || !s.gone(retired.Manifest) {
					continue
				}
				if !f.isAs(s.folder, Manifest{Rows: f.Rows}) {
					continue // somebody put another file there
				}
				if err := s.remove(f.Name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
