package rest

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
	"unsafe"
)

// Answers are decoded by a decoder of the house's own, whose results are those of encoding/json to the letter: fuzzing
// holds the two against each other. It makes a plan of a type once, a tree of small functions, and runs it over the
// bytes of each answer.
//
// It knows nothing of errors. Where a text is not what was expected, encoding/json decodes it again and says why. So does
// encoding/json decode what the plan has no function for, such as arrays and members with the option string.
//
// The functions write to fields by their addresses, which takes package unsafe: through package reflect, every list and
// every text would be an allocation. All that is unsafe is in the files decode_*.go.

// read decodes a value that begins at a position of the text, and gives the position behind it.
type read func(r *run, at int, to unsafe.Pointer) int

// node is how values of one type are decoded.
type node struct {
	read   read
	nested bool // there may be unknown fields in it
}

// plan is how one type is decoded, with all types in it.
type plan struct {
	root   *node
	nodes  map[place]*node
	shapes shapes
	// How many places a run needs to remember things.
	members, lists, maps, records int

	runs sync.Pool
}

// place is a type where it stands: the methods of a type without a name count only behind a pointer.
type place struct {
	reflect.Type
	methods bool
}

// plans makes the plan of each type once. The zero value is ready.
type plans struct {
	mu   sync.Mutex
	made map[reflect.Type]*plan
}

func (p *plans) of(t reflect.Type) *plan {
	p.mu.Lock()
	defer p.mu.Unlock()
	if made := p.made[t]; made != nil {
		return made
	}
	made := &plan{nodes: map[place]*node{}, shapes: shapes{}}
	made.root = made.pointed(t)
	if p.made == nil {
		p.made = map[reflect.Type]*plan{}
	}
	p.made[t] = made
	return made
}

// decode decodes an answer into what into points to, and gives the paths of the fields that no type takes, if they are
// asked for. It is not ok if encoding/json would fail.
func (p *plans) decode(body []byte, into any, unknown bool, packing *packing) (fields []string, ok bool) {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return nil, false
	}
	plan := p.of(target.Type().Elem())
	r, _ := plan.runs.Get().(*run)
	if r == nil {
		r = &run{next: make([]uint16, plan.members), lists: make([]slab, plan.lists), maps: make([]pair, plan.maps), records: make([]reflect.Value, plan.records)}
	}
	r.packing = packing
	if r.text = terminated(body); unknown {
		r.trail = &trail{}
	}
	at := plan.root.read(r, space(r.text, 0), target.UnsafePointer())
	if at == wrong || space(r.text, at) != len(body) {
		return nil, false // and the run is in the middle of something
	}
	if unknown {
		fields = r.trail.found
	}
	r.forget()
	plan.runs.Put(r)
	return fields, true
}

// terminated is a text with a zero byte behind it, which is there already where the house reads answers.
func terminated(body []byte) []byte {
	if n := len(body); cap(body) > n {
		if longer := body[:n+1]; longer[n] == 0 {
			return longer
		}
	}
	return append(body[:len(body):len(body)], 0)
}

// pointed is how a value is decoded that a pointer points to.
func (p *plan) pointed(t reflect.Type) *node { return p.node(place{t, true}) }

// value is how a value of a field, a list or a map is decoded.
func (p *plan) value(t reflect.Type) *node { return p.node(place{t, t.Name() != ""}) }

func (p *plan) node(at place) *node {
	if known := p.nodes[at]; known != nil {
		return known
	}
	n := &node{}
	p.nodes[at] = n // before it is complete: a type may contain itself
	if reflect.PointerTo(at.Type).Implements(reflect.TypeFor[packable]()) {
		p.pack(n, at.Type)
		return n
	}
	if n.read = native(at.Type); n.read != nil || at.methods && p.methods(n, at.Type) {
		return n
	}
	switch at.Kind() {
	case reflect.Pointer:
		p.pointer(n, at.Type)
	case reflect.Struct:
		p.object(n, at.Type)
	case reflect.Slice:
		p.list(n, at.Type)
	case reflect.Map:
		p.mapping(n, at.Type)
	default:
		n.read = scalarOf(at.Type)
	}
	if n.read == nil {
		n.read, n.nested = p.held(foreign(at.Type), at.Type), true
	}
	return n
}

// methods has a value decode itself, if its type can.
func (p *plan) methods(n *node, t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Pointer:
		return false // a pointer is followed first
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		n.read = byItself(t)
		if pointer.Implements(reflect.TypeFor[Scalar]()) {
			n.read = scalarByItself(t, n.read)
		}
		if pointer.Implements(reflect.TypeFor[Shaped]()) {
			n.read, n.nested = p.held(n.read, t), true
		}
		if pointer.Implements(reflect.TypeFor[Wrapper]()) {
			n.read, n.nested = p.unwrapped(t, n.read), true
		}
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		n.read = foreign(t)
	default:
		return false
	}
	return true
}

// Wrapper is a type that reads JSON by itself only to have something in it decoded. Within points to what that is, by the
// first byte of the JSON; it is nil for what the type decodes by itself after all. It must come to the same as its
// UnmarshalJSON does, and point to the same type for the same byte.
type Wrapper interface {
	Within(first byte) any
}

// unwrapped has what is in a value decoded, or otherwise the value decode itself.
func (p *plan) unwrapped(t reflect.Type, otherwise read) read {
	var within ['{' + 1]*node
	for _, first := range []byte(`{["-0123456789tfn`) {
		if part := reflect.New(t).Interface().(Wrapper).Within(first); part != nil {
			within[first] = p.pointed(reflect.TypeOf(part).Elem())
		}
	}
	return func(r *run, at int, to unsafe.Pointer) int {
		first := r.text[at]
		if int(first) >= len(within) || within[first] == nil {
			return otherwise(r, at, to)
		}
		part := reflect.NewAt(t, to).Interface().(Wrapper).Within(first)
		return within[first].read(r, at, reflect.ValueOf(part).UnsafePointer())
	}
}

// byItself has a value decode itself.
func byItself(t reflect.Type) read {
	return func(r *run, at int, to unsafe.Pointer) int {
		end := skip(r.text, at, r.depth)
		if end == wrong || reflect.NewAt(t, to).Interface().(json.Unmarshaler).UnmarshalJSON(r.text[at:end:end]) != nil {
			return wrong
		}
		return end
	}
}

// held holds a value that decodes itself against what its type takes, or says that it takes.
func (p *plan) held(read read, t reflect.Type) read {
	takes := p.shapes.of(t)
	return func(r *run, at int, to unsafe.Pointer) int {
		end := read(r, at, to)
		if end != wrong && r.trail != nil {
			f := finder{text: r.text, at: at, trail: r.trail}
			f.value(takes)
		}
		return end
	}
}

// foreign has encoding/json decode a value.
func foreign(t reflect.Type) read {
	return func(r *run, at int, to unsafe.Pointer) int {
		end := skip(r.text, at, r.depth)
		if end == wrong || json.Unmarshal(r.text[at:end:end], reflect.NewAt(t, to).Interface()) != nil {
			return wrong
		}
		return end
	}
}

// pointer is decoded as what it points to; null makes it nil.
func (p *plan) pointer(n *node, t reflect.Type) {
	n.nested = true // for what contains itself
	to := p.pointed(t.Elem())
	n.nested = to.nested
	n.read = func(r *run, at int, pointer unsafe.Pointer) int {
		target := (*unsafe.Pointer)(pointer)
		if r.text[at] == 'n' {
			*target = nil
			return r.null(at)
		}
		if *target == nil {
			*target = reflect.New(t.Elem()).UnsafePointer()
		}
		return to.read(r, at, *target)
	}
}
