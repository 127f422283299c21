package rest

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// An API learns new fields, and no decoder says so: what a type does not take is dropped in silence. So the decoder of this
// package notes the names of the fields that no type takes, and they go to the Meter of the run. Their values are not
// looked at. What follows is for the values that it does not decode itself: they are held against their types afterwards.

// Shaped is a type that reads JSON by itself, and tells what it takes: all that these values take, together. A type with
// an UnmarshalJSON that is not Shaped is taken to know everything.
type Shaped interface{ Shapes() []any }

// shape is what a type takes of a JSON value. The zero shape takes all of it.
type shape struct {
	members map[string]*shape // of an object, by name
	element *shape            // of a list, or of an object whose names are data
}

// shapes makes the shape of each type once.
type shapes map[reflect.Type]*shape

func (s shapes) of(t reflect.Type) *shape {
	if known := s[t]; known != nil {
		return known
	}
	made := &shape{}
	s[t] = made // before it is complete: a type may contain itself
	switch value := reflect.New(t).Interface().(type) {
	case Shaped:
		for _, part := range value.Shapes() {
			made.add(s.of(reflect.TypeOf(part)))
		}
		return made
	case json.Unmarshaler, encoding.TextUnmarshaler:
		return made
	}
	switch t.Kind() {
	case reflect.Pointer:
		made.add(s.of(t.Elem()))
	case reflect.Slice, reflect.Array, reflect.Map:
		made.element = s.of(t.Elem())
	case reflect.Struct:
		s.fields(made, t)
	}
	return made
}

// fields adds what the fields of a struct take; a struct without fields takes everything and keeps nothing.
func (s shapes) fields(made *shape, t reflect.Type) {
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case field.Anonymous && name == "":
			made.add(s.of(field.Type))
		case field.IsExported():
			if made.members == nil {
				made.members = map[string]*shape{}
			}
			made.members[orDefault(name, field.Name)] = s.of(field.Type)
		}
	}
}

// add has a shape take what another one takes, too.
func (s *shape) add(other *shape) {
	for name, member := range other.members {
		if s.members == nil {
			s.members = map[string]*shape{}
		}
		if s.members[name] == nil {
			s.members[name] = member
		}
	}
	if s.element == nil {
		s.element = other.element
	}
}

// member is what is taken of a member of an object, nil if it is unknown. Names are compared as encoding/json does it.
func (s *shape) member(quoted []byte) *shape {
	if member := s.members[string(quoted[1:len(quoted)-1])]; member != nil {
		return member
	}
	name := plainName(quoted)
	for known, member := range s.members {
		if strings.EqualFold(known, name) {
			return member
		}
	}
	if s.members == nil {
		return s.element
	}
	return nil
}

// shown is the name of a member in the path of a field: names that are data are all alike.
func (s *shape) shown(quoted []byte) string {
	if s.members == nil {
		return "*"
	}
	return string(quoted[1 : len(quoted)-1])
}

func plainName(quoted []byte) string {
	var name string
	// The JSON has been decoded before, so that nothing can be wrong with it.
	_ = json.Unmarshal(quoted, &name)
	return name
}

// finder walks a JSON text that is known to be valid.
type finder struct {
	text  []byte
	at    int
	path  []string
	trail *trail // to the value
}

func (f *finder) value(s *shape) {
	f.space()
	switch {
	case f.text[f.at] == '{' && (s.members != nil || s.element != nil):
		f.object(s)
	case f.text[f.at] == '[' && s.element != nil:
		f.list(s)
	default:
		f.skip()
	}
}

func (f *finder) object(s *shape) {
	for f.at++; ; f.at++ { // past the brace, and past each comma
		f.space()
		if f.text[f.at] == '}' {
			break
		}
		from := f.at
		f.skip()
		name := f.text[from:f.at]
		f.space()
		f.at++ // the colon
		if member := s.member(name); member == nil {
			f.unknown(plainName(name))
			f.space()
			f.skip()
		} else {
			f.path = append(f.path, s.shown(name))
			f.value(member)
			f.path = f.path[:len(f.path)-1]
		}
		if f.space(); f.text[f.at] == '}' {
			break
		}
	}
	f.at++
}

func (f *finder) unknown(name string) {
	path := f.trail.append(nil, f.text)
	f.trail.note(append(path, strings.Join(append(f.path, name), ".")...))
}

func (f *finder) list(s *shape) {
	if n := len(f.path); n > 0 {
		plain := f.path[n-1]
		f.path[n-1] += "[]"
		defer func() { f.path[n-1] = plain }()
	} else if n := len(f.trail.steps); n > 0 {
		f.trail.steps[n-1].lists++
		defer func() { f.trail.steps[n-1].lists-- }()
	}
	for f.at++; ; f.at++ {
		f.space()
		if f.text[f.at] == ']' {
			break
		}
		f.value(s.element)
		if f.space(); f.text[f.at] == ']' {
			break
		}
	}
	f.at++
}

func (f *finder) space() {
	for f.text[f.at] <= ' ' {
		f.at++
	}
}

// skip passes over a value, whatever it holds.
func (f *finder) skip() {
	depth := 0
	for f.at < len(f.text) {
		switch c := f.text[f.at]; c {
		case '"':
			f.quoted()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return // the end of what a number, a truth or null stood in
			}
			if depth--; depth == 0 {
				f.at++
				return
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return
			}
		}
		f.at++
	}
}

// quoted passes over a string.
func (f *finder) quoted() {
	for f.at++; ; f.at++ {
		f.at += bytes.IndexByte(f.text[f.at:], '"')
		slashes := 0
		for f.text[f.at-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			f.at++
			return
		}
	}
}

// mostUnknown is how many unknown fields are kept: more of them are an answer of another kind.
const mostUnknown = 100

// unknown notes the fields of an answer.
func (m *Meter) unknown(fields []string) {
	if len(fields) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fields == nil {
		m.fields = map[string]bool{}
	}
	for _, field := range fields {
		if len(m.fields) < mostUnknown {
			m.fields[strings.ToValidUTF8(field, "?")] = true
		}
	}
}
