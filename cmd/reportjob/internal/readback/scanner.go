package readback

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// scanner reads the XML of a sheet tag by tag. It is no XML reader in general: it knows neither namespaces nor comments
// nor CDATA, which sheets have no use for, and refuses what it does not know.
type scanner struct {
	in   *bufio.Reader
	text []byte // between the tag before and this one
	raw  []byte // this one, without its brackets
}

// tag is <name attributes>, </name> with a slash in front of its name, or <name/>, which is closed. It is valid until the
// next one is asked for.
type tag struct {
	name   string
	rest   []byte
	closed bool
}

func newScanner(in io.Reader) *scanner { return &scanner{in: bufio.NewReaderSize(in, bufferSize)} }

// tag is the next tag; text holds what stands before it.
func (s *scanner) tag() (t tag, err error) {
	if s.text, err = s.until('<', s.text[:0]); err != nil {
		return t, err
	}
	s.raw = s.raw[:0]
	for {
		if s.raw, err = s.until('>', s.raw); err != nil {
			return t, err
		}
		if bytes.Count(s.raw, []byte(`"`))%2 == 0 {
			break
		}
		s.raw = append(s.raw, '>') // which stood in a value
	}
	t.rest = s.raw
	if n := len(t.rest); n > 0 && t.rest[n-1] == '/' {
		t.rest, t.closed = t.rest[:n-1], true
	}
	end := bytes.IndexAny(t.rest, " \t\r\n")
	if end < 0 {
		end = len(t.rest)
	}
	t.name, t.rest = known(t.rest[:end]), t.rest[end:]
	return t, nil
}

// known is a name, without a copy for those that stand in every cell.
func known(name []byte) string {
	switch string(name) {
	case "c":
		return "c"
	case "/c":
		return "/c"
	case "v":
		return "v"
	case "/v":
		return "/v"
	case "f":
		return "f"
	case "/f":
		return "/f"
	case "is":
		return "is"
	case "/is":
		return "/is"
	case "t":
		return "t"
	case "/t":
		return "/t"
	}
	return string(name)
}

// until appends what stands before a byte, and passes over that.
func (s *scanner) until(end byte, dst []byte) ([]byte, error) {
	for {
		part, err := s.in.ReadSlice(end)
		dst = append(dst, part...)
		switch {
		case err == nil:
			return dst[:len(dst)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return dst, err
		}
	}
}

// find passes over everything up to and with a tag.
func (s *scanner) find(name string) error {
	for {
		t, err := s.tag()
		if err != nil {
			return unfinished(err)
		}
		if t.name == name && !t.closed {
			return nil
		}
	}
}

// attribute is the value of an attribute, empty if it is not there.
func (t tag) attribute(name string) string {
	rest := t.rest
	for {
		i := bytes.IndexByte(rest, '=')
		if i < 0 || i+1 >= len(rest) || rest[i+1] != '"' {
			return ""
		}
		key := bytes.TrimSpace(rest[:i])
		value, after, ok := bytes.Cut(rest[i+2:], []byte(`"`))
		if !ok {
			return ""
		}
		if string(key) == name {
			return string(value)
		}
		rest = after
	}
}

// content appends what a cell holds, from behind its tag: its value, or its text. A formula is passed over for its value.
func (s *scanner) content(dst []byte) ([]byte, error) {
	for {
		t, err := s.tag()
		if err != nil {
			return dst, err
		}
		switch t.name {
		case "/c":
			return dst, nil
		case "/v", "/t":
			if dst, err = appendDecoded(dst, s.text); err != nil {
				return dst, err
			}
		}
	}
}

// appendDecoded appends text without entities.
func appendDecoded(dst, text []byte) ([]byte, error) {
	for {
		before, after, found := bytes.Cut(text, []byte("&"))
		dst = append(dst, before...)
		if !found {
			return dst, nil
		}
		name, rest, found := bytes.Cut(after, []byte(";"))
		if !found {
			return dst, fmt.Errorf("%q is no entity", clip(after))
		}
		text = rest
		switch string(name) {
		case "amp":
			dst = append(dst, '&')
		case "lt":
			dst = append(dst, '<')
		case "gt":
			dst = append(dst, '>')
		case "quot":
			dst = append(dst, '"')
		case "apos":
			dst = append(dst, '\'')
		default:
			r, err := character(name)
			if err != nil {
				return dst, err
			}
			dst = utf8.AppendRune(dst, r)
		}
	}
}

// character is that of &#65; or &#x41;.
func character(name []byte) (rune, error) {
	digits, base := bytes.TrimPrefix(name, []byte("#")), 10
	if hex, ok := bytes.CutPrefix(digits, []byte("x")); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || len(digits) == len(name) || n > utf8.MaxRune {
		return 0, fmt.Errorf("&%s; is no entity", clip(name))
	}
	return rune(n), nil
}
