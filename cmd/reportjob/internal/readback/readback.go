// Package readback reads delivered files row by row, without the code that wrote them, and tells whether the files of one
// set say the same. Memory does not grow with rows. It knows formats, kinds and manifests, and nothing of APIs, schedules
// and settings.
package readback

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// reader reads the rows of one file.
type reader interface {
	// header is the names of the columns as the file shows them; nil if it shows none, as JSON Lines without a row.
	header() []string
	// next is the cells of the next row as they stand in the file, valid until the one after; io.EOF follows the last.
	next() ([][]byte, error)
	close() error
}

// source is a reader, and how its cells become the text that files of all formats have in common.
type source struct {
	reader
	common func(dst, cell []byte, kind exporters.Kind, z zone) []byte
	cuts   bool             // a cell may hold the beginning of a text only
	lacks  []exporters.Kind // of which the file does not hold every digit and offset; see carries
}

// open reads a file of a format from where it stands.
func open(format string, f *os.File) (source, error) {
	base, packed, _ := strings.Cut(format, ".")
	in, done, err := unpack(packed, f)
	if err != nil {
		return source{}, err
	}
	s, err := openPlain(base, f, in)
	if err == nil && packed != "" && base != "csv" && base != "jsonl" {
		err = errUnknown(format)
	}
	if err != nil {
		done()
		return source{}, err
	}
	s.reader = closing{s.reader, done}
	return s, nil
}

func openPlain(format string, f *os.File, in io.Reader) (source, error) {
	switch format {
	case "csv":
		r, err := newCSV(in)
		s := source{reader: r, common: commonCSV}
		if r.local {
			s.lacks = []exporters.Kind{exporters.Time}
		}
		return s, err
	case "jsonl":
		r, err := newJSONL(in)
		return source{reader: r, common: commonText}, err
	case "xlsx":
		r, err := newXLSX(f)
		return inWorkbook(r), err
	case "parquet":
		r, err := newParquet(f)
		return source{reader: r, common: commonText, lacks: []exporters.Kind{exporters.Decimal, exporters.Money, exporters.Time}}, err
	}
	return source{}, errUnknown(format)
}

func inWorkbook(r *xlsxReader) source {
	return source{reader: r, common: commonXLSX, cuts: true, lacks: []exporters.Kind{exporters.Time}}
}

func errUnknown(format string) error { return fmt.Errorf("unknown format %q", format) }

// unpack is what is inside a compressed file.
func unpack(packed string, f *os.File) (in io.Reader, done func(), err error) {
	switch packed {
	case "":
		return f, func() {}, nil
	case "gz":
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, nil, fmt.Errorf("gzip: %w", err)
		}
		return z, func() {}, nil
	case "zst":
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			return nil, nil, fmt.Errorf("zstd: %w", err)
		}
		return z, z.Close, nil
	}
	return nil, nil, errUnknown(packed)
}

// closing is a reader that ends what is below it, too.
type closing struct {
	reader
	done func()
}

func (c closing) close() error {
	err := c.reader.close()
	c.done()
	return err
}

// Rows gives what each row of a file says, for the comparison of two files of one format. It is a jobs.ReadRows.
func Rows(format string, f *os.File) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s, err := opened(format, f)
		if err != nil {
			yield(nil, err)
			return
		}
		defer s.close()
		if x, ok := s.reader.(closing).reader.(*xlsxReader); ok {
			x.mixed = true // the file may be one of a bundle
		}
		var text []byte
		for {
			row, err := s.safely()
			if errors.Is(err, io.EOF) {
				return
			}
			text = text[:0]
			for _, cell := range row {
				text = append(append(text, cell...), 0)
			}
			if !yield(text, err) || err != nil {
				return
			}
		}
	}
}

var _ jobs.ReadRows = Rows

// opened is open for a file that may be damaged: libraries panic at times where they should fail.
func opened(format string, f *os.File) (s source, err error) {
	defer recovered(&err)
	return open(format, f)
}

// safely is next for a file that may be damaged.
func (s source) safely() (row [][]byte, err error) {
	defer recovered(&err)
	return s.next()
}

func recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("it cannot be read: %v", v)
	}
}
