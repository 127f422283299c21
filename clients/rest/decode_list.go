package rest

import (
	"reflect"
	"unsafe"
)

// list is how a slice is decoded.
type list struct {
	typ     reflect.Type
	element *node
	size    uintptr        // of an element
	empty   unsafe.Pointer // where a list without elements is
	place   int            // in run.lists
}

// header is a slice as it lies in memory.
type header struct {
	data     unsafe.Pointer
	len, cap int
}

// slab is a chunk of elements that lists are cut from.
type slab struct {
	data       unsafe.Pointer
	of         reflect.Type
	used, size int
	busy       bool // a list is being cut, and there is another one in it
}

// Lists that have grown past few elements are taken for the list of a page: room is made for as many as the text that is
// left lets one expect, but not for more than leap times as many as there are.
const (
	few  = 16
	leap = 64
)

func (p *plan) list(n *node, t reflect.Type) {
	n.nested = true // for what contains itself
	l := &list{typ: t, size: t.Elem().Size(), empty: reflect.MakeSlice(t, 0, 0).UnsafePointer(), place: p.lists}
	if p.lists++; t.Elem().Kind() == reflect.Uint8 {
		return // text in base64, as a rule
	}
	l.element = p.value(t.Elem())
	n.nested, n.read = l.element.nested, l.read
}

// read decodes a list; null makes it nil.
func (l *list) read(r *run, at int, to unsafe.Pointer) int {
	target := (*header)(to)
	switch {
	case r.text[at] == 'n':
		*target = header{}
		return r.null(at)
	case r.text[at] != '[' || !r.enter():
		return wrong
	}
	if at = space(r.text, at+1); r.text[at] == ']' {
		r.depth--
		*target = header{data: l.empty}
		return at + 1
	}
	s := &r.lists[l.place]
	if target.cap > 0 {
		// As encoding/json has it, the elements of a list that is there already are written over.
		s = &slab{data: target.data, size: target.cap}
	} else if s.busy {
		s = &slab{}
	}
	s.busy = true
	r.lead(1)
	n, end := l.elements(r, s, at)
	r.lead(-1)
	s.busy = false
	r.depth--
	switch {
	case end == wrong:
		return wrong
	case target.cap > 0 && s.data == target.data:
		target.len = n
	default:
		*target = header{unsafe.Add(s.data, uintptr(s.used)*l.size), n, n}
		s.used += n
	}
	return end
}

// elements decodes what stands in a list into the unused part of a slab.
func (l *list) elements(r *run, s *slab, at int) (n, end int) {
	for from := at; ; n++ {
		if s.used+n == s.size {
			l.more(s, n, at-from, len(r.text)-at)
		}
		if at = l.element.read(r, at, unsafe.Add(s.data, uintptr(s.used+n)*l.size)); at == wrong {
			return 0, wrong
		}
		switch at = space(r.text, at); r.text[at] {
		case ',':
			at = space(r.text, at+1)
		case ']':
			return n + 1, at + 1
		default:
			return 0, wrong
		}
	}
}

// more makes room for more elements than the n that are there, which took some bytes of the text, while others are left.
func (l *list) more(s *slab, n, took, left int) {
	room := max(2*n, chunk/max(1, int(l.size)), 1)
	if n >= few {
		expected := n + n/8 + left/(took/n+1)
		room = min(expected, leap*n)
	}
	fresh := reflect.MakeSlice(l.typ, room, room)
	if n > 0 {
		reflect.Copy(fresh, reflect.SliceAt(l.typ.Elem(), unsafe.Add(s.data, uintptr(s.used)*l.size), n))
	}
	*s = slab{data: fresh.UnsafePointer(), of: l.typ.Elem(), size: room, busy: s.busy}
}
