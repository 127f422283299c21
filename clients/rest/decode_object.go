package rest

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unsafe"
)

// object is how a struct is decoded.
type object struct {
	members []member
	named   map[string]*member
	base    int // of its places in run.next
}

// member is a field of a struct, or of a struct that it embeds.
type member struct {
	name    string
	literal string // the name in quotes with a colon behind; empty if it could be written in other ways
	offset  uintptr
	node    *node
	place   int // among the members, from 1

	depth  int // of embedding
	tagged bool
	typ    reflect.Type
}

// object makes the plan of a struct; none if it has something that is better left to encoding/json.
func (p *plan) object(n *node, t reflect.Type) {
	all, ok := membersOf(t, 0, 0)
	if !ok {
		return
	}
	n.nested = true
	o := &object{members: prevailing(all), named: map[string]*member{}, base: p.members}
	p.members += len(o.members) + 1
	for i := range o.members {
		m := &o.members[i]
		m.place, m.node = i+1, p.value(m.typ)
		if !strings.ContainsFunc(m.name, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
			m.literal = `"` + m.name + `":`
		}
		o.named[m.name] = m
	}
	n.nested, n.read = len(o.members) > 0, o.read
}

// membersOf lists the fields of a struct and of those that it embeds, in the order in which they stand.
func membersOf(t reflect.Type, offset uintptr, depth int) (all []member, ok bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := field.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if !validName(name) {
			name = ""
		}
		embedded := field.Anonymous && name == ""
		switch {
		case tag == "-", !field.IsExported() && !field.Anonymous:
			continue
		case slices.Contains(strings.Split(options, ","), "string"):
			return nil, false
		case field.Anonymous && (field.Type.Kind() == reflect.Pointer || !field.IsExported() && !embedded):
			return nil, false
		case embedded && field.Type.Kind() == reflect.Struct:
			inner, ok := membersOf(field.Type, offset+field.Offset, depth+1)
			if !ok {
				return nil, false
			}
			all = append(all, inner...)
			continue
		case !field.IsExported():
			continue
		}
		all = append(all, member{name: orDefault(name, field.Name), offset: offset + field.Offset, depth: depth, tagged: name != "", typ: field.Type})
	}
	return all, true
}

// validName tells whether encoding/json takes a name in a tag.
func validName(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

// prevailing leaves one member of each name, as the rules of Go and of encoding/json have it: the least embedded one; of
// several, the one that has its name from a tag; if that does not decide, none.
func prevailing(all []member) []member {
	kept := all[:0:0]
	for i, m := range all {
		prevails := true
		for k, other := range all {
			if k != i && other.name == m.name && (other.depth < m.depth || other.depth == m.depth && (other.tagged || !m.tagged)) {
				prevails = false
			}
		}
		if prevails {
			kept = append(kept, m)
		}
	}
	return kept
}

// read decodes an object; null leaves the struct as it is.
func (o *object) read(r *run, at int, to unsafe.Pointer) int {
	if r.text[at] != '{' {
		return r.null(at)
	}
	if !r.enter() {
		return wrong
	}
	if at = space(r.text, at+1); r.text[at] == '}' {
		r.depth--
		return at + 1
	}
	// Objects of a list have their members in the same order, as a rule: after which one came which is remembered.
	next, last := r.next[o.base:][:len(o.members)+1], 0
	for {
		var m *member
		from := at
		if guess := int(next[last]); guess > 0 && r.begins(at, o.members[guess-1].literal) {
			m = &o.members[guess-1]
			at += len(m.literal)
			last = guess
		} else if m, at = o.find(r, at); m != nil && m.literal != "" {
			next[last] = uint16(m.place)
			last = m.place
		}
		if at = o.member(r, m, from, at, to); at == wrong {
			return wrong
		}
		switch at = space(r.text, at); r.text[at] {
		case ',':
			at = space(r.text, at+1)
		case '}':
			r.depth--
			return at + 1
		default:
			return wrong
		}
	}
}

// begins tells whether the text goes on with a literal.
func (r *run) begins(at int, literal string) bool {
	end := at + len(literal)
	return end <= len(r.text) && string(r.text[at:end]) == literal
}

// find reads the name of a member and finds it, nil if it is unknown. Names are compared as encoding/json does it.
func (o *object) find(r *run, at int) (*member, int) {
	name, at := r.name(at)
	if at == wrong {
		return nil, wrong
	}
	if m := o.named[string(name)]; m != nil {
		return m, at
	}
	if m := o.folded(name); m != nil {
		return m, at
	}
	if r.trail != nil && len(o.members) > 0 {
		r.trail.unknown(r.text, name)
	}
	return nil, at
}

// folded finds a member whose name is written in other letters.
func (o *object) folded(name []byte) *member {
	text := unsafe.String(unsafe.SliceData(name), len(name)) // looked at, not kept
	plain := !strings.ContainsFunc(text, func(c rune) bool { return c > unicode.MaxASCII })
	for i := range o.members {
		// Letters beyond ASCII may be longer than those that they stand for.
		m := &o.members[i]
		if plain && m.literal != "" && len(m.name) != len(name) {
			continue
		}
		if strings.EqualFold(m.name, text) {
			return m
		}
	}
	return nil
}

// member decodes the value of a member whose name stands at from.
func (o *object) member(r *run, m *member, from, at int, to unsafe.Pointer) int {
	if at == wrong {
		return wrong
	}
	at = space(r.text, at)
	switch {
	case m == nil:
		return skip(r.text, at, r.depth)
	case r.trail != nil && m.node.nested:
		end, _ := closing(r.text, from)
		r.trail.enter(from+1, end-1)
		at = m.node.read(r, at, unsafe.Add(to, m.offset))
		r.trail.leave()
		return at
	}
	return m.node.read(r, at, unsafe.Add(to, m.offset))
}
