package rest

import (
	"context"
	"errors"
	"reflect"
	"unsafe"
)

// Packed is an element of an answer that is packed while the answer is decoded, and unpacked when it is its turn. What has
// to be known of it until then is in its note. Only Pack decodes answers with a Packed in them.
type Packed[T any, N any] struct {
	Note N
	Span
}

// Span is where a record stands in a pack.
type Span struct{ from int }

// Noter is a note of a Packed: it looks at a record that is about to be packed, and keeps none of its texts and lists.
type Noter[T any] interface{ Of(*T) }

// errPacked is a Packed that something else decodes.
var errPacked = errors.New("this is decoded by a Client alone")

// UnmarshalJSON is for encoding/json, which cannot pack anything.
func (*Packed[T, N]) UnmarshalJSON([]byte) error { return errPacked }

// record tells the decoder the type of the record.
func (*Packed[T, N]) record() reflect.Type { return reflect.TypeFor[T]() }

// packed is told of the record, and of where it is.
func (p *Packed[T, N]) packed(record unsafe.Pointer, from int) {
	any(&p.Note).(Noter[T]).Of((*T)(record))
	p.from = from
}

// packable is a Packed of any type.
type packable interface {
	record() reflect.Type
	packed(record unsafe.Pointer, from int)
}

// pack is how a Packed is decoded: as its record, which lies in the same place for all of them.
func (p *plan) pack(n *node, t reflect.Type) {
	of := reflect.New(t).Interface().(packable).record()
	n.nested = true // for what contains itself
	record, made := p.pointed(of), codecs{}
	n.nested = record.nested
	codec, place := made.of(of), p.records
	p.records++
	n.read = func(r *run, at int, to unsafe.Pointer) int {
		room := &r.records[place]
		if !room.IsValid() {
			*room = reflect.New(of).Elem()
		}
		// Texts of a record that is packed at once need not be copied, nor its lists be new ones.
		r.lent = !made.keeps
		pointer := room.Addr().UnsafePointer()
		end := record.read(r, at, pointer)
		r.lent = false
		if end == wrong {
			return wrong
		}
		from := len(r.packing.bytes)
		codec.put(r.packing, pointer)
		reflect.NewAt(t, to).Interface().(packable).packed(pointer, from)
		room.SetZero()
		if !made.keeps {
			r.reuse()
		}
		return end
	}
}

// Pack is the records of an answer, packed.
type Pack struct {
	client *Client
	packing
}

// Pack is Ask for an answer with a Packed in it. Plain points to a zero value of what the answer would be decoded into
// without one: what is wrong with an answer is told by that.
func (c *Client) Pack(ctx context.Context, r Request, into, plain any) (*Pack, error) {
	answer, leave, err := c.do(ctx, r)
	defer leave()
	if err != nil {
		return nil, err
	}
	defer c.release(answer)
	d := c.decoding(ctx)
	pack := &Pack{client: c}
	if again, ok := c.packs.Get().(*[]byte); ok {
		pack.bytes = (*again)[:0]
	} else if usual := c.packed.Load(); usual > 0 {
		pack.bytes = make([]byte, 0, usual+usual/16)
	}
	d.packing = &pack.packing
	if err := d.decode(answer, into); err != nil {
		d.packing = nil
		if told := d.decode(answer, plain); told != nil {
			err = told
		}
		return nil, err
	}
	c.packed.Store(int64(len(pack.bytes)))
	return pack, nil
}

// Release gives a pack's memory back. Nothing of it is unpacked afterwards.
func (p *Pack) Release() {
	bytes := p.bytes
	p.packing = packing{}
	p.client.packs.Put(&bytes)
}

// Unpacker unpacks records, one after the other. As with pages, their texts are cut from chunks: whoever keeps some of them
// for long clones them. It belongs to one goroutine.
type Unpacker[T any] struct {
	codec codec
	unpacking
}

// NewUnpacker makes an unpacker.
func NewUnpacker[T any]() *Unpacker[T] {
	var made codecs
	u := &Unpacker[T]{codec: made.of(reflect.TypeFor[T]())}
	u.lists = make([]slab, made.lists)
	return u
}

// Unpack unpacks a record into a value that is zero.
func (u *Unpacker[T]) Unpack(p *Pack, s Span, into *T) {
	u.bytes, u.kept = p.bytes[s.from:], p.kept
	u.codec.get(&u.unpacking, unsafe.Pointer(into))
}
