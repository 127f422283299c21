//go:build unix

package main

import (
	"bufio"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/csv"
	"github.com/reportjob/reportjob/exporters/xlsx"
)

// parts are what a child process can be told to do, with so many rows.
var parts = map[string]func(n int) (figures, error){
	"xlsx":      func(n int) (figures, error) { return written(n, xlsx.Format(), inFile) },
	"xlsx-fast": func(n int) (figures, error) { return written(n, xlsx.FastFormat(), inFile) },
	"excelize":  streamWriter,
	"limit":     func(n int) (figures, error) { return limit(n, true) },
	"nameless":  func(n int) (figures, error) { return limit(n, false) },
	"csv":       func(n int) (figures, error) { return written(n, csv.Format(), nowhere) },
	"csv-std":   encodingCSV,
	"json":      func(n int) (figures, error) { return decoded(n, false) },
	"json-std":  func(n int) (figures, error) { return decoded(n, true) },
	"whole":     whole,
	"stand":     stand,
}

// counter counts what is written to a file that is gone at the end.
type counter struct {
	*os.File
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.File.Write(p)
	c.n += int64(n)
	return n, err
}

// inFile gives work a file in the working directory.
func inFile(work func(w io.Writer) error) (int64, error) {
	f, err := os.CreateTemp(".", "bars-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	c := &counter{File: f}
	if err = work(c); err == nil {
		err = f.Close()
	}
	return c.n, err
}

// nowhere lets work write without a disk, whose part is the same for everybody.
func nowhere(work func(w io.Writer) error) (int64, error) { return 0, work(io.Discard) }

// written measures a format.
func written(n int, format exporters.Format, to func(func(io.Writer) error) (int64, error)) (figures, error) {
	rows := make([]exporters.Row, min(n, ring))
	for i := range rows {
		rows[i] = recordOf(i).row()
	}
	return cost(n, func() (int64, error) {
		return to(func(w io.Writer) error {
			out, err := format.New(w, table())
			if err != nil {
				return err
			}
			for i := range n {
				if err := out.Write(rows[i%len(rows)]); err != nil {
					return err
				}
			}
			return out.Close()
		})
	})
}

func records(n int) []record {
	all := make([]record, min(n, ring))
	for i := range all {
		all[i] = recordOf(i)
	}
	return all
}

// streamWriter is excelize as its examples show it.
func streamWriter(n int) (figures, error) {
	all := records(n)
	return cost(n, func() (int64, error) {
		return inFile(func(w io.Writer) error {
			f := excelize.NewFile()
			s, err := f.NewStreamWriter("Sheet1")
			if err != nil {
				return err
			}
			for i := range n {
				name, err := excelize.CoordinatesToCellName(1, i+1)
				if err != nil {
					return err
				}
				r := all[i%len(all)]
				if err := s.SetRow(name, []any{
					r.at, r.identity, r.in, r.out, float64(r.score) / 100, r.ip, r.domain, r.url, r.category, r.verdict, r.rule, r.encrypted,
				}); err != nil {
					return err
				}
			}
			if err := s.Flush(); err != nil {
				return err
			}
			if err := f.Write(w); err != nil {
				return err
			}
			return f.Close()
		})
	})
}

// encodingCSV is the standard library as its examples show it.
func encodingCSV(n int) (figures, error) {
	all := records(n)
	return cost(n, func() (int64, error) {
		return nowhere(func(w io.Writer) error {
			buffer := bufio.NewWriterSize(w, 64<<10)
			out := stdcsv.NewWriter(buffer)
			for i := range n {
				r := all[i%len(all)]
				if err := out.Write([]string{
					r.at.Format(time.RFC3339Nano), r.identity, strconv.FormatInt(r.in, 10), strconv.FormatInt(r.out, 10),
					fmt.Sprintf("%d.%02d", r.score/100, r.score%100), r.ip, r.domain, r.url, r.category, r.verdict, r.rule, strconv.FormatBool(r.encrypted),
				}); err != nil {
					return err
				}
			}
			out.Flush()
			if err := out.Error(); err != nil {
				return err
			}
			return buffer.Flush()
		})
	})
}
