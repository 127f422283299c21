package readback

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/reportjob/reportjob/jobs"
)

// inspectBook reads the files of a bundle, and tells of each report in it what columns and rows it has.
func inspectBook(m jobs.Manifest, files []jobs.OpenFile) []jobs.Found {
	found := make([]jobs.Found, len(files))
	for i, f := range files {
		found[i] = inspectMembers(m, f)
	}
	return found
}

func inspectMembers(m jobs.Manifest, f jobs.OpenFile) (found jobs.Found) {
	if f.Format != "xlsx" {
		return jobs.Found{Err: errUnknown(f.Format)}
	}
	var sheets []sheet
	err := guarded(func() (err error) {
		sheets, err = sheetsOf(f.Content)
		return err
	})
	if err != nil {
		return jobs.Found{Err: err}
	}
	known := map[string]bool{}
	for _, member := range m.Members {
		var one jobs.Found
		if member.Verdict != jobs.Failed {
			one.Err = guarded(func() error { return readMember(f, sheets, member, &one) })
		}
		found.Rows += one.Rows
		found.Members = append(found.Members, one)
		for _, name := range member.Sheets {
			known[name] = true
		}
	}
	for _, s := range sheets {
		if !known[s.name] {
			found.Problems = append(found.Problems, fmt.Sprintf("sheet %q is of no report that the manifest names", s.name))
		}
	}
	return found
}

// guarded is an error where a damaged file makes a library panic.
func guarded(f func() error) (err error) {
	defer recovered(&err)
	return f()
}

func sheetsOf(f *os.File) ([]sheet, error) {
	z, err := openZip(f)
	if err != nil {
		return nil, err
	}
	return dataSheets(z)
}

// readMember reads the sheets of one report.
func readMember(f jobs.OpenFile, all []sheet, m jobs.ManifestMember, found *jobs.Found) error {
	list, err := partsOf(m, all)
	if err != nil {
		return err
	}
	columns, z, err := tableOf(jobs.Manifest{Columns: m.Columns, Window: m.Window})
	if err != nil {
		return err
	}
	opened, err := openZip(f.Content)
	if err != nil {
		return err
	}
	r, err := newSheets(opened, list)
	if err != nil {
		return err
	}
	defer r.close()
	found.Columns = r.header()
	s := side{source: inWorkbook(r), name: f.Name, intact: f.Intact, found: found, ready: true}
	c := comparison{columns: columns, zone: z, sides: []*side{&s}}
	c.ask(m.Content, m.Columns)
	for c.step() {
	}
	s.conclude()
	return found.Err
}

// partsOf is the parts with the sheets of one report.
func partsOf(m jobs.ManifestMember, all []sheet) (list []string, err error) {
	for _, name := range m.Sheets {
		i := slices.IndexFunc(all, func(s sheet) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no sheet %q with a table of rows", name)
		}
		list = append(list, all[i].part)
	}
	if len(list) == 0 {
		return nil, errors.New("the manifest names no sheet of it")
	}
	return list, nil
}
