package rest

import (
	"encoding/json"
	"reflect"
	"strconv"
	"unsafe"
)

// readAny decodes into an empty interface.
func readAny(t reflect.Type) read {
	otherwise := foreign(t)
	return func(r *run, at int, to unsafe.Pointer) int {
		target := (*any)(to)
		if *target != nil && reflect.TypeOf(*target).Kind() == reflect.Pointer {
			return otherwise(r, at, to) // into what it points to
		}
		value, end := r.any(at, false)
		if end != wrong {
			*target = value
		}
		return end
	}
}

// any decodes a value of no type, its numbers digit for digit as json.Number, or as float64.
func (r *run) any(at int, exact bool) (value any, end int) {
	switch c := r.text[at]; c {
	case '{':
		return r.anyMembers(at, exact)
	case '[':
		return r.anyElements(at, exact)
	case '"':
		text, end := r.string(at)
		return text, end
	case 't':
		return true, literal(r.text, at, "true")
	case 'f':
		return false, literal(r.text, at, "false")
	case 'n':
		return nil, r.null(at)
	}
	end = number(r.text, at)
	switch {
	case end == wrong:
		return nil, wrong
	case exact:
		return json.Number(r.keep(r.text[at:end])), end
	}
	n, err := strconv.ParseFloat(string(r.text[at:end]), 64)
	if err != nil {
		return nil, wrong
	}
	return n, end
}

func (r *run) anyMembers(at int, exact bool) (any, int) {
	if !r.enter() {
		return nil, wrong
	}
	// Objects of a list are as large as each other, as a rule.
	size := &r.sizes[min(r.depth, len(r.sizes))-1]
	members := make(map[string]any, *size)
	at = space(r.text, at+1)
	for more := r.text[at] != '}'; more; {
		name, behind := r.name(at)
		if behind == wrong {
			return nil, wrong
		}
		key := r.shared(name)
		if members[key], at = r.any(space(r.text, behind), exact); at == wrong {
			return nil, wrong
		}
		switch at = space(r.text, at); r.text[at] {
		case ',':
			at = space(r.text, at+1)
		case '}':
			more = false
		default:
			return nil, wrong
		}
	}
	*size = min(len(members), leap)
	r.depth--
	return members, at + 1
}

func (r *run) anyElements(at int, exact bool) (any, int) {
	if !r.enter() {
		return nil, wrong
	}
	elements := []any{}
	at = space(r.text, at+1)
	for more := r.text[at] != ']'; more; {
		var element any
		if element, at = r.any(at, exact); at == wrong {
			return nil, wrong
		}
		elements = append(elements, element)
		switch at = space(r.text, at); r.text[at] {
		case ',':
			at = space(r.text, at+1)
		case ']':
			more = false
		default:
			return nil, wrong
		}
	}
	r.depth--
	return elements, at + 1
}
