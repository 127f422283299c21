package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	Path   string // as asked for; for errors
}

// JSON tells whether the answer is JSON by its content type, or by its first byte.
func (r *Response) JSON() bool {
	return strings.Contains(contentType(r.Header), "json") || looksLikeJSON(r.Body)
}

// Decode reads the answer as one JSON value with nothing behind it. Otherwise its error is an *Error of kind Unexpected
// that names the path, the field, and what was found there.
func (r *Response) Decode(api string, into any) error {
	return decoding{plans: &plans{}, api: api}.decode(r, into)
}

// without is the answer without the secrets that redactor knows.
func (r *Response) without(redactor *Redactor) *Response {
	clean := *r
	clean.Body = []byte(redactor.String(string(r.Body)))
	return &clean
}

// decoding is what decoding an answer needs besides the answer.
type decoding struct {
	plans    *plans
	api      string
	redactor *Redactor
	meter    *Meter   // nil: unknown fields are of no interest
	packing  *packing // for values with a Packed in them
}

// decode is the one place where answers are decoded, into a value that is zero before.
func (d decoding) decode(r *Response, into any) error {
	fault := &Error{API: d.api, Path: pathOnly(r.Path), Kind: Unexpected, Status: r.Status}
	body := bytes.TrimPrefix(r.Body, []byte("\ufeff"))
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		fault.Text = "an empty answer where JSON was expected"
		return fault
	case !looksLikeJSON(body):
		fault.Text = describe(r.without(d.redactor)) + " where JSON was expected"
		return fault
	}
	if fields, ok := d.plans.decode(body, into, d.meter != nil, d.packing); ok {
		d.meter.unknown(fields)
		return nil
	}
	if err := decodeSlowly(body, into); err != nil {
		fault.Text = d.redactor.String(explainDecode(err, body))
		return fault
	}
	return nil
}

// decodeSlowly is how encoding/json decodes, which knows what is wrong.
func decodeSlowly(body []byte, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return json.Unmarshal(body, into)
	}
	fresh := reflect.New(target.Type().Elem())
	if err := json.Unmarshal(body, fresh.Interface()); err != nil {
		return err
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// looksLikeJSON tells whether the first byte may begin a JSON value.
func looksLikeJSON(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	return len(body) > 0 && (bytes.IndexByte([]byte(`{["-`), body[0]) >= 0 || body[0] >= '0' && body[0] <= '9' ||
		bytes.HasPrefix(body, []byte("null")) || bytes.HasPrefix(body, []byte("true")) || bytes.HasPrefix(body, []byte("false")))
}

func contentType(h http.Header) string { return strings.ToLower(h.Get("Content-Type")) }

// explainDecode says which field was wrong, and how.
func explainDecode(err error, body []byte) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		found, _, _ := strings.Cut(wrong.Value, " ")
		return fmt.Sprintf("%s: %s where %s was expected", locate(wrong, body), withArticle(found), expected(wrong.Type))
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if syntax.Offset >= int64(len(body)) {
			return "the JSON ends in the middle"
		}
		return fmt.Sprintf("not JSON at byte %d: %v", syntax.Offset, syntax)
	}
	return err.Error()
}

func withArticle(found string) string {
	switch found {
	case "array", "object":
		return "an " + found
	case "bool":
		return "true or false"
	}
	return "a " + found
}

// expected names a Go type in the words of JSON.
func expected(t reflect.Type) string {
	if t == nil {
		return "another type"
	}
	switch t {
	case reflect.TypeFor[ID]():
		return "an id"
	case reflect.TypeFor[Int]():
		return "a whole number"
	case reflect.TypeFor[Bool]():
		return "true or false"
	case reflect.TypeFor[Number](), reflect.TypeFor[json.Number]():
		return "a number"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a number"
	}
	return "a " + t.String()
}

// whereAll is the path of a whole answer.
const whereAll = "the whole answer"

// locate gives the path of a wrong value with the indexes that encoding/json leaves out: "data[3].timestamp". It looks
// for the first value at that path that the type in question does not take.
func locate(wrong *json.UnmarshalTypeError, body []byte) string {
	var fields []string
	if wrong.Field != "" {
		fields = strings.Split(wrong.Field, ".")
	}
	if path, ok := search(json.RawMessage(body), fields, wrong.Type); ok {
		return orDefault(strings.TrimPrefix(path, "."), whereAll)
	}
	return orDefault(wrong.Field, whereAll)
}

// search descends along fields, and into every element of an array on the way.
func search(value json.RawMessage, fields []string, t reflect.Type) (string, bool) {
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) == nil && elements != nil && !takes(t, value, fields) {
		for i, element := range elements {
			if path, ok := search(element, fields, t); ok {
				return "[" + strconv.Itoa(i) + "]" + path, true
			}
		}
		return "", len(fields) == 0
	}
	if len(fields) == 0 {
		return "", t != nil && json.Unmarshal(value, reflect.New(t).Interface()) != nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(value, &members) != nil {
		return "", false
	}
	for name, member := range members {
		if strings.EqualFold(name, fields[0]) {
			if path, ok := search(member, fields[1:], t); ok {
				return "." + name + path, true
			}
		}
	}
	if len(fields) == 1 {
		return "", false
	}
	return search(value, fields[1:], t) // The name of an embedded type is in no JSON.
}

// takes tells whether a whole array is what the type wants, so that there is nothing to look for inside.
func takes(t reflect.Type, value json.RawMessage, fields []string) bool {
	return len(fields) == 0 && t != nil && json.Unmarshal(value, reflect.New(t).Interface()) == nil
}
