package readback

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

const bufferSize = 64 << 10

// csvReader is strict about RFC 4180. encoding/csv would do but for line ends within a field, of which it drops the
// carriage return.
type csvReader struct {
	in        *bufio.Reader
	separator int // -1 in a table of one column, where nothing is separated
	names     []string
	local     bool   // it is for a spreadsheet of some place, which has times without an offset
	text      []byte // of the row
	ends      []int  // of its fields in text
	row       [][]byte
	rows      int64
}

func newCSV(in io.Reader) (*csvReader, error) {
	r := &csvReader{in: bufio.NewReaderSize(in, bufferSize), separator: ','}
	if mark, _ := r.in.Peek(3); string(mark) == "\uFEFF" {
		_, _ = r.in.Discard(3)
		r.local = true
	}
	line, _ := r.in.Peek(bufferSize) // waits for no more than there is
	line, _, _ = bytes.Cut(line, []byte("\n"))
	switch commas, semicolons := bytes.Count(line, []byte(",")), bytes.Count(line, []byte(";")); {
	case commas+semicolons == 0:
		r.separator = -1
	case semicolons > commas:
		r.separator = ';'
	}
	header, err := r.next()
	if errors.Is(err, io.EOF) {
		err = errors.New("it has no header")
	}
	for _, name := range header {
		r.names = append(r.names, string(name))
	}
	r.rows = 0
	return r, err
}

func (r *csvReader) header() []string { return r.names }

func (r *csvReader) close() error { return nil }

func (r *csvReader) next() ([][]byte, error) {
	r.text, r.ends = r.text[:0], r.ends[:0]
	if _, err := r.in.Peek(1); err != nil {
		return nil, err
	}
	r.rows++
	for more := true; more; {
		var err error
		if more, err = r.field(); err != nil {
			return nil, fmt.Errorf("row %d: %w", r.rows, err)
		}
	}
	if r.names != nil && len(r.ends) != len(r.names) {
		return nil, fmt.Errorf("row %d has %d fields, expected %d", r.rows, len(r.ends), len(r.names))
	}
	r.row = r.row[:0]
	start := 0
	for _, end := range r.ends {
		r.row = append(r.row, r.text[start:end])
		start = end
	}
	return r.row, nil
}

// field reads a field and what ends it, and tells whether another one follows in the row.
func (r *csvReader) field() (more bool, err error) {
	b, err := r.byte()
	if err != nil {
		return false, err
	}
	if b == '"' {
		if err := r.quoted(); err != nil {
			return false, err
		}
		if b, err = r.byte(); err != nil {
			return false, err
		}
		if b != '\n' && int(b) != r.separator {
			return false, fmt.Errorf("field %d goes on behind its quotes", len(r.ends)+1)
		}
	}
	for b != '\n' && int(b) != r.separator {
		if b == '"' {
			return false, fmt.Errorf("field %d has quotes inside", len(r.ends)+1)
		}
		r.text = append(r.text, b)
		if b, err = r.byte(); err != nil {
			return false, err
		}
	}
	r.ends = append(r.ends, len(r.text))
	return b != '\n', nil
}

// quoted reads a field behind its first quote, up to and with its last.
func (r *csvReader) quoted() error {
	for {
		part, err := r.in.ReadSlice('"')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return unfinished(err)
		}
		r.text = append(r.text, part...)
		if err != nil {
			continue
		}
		if after, _ := r.in.Peek(1); len(after) == 0 || after[0] != '"' {
			r.text = r.text[:len(r.text)-1]
			return nil
		}
		_, _ = r.in.Discard(1)
	}
}

func (r *csvReader) byte() (byte, error) {
	b, err := r.in.ReadByte()
	return b, unfinished(err)
}

// unfinished makes an error of an end where there is none.
func unfinished(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
