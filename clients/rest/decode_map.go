package rest

import (
	"encoding"
	"reflect"
	"unsafe"
)

// mapping is how a map is decoded.
type mapping struct {
	typ     reflect.Type
	element *node
	place   int // in run.maps
}

// pair is room for a name and an element, on their way into a map.
type pair struct {
	name, element reflect.Value
	size          int // of the last map
	busy          bool
}

// clear forgets what was on its way.
func (p *pair) clear() {
	if p.name.IsValid() {
		p.name.SetZero()
		p.element.SetZero()
	}
}

// mapping makes the plan of a map; none if its names are not plain strings.
func (p *plan) mapping(n *node, t reflect.Type) {
	n.nested = true // for what contains itself
	if t.Key().Kind() != reflect.String || reflect.PointerTo(t.Key()).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return
	}
	m := &mapping{typ: t, place: p.maps}
	p.maps++
	m.element = p.value(t.Elem())
	n.nested, n.read = m.element.nested, m.read
}

// read decodes an object whose names are data; null makes the map nil.
func (m *mapping) read(r *run, at int, to unsafe.Pointer) int {
	target := reflect.NewAt(m.typ, to).Elem()
	switch {
	case r.text[at] == 'n':
		target.SetZero()
		return r.null(at)
	case r.text[at] != '{' || !r.enter():
		return wrong
	}
	p := &r.maps[m.place]
	if p.busy {
		p = &pair{}
	}
	if !p.name.IsValid() {
		p.name, p.element = reflect.New(m.typ.Key()).Elem(), reflect.New(m.typ.Elem()).Elem()
	}
	if target.IsNil() {
		target.Set(reflect.MakeMapWithSize(m.typ, p.size))
	}
	p.busy = true
	at = m.members(r, at, target, p)
	p.busy, p.size = false, min(target.Len(), leap)
	r.depth--
	return at
}

func (m *mapping) members(r *run, at int, target reflect.Value, p *pair) int {
	if at = space(r.text, at+1); r.text[at] == '}' {
		return at + 1
	}
	trail := r.trail
	if trail != nil {
		trail.enter(-1, -1)
		defer trail.leave()
	}
	for {
		name, behind := r.name(at)
		if behind == wrong {
			return wrong
		}
		p.name.SetString(r.shared(name))
		p.element.SetZero()
		if at = m.element.read(r, space(r.text, behind), p.element.Addr().UnsafePointer()); at == wrong {
			return wrong
		}
		target.SetMapIndex(p.name, p.element)
		switch at = space(r.text, at); r.text[at] {
		case ',':
			at = space(r.text, at+1)
		case '}':
			return at + 1
		default:
			return wrong
		}
	}
}
