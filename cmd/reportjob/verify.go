package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/jobs"
)

func newVerify(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify PATH...",
		Short: "Proves delivered files against their manifests: checksum, rows, columns",
		Long: `Proves delivered files against their manifests. A PATH is a manifest, a delivered file, or a folder below which
everything is proven. Exit status 65 if a file is not what its manifest says.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				return usage(errors.New("verify takes at least one path: a manifest, a delivered file, or a folder"))
			}
			var all []jobs.Verification
			for _, path := range paths {
				if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
					return usage(fmt.Errorf("verify: %s does not exist", path))
				}
				all = append(all, jobs.Verify(path, inspect)...)
			}
			return a.printVerified(all, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) printVerified(all []jobs.Verification, asJSON bool) error {
	status := exitOK
	t := newTable("PATH", "OK", "PROBLEM")
	for _, v := range all {
		ok := "yes"
		if !v.OK {
			ok, status = "no", exitUnexpected
		}
		t.row(v.Path, ok, strings.Join(v.Problems, "; "))
	}
	if asJSON {
		if err := printJSON(a.stdout, all); err != nil {
			return err
		}
	} else {
		t.print(a.stdout)
	}
	return fail(status)
}

// inspect counts rows and reads the header of a file, without the code that wrote it.
func inspect(format string, f *os.File) (columns []string, rows int64, err error) {
	switch format {
	case "csv":
		return inspectCSV(f)
	case "xlsx":
		return inspectXLSX(f)
	case "jsonl":
		return inspectJSONL(f)
	}
	return nil, 0, fmt.Errorf("unknown format %q", format)
}

func inspectCSV(f io.Reader) (columns []string, rows int64, err error) {
	in := bufio.NewReader(f)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	line, _ := in.Peek(64 << 10)
	r := csv.NewReader(in)
	r.ReuseRecord = true
	if header, _, _ := strings.Cut(string(line), "\n"); strings.Contains(header, ";") && !strings.Contains(header, ",") {
		r.Comma = ';' // names of columns hold neither
	}
	for rows = -1; ; rows++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return columns, rows, nil
		}
		if err != nil {
			return nil, 0, err
		}
		if rows == -1 {
			columns = append(columns, record...)
		}
	}
}

// inspectXLSX reads the data sheets, of which there are several when a sheet is full; each has the header. Sheets about the
// rows are passed over.
func inspectXLSX(f io.Reader) (columns []string, rows int64, err error) {
	book, err := excelize.OpenReader(f)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	sheets, err := dataSheets(book)
	if err != nil {
		return nil, 0, err
	}
	for _, sheet := range sheets {
		header, n, err := inspectSheet(book, sheet)
		if err != nil {
			return nil, 0, err
		}
		if columns == nil {
			columns = header
		}
		rows += n
	}
	return columns, rows, nil
}

func inspectSheet(book *excelize.File, sheet string) (header []string, rows int64, err error) {
	r, err := book.Rows(sheet)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for rows = -1; r.Next(); rows++ {
		if rows == -1 {
			if header, err = r.Columns(); err != nil {
				return nil, 0, err
			}
		}
	}
	return header, max(rows, 0), r.Error()
}

func inspectJSONL(f io.Reader) (columns []string, rows int64, err error) {
	d := json.NewDecoder(f)
	for {
		var row json.RawMessage
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			return columns, rows, nil
		} else if err != nil {
			return nil, 0, err
		}
		if rows == 0 {
			if columns, err = keys(row); err != nil {
				return nil, 0, err
			}
		}
		rows++
	}
}

// keys are the names of an object in their order.
func keys(object json.RawMessage) ([]string, error) {
	d := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var names []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		names = append(names, fmt.Sprint(name))
	}
	return names, nil
}
