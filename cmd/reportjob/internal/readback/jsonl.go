package readback

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// jsonlReader reads objects whose values are no objects and no lists themselves.
type jsonlReader struct {
	in     *bufio.Reader
	line   []byte
	rest   []byte // of the line
	text   []byte // strings that had escapes
	names  []string
	row    [][]byte
	rows   int64
	peeked bool // the first row has been read for the names, and not yet asked for
}

func newJSONL(in io.Reader) (*jsonlReader, error) {
	r := &jsonlReader{in: bufio.NewReaderSize(in, bufferSize)}
	_, err := r.read()
	if errors.Is(err, io.EOF) {
		return r, nil
	}
	r.peeked = true
	return r, err
}

func (r *jsonlReader) header() []string { return r.names }

func (r *jsonlReader) close() error { return nil }

func (r *jsonlReader) next() ([][]byte, error) {
	if r.peeked {
		r.peeked = false
		return r.row, nil
	}
	return r.read()
}

func (r *jsonlReader) read() ([][]byte, error) {
	r.line = r.line[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		r.line = append(r.line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(r.line) == 0:
			return nil, io.EOF
		case err != nil:
			return nil, unfinished(err)
		}
		break
	}
	r.rows++
	if err := r.object(); err != nil {
		return nil, fmt.Errorf("row %d: %w", r.rows, err)
	}
	return r.row, nil
}

// object takes a line apart.
func (r *jsonlReader) object() error {
	r.rest, r.row, r.text = bytes.TrimSpace(r.line), r.row[:0], r.text[:0]
	first := r.names == nil
	for open := byte('{'); ; open = ',' {
		if !r.token(open) {
			return r.unexpected()
		}
		name, err := r.string()
		if err != nil {
			return err
		}
		switch n := len(r.row); {
		case first && slices.Contains(r.names, string(name)):
			return fmt.Errorf("member %q stands twice", name)
		case first:
			r.names = append(r.names, string(name))
		case n >= len(r.names) || r.names[n] != string(name):
			return fmt.Errorf("member %d is %q, unlike in the first row", n+1, name)
		}
		if !r.token(':') {
			return r.unexpected()
		}
		value, err := r.value()
		if err != nil {
			return err
		}
		r.row = append(r.row, value)
		if r.token('}') {
			break
		}
	}
	switch {
	case len(r.rest) > 0:
		return r.unexpected()
	case len(r.row) != len(r.names):
		return fmt.Errorf("it has %d members, expected %d", len(r.row), len(r.names))
	}
	return nil
}

// token takes a byte off the rest, and the space around it.
func (r *jsonlReader) token(b byte) bool {
	r.rest = bytes.TrimLeft(r.rest, " \t\r")
	if len(r.rest) == 0 || r.rest[0] != b {
		return false
	}
	r.rest = bytes.TrimLeft(r.rest[1:], " \t\r")
	return true
}

func (r *jsonlReader) unexpected() error {
	return fmt.Errorf("unexpected %q at byte %d", clip(r.rest), len(r.line)-len(r.rest))
}

// value is the text of a string, a number or a truth, and nothing for null.
func (r *jsonlReader) value() ([]byte, error) {
	if len(r.rest) > 0 && r.rest[0] == '"' {
		return r.string()
	}
	end := bytes.IndexAny(r.rest, ",}")
	if end < 0 {
		return nil, r.unexpected()
	}
	value := bytes.TrimRight(r.rest[:end], " \t\r")
	if !json.Valid(value) || value[0] == '[' || value[0] == '{' {
		return nil, r.unexpected()
	}
	r.rest = r.rest[end:]
	if string(value) == "null" {
		return nil, nil
	}
	return value, nil
}

func (r *jsonlReader) string() ([]byte, error) {
	if len(r.rest) == 0 || r.rest[0] != '"' {
		return nil, r.unexpected()
	}
	end, escaped := 1, false
	for end < len(r.rest) && r.rest[end] != '"' {
		if r.rest[end] == '\\' {
			escaped, end = true, end+1
		}
		end++
	}
	if end >= len(r.rest) {
		return nil, io.ErrUnexpectedEOF
	}
	literal := r.rest[:end+1]
	r.rest = r.rest[end+1:]
	if !escaped {
		return literal[1:end], nil
	}
	var s string
	if err := json.Unmarshal(literal, &s); err != nil {
		return nil, err
	}
	start := len(r.text)
	r.text = append(r.text, s...)
	return r.text[start:len(r.text):len(r.text)], nil
}

// clip keeps a message short.
func clip(text []byte) []byte {
	const most = 60
	if len(text) <= most {
		return text
	}
	return append(bytes.ToValidUTF8(bytes.Clone(text[:most]), nil), "…"...)
}
