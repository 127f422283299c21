package readback

import (
	"errors"
	"fmt"
	"io"
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
			one.Err = guarded(func() error { return readMember(f.Content, sheets, member.Sheets, &one) })
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
func readMember(f *os.File, all []sheet, names []string, found *jobs.Found) error {
	var list []string
	for _, name := range names {
		i := slices.IndexFunc(all, func(s sheet) bool { return s.name == name })
		if i < 0 {
			return fmt.Errorf("there is no sheet %q with a table of rows", name)
		}
		list = append(list, all[i].part)
	}
	if len(list) == 0 {
		return errors.New("the manifest names no sheet of it")
	}
	z, err := openZip(f)
	if err != nil {
		return err
	}
	r, err := newSheets(z, list)
	if err != nil {
		return err
	}
	defer r.close()
	found.Columns = r.header()
	for {
		switch _, err := r.next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		found.Rows++
	}
}
