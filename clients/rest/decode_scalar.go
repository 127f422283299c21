package rest

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unsafe"
)

// Scalar is a type that reads JSON by itself, and has something simpler for what is neither an object nor a list: the
// text of a string, which is quoted, or a number, true, false or null as it stands. It must come to the same as its
// UnmarshalJSON does.
type Scalar interface {
	UnmarshalScalar(text string, quoted bool) error
}

// UnmarshalScalar is what the UnmarshalJSON of a Scalar needs to do: it refuses objects and lists.
func UnmarshalScalar(b []byte, into Scalar) error {
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[':
		return json.Unmarshal(b, new(string))
	case b[0] != '"':
		return into.UnmarshalScalar(string(b), false)
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	return into.UnmarshalScalar(text, true)
}

// Quoted is the text of a scalar that is a string or null, for types that take no other.
func Quoted(text string, quoted bool) (string, error) {
	if quoted {
		return text, nil
	}
	var empty string
	return "", json.Unmarshal([]byte(text), &empty)
}

// scalarByItself has a value decode itself from a scalar, or otherwise from anything else.
func scalarByItself(t reflect.Type, otherwise read) read {
	return func(r *run, at int, to unsafe.Pointer) int {
		var text string
		var end int
		first := r.text[at]
		switch first {
		case '{', '[':
			return otherwise(r, at, to)
		case '"':
			text, end = r.string(at)
		default:
			if end = skip(r.text, at, r.depth); end != wrong {
				text = r.part(at, end)
			}
		}
		if end == wrong || reflect.NewAt(t, to).Interface().(Scalar).UnmarshalScalar(text, first == '"') != nil {
			return wrong
		}
		return end
	}
}

// native is how the types of this package that read JSON by themselves are decoded, and those of encoding/json; nil for
// other types.
func native(t reflect.Type) read {
	switch t {
	case reflect.TypeFor[ID]():
		return readID
	case reflect.TypeFor[Int]():
		return readInt
	case reflect.TypeFor[Bool]():
		return readTruth
	case reflect.TypeFor[Number]():
		return readDecimal
	case reflect.TypeFor[Ignored]():
		return func(r *run, at int, _ unsafe.Pointer) int { return skip(r.text, at, r.depth) }
	case reflect.TypeFor[Record]():
		return func(r *run, at int, to unsafe.Pointer) (end int) {
			(*Record)(to).Value, end = r.any(at, true)
			return end
		}
	case reflect.TypeFor[json.RawMessage]():
		return readRaw
	case reflect.TypeFor[json.Number]():
		return readNumber
	}
	return nil
}

// scalarOf is how scalars are decoded that have no methods; null leaves them as they are. It is nil for other types.
func scalarOf(t reflect.Type) read {
	switch t.Kind() {
	case reflect.String:
		return readString
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return numeric(func(text string, to unsafe.Pointer) bool {
			n, err := strconv.ParseInt(text, 10, t.Bits())
			if err == nil {
				reflect.NewAt(t, to).Elem().SetInt(n)
			}
			return err == nil
		})
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return numeric(func(text string, to unsafe.Pointer) bool {
			n, err := strconv.ParseUint(text, 10, t.Bits())
			if err == nil {
				reflect.NewAt(t, to).Elem().SetUint(n)
			}
			return err == nil
		})
	case reflect.Float32, reflect.Float64:
		return numeric(func(text string, to unsafe.Pointer) bool {
			n, err := strconv.ParseFloat(text, t.Bits())
			if err == nil {
				reflect.NewAt(t, to).Elem().SetFloat(n)
			}
			return err == nil
		})
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return readAny(t)
		}
	}
	return nil
}

func readString(r *run, at int, to unsafe.Pointer) int {
	if r.text[at] != '"' {
		return r.null(at)
	}
	text, end := r.string(at)
	if end != wrong {
		*(*string)(to) = text
	}
	return end
}

func readBool(r *run, at int, to unsafe.Pointer) int {
	switch r.text[at] {
	case 't':
		*(*bool)(to) = true
		return literal(r.text, at, "true")
	case 'f':
		*(*bool)(to) = false
		return literal(r.text, at, "false")
	}
	return r.null(at)
}

// numeric reads a number.
func numeric(set func(text string, to unsafe.Pointer) bool) read {
	return func(r *run, at int, to unsafe.Pointer) int {
		if r.text[at] == 'n' {
			return r.null(at)
		}
		end := number(r.text, at)
		// The text is looked at, not kept.
		if end == wrong || !set(unsafe.String(&r.text[at], end-at), to) {
			return wrong
		}
		return end
	}
}

func readNumber(r *run, at int, to unsafe.Pointer) int {
	var text string
	var end int
	switch r.text[at] {
	case 'n':
		return r.null(at)
	case '"':
		if text, end = r.string(at); end == wrong || number([]byte(text+"\x00"), 0) != len(text) {
			return wrong
		}
	default:
		if end = number(r.text, at); end == wrong {
			return wrong
		}
		text = r.part(at, end)
	}
	*(*json.Number)(to) = json.Number(text)
	return end
}

// readRaw keeps a value as it stands.
func readRaw(r *run, at int, to unsafe.Pointer) int {
	end := skip(r.text, at, r.depth)
	if end != wrong {
		*(*json.RawMessage)(to) = append(json.RawMessage(nil), r.text[at:end]...)
	}
	return end
}

// readID does what ID.UnmarshalJSON does.
func readID(r *run, at int, to unsafe.Pointer) int {
	var text string
	var end int
	switch c := r.text[at]; {
	case c == '"':
		text, end = r.string(at)
		text = strings.TrimSpace(text)
	case c == 'n':
		end = r.null(at)
	case c == '-' || '0' <= c && c <= '9':
		if end = number(r.text, at); end != wrong {
			text = r.part(at, end)
		}
	default:
		return wrong
	}
	if end != wrong {
		*(*ID)(to) = ID(text)
	}
	return end
}

// readInt does what Int.UnmarshalJSON does, and leaves it the shapes that are rare.
func readInt(r *run, at int, to unsafe.Pointer) int {
	var n int64
	end := at
	for c := r.text[end] - '0'; c <= 9; c = r.text[end] - '0' {
		n = n*10 + int64(c)
		end++
	}
	switch c := r.text[end]; {
	case c == 'n':
		*(*Int)(to) = Int{}
		return r.null(at)
	case end == at, end > at+18, end > at+1 && r.text[at] == '0', c == '.', c == 'e', c == 'E':
		return r.unmarshal(at, (*Int)(to))
	}
	*(*Int)(to) = Int{n, true}
	return end
}

// readTruth does what Bool.UnmarshalJSON does, and leaves it the shapes that are rare.
func readTruth(r *run, at int, to unsafe.Pointer) int {
	end := wrong
	switch r.text[at] {
	case 't':
		end = literal(r.text, at, "true")
		*(*Bool)(to) = Bool{true, true}
	case 'f':
		end = literal(r.text, at, "false")
		*(*Bool)(to) = Bool{false, true}
	case 'n':
		end = r.null(at)
		*(*Bool)(to) = Bool{}
	default:
		end = r.unmarshal(at, (*Bool)(to))
	}
	return end
}

// readDecimal does what Number.UnmarshalJSON does, and leaves it the shapes that are rare.
func readDecimal(r *run, at int, to unsafe.Pointer) int {
	end := number(r.text, at)
	if end == wrong {
		return r.unmarshal(at, (*Number)(to))
	}
	*(*Number)(to) = Number(r.part(at, end))
	return end
}

// unmarshal has a value decode itself.
func (r *run) unmarshal(at int, into json.Unmarshaler) int {
	end := skip(r.text, at, r.depth)
	if end == wrong || into.UnmarshalJSON(r.text[at:end:end]) != nil {
		return wrong
	}
	return end
}
