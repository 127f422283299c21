package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// everything has members of every sort, and all of them are optional in JSON.
type everything struct {
	S     string `json:"s"`
	B     bool   `json:"b"`
	I     int    `json:"i"`
	I8    int8   `json:"i8"`
	U16   uint16
	F     float64         `json:"f"`
	F32   float32         `json:"f32"`
	N     json.Number     `json:"n"`
	Raw   json.RawMessage `json:"raw"`
	Any   any             `json:"any"`
	At    time.Time       `json:"at"`
	Bytes []byte          `json:"bytes"`
	Array [2]string       `json:"array"`

	ID      ID      `json:"id"`
	Int     Int     `json:"int"`
	Bool    Bool    `json:"bool"`
	Number  Number  `json:"number"`
	Texts   Texts   `json:"texts"`
	Ignored Ignored `json:"ignored"`
	Record  Record  `json:"record"`
}

// natives has no member that is left to encoding/json.
type natives struct {
	ID     ID     `json:"id"`
	Int    Int    `json:"int"`
	Bool   Bool   `json:"bool"`
	Number Number `json:"number"`
	S      string `json:"s"`
	Kelvin string
	Name   loud               `json:"name"`
	List   []natives          `json:"list"`
	Lists  [][]string         `json:"lists"`
	Points []*natives         `json:"points"`
	One    *natives           `json:"one"`
	Two    **string           `json:"two"`
	Map    map[string]natives `json:"map"`
	Loud   map[loud][]ID      `json:"loud"`
	Any    any                `json:"any"`
	Record Record             `json:"record"`
	Raw    json.RawMessage    `json:"raw"`
	Inner  struct {
		ID ID `json:"id"`
		Record
	} `json:"inner"`
	Empty   struct{}  `json:"empty"`
	Either  either    `json:"either"`
	Halfway []halfway `json:"halfway"`
	left
}

// aliens are left to encoding/json as a whole.
type aliens struct {
	Str int `json:"str,string"`
	*Apart
	List []aliens `json:"list"`
}

// loud is text that shouts, but not as the name of a member.
type loud string

func (l *loud) UnmarshalJSON(b []byte) error { return UnmarshalScalar(b, l) }

func (l *loud) UnmarshalScalar(text string, quoted bool) error {
	if text == "quiet" {
		return fmt.Errorf("no: %v", quoted)
	}
	*l = loud(fmt.Sprint(strings.ToUpper(text), quoted))
	return nil
}

// either is one or several, and remembers that it was there.
type either struct {
	list  []natives
	there bool
}

func (e *either) UnmarshalJSON(b []byte) error {
	e.there = true
	if b[0] == '{' {
		e.list = make([]natives, 1)
		return json.Unmarshal(b, &e.list[0])
	}
	return json.Unmarshal(b, &e.list)
}

func (e *either) Within(first byte) any {
	if e.there = true; first == '{' {
		e.list = make([]natives, 1)
		return &e.list[0]
	}
	return &e.list
}

// halfway decodes texts by itself, and has the rest decoded.
type halfway struct{ Record }

func (h *halfway) Within(first byte) any {
	if first == '"' {
		return nil
	}
	return &h.Record
}

// left and right have a member of the same name, which therefore neither has, and one that is hidden.
type left struct {
	right
	Both string
	S    string `json:"s"`
	Deep Int    `json:"deep"`
}

type right struct {
	Both string `json:"both"`
	Deep string `json:"deep"`
	Kept []int  `json:"kept"`
}

// rivals embeds two members of one name, one of which has it from its tag.
type rivals struct {
	tagged
	untagged
}

type tagged struct {
	Tagged string `json:"Same"`
}

type untagged struct{ Same, Other string }

// Apart is embedded by a pointer.
type Apart struct{ Apart string }

// targets are the types that fuzzing decodes into.
func targets() []any {
	return []any{
		new(everything), new(natives), new([]natives), new(map[string]everything), new(*right), new(any), new(Record),
		new(string), new([]Int), new(json.RawMessage), new(struct{ left }), new([]struct{ Record }), new(Texts), new(map[string]*[]any),
		new(aliens), new([]aliens), new(rivals),
	}
}

// compare decodes a text into all targets. The plans live longer, so that what is learnt from one text is wrong about
// another one.
func compare(t *testing.T, all *plans, body []byte) {
	t.Helper()
	for _, target := range targets() {
		typ := reflect.TypeOf(target).Elem()
		want, got := reflect.New(typ), reflect.New(typ)
		err := json.Unmarshal(body, want.Interface())
		given := append(slices.Clip(bytes.Clone(body)), 0)[:len(body)] // as the house reads answers
		_, ok := all.decode(given, got.Interface(), len(body)%2 == 0, nil)
		if ok != (err == nil) {
			t.Fatalf("%v of %q: ok %v, where encoding/json says %v", typ, body, ok, err)
		}
		if !bytes.Equal(given, body) {
			t.Fatalf("%q was changed into %q", body, given)
		}
		clear(given) // nothing of it may have been kept
		if ok && !reflect.DeepEqual(want.Interface(), got.Interface()) {
			t.Fatalf("%v of %q:\n got %s\nwant %s", typ, body, shown(got), shown(want))
		}
	}
	packings(t, all, body)
}

func shown(v reflect.Value) string {
	text, err := json.Marshal(v.Interface())
	return fmt.Sprintf("%+v %s %v", v.Elem().Interface(), text, err)
}

// texts are what is worth a try.
var texts = []string{
	`{}`, `[]`, `null`, ` [ { } , null ] `, `"x"`, `true`, `12`, `-0`, `01`, `1.`, `1e`, `-`, `1e400`, `1E+2`, `[1,]`, `{"a":1,}`, `{"a"}`, `{,}`, `[,]`, `{1:2}`,
	`nul`, `tru`, `"`, `"\`, `"\u12`, `"\x"`, "\"\x01\"", "\"a\tb\"", `{} x`, `{}{}`, "{}\x00", "\x00", ``, ` `, "\ufeff{}", "[\x0b]", "\u00a0{}",
	`{"s":"plain","S":"other","ſ":"long s"}`, `{"s":null,"b":null,"i":null,"any":null,"at":null,"raw":null,"n":null,"int":null,"id":null,"bool":null}`,
	`{"s":"\u0041\n\"\\\/\b\f\r\t\u00e9\ud83d\ude00\ud83d\ud83d\u0020\udc00"}`, "{\"s\":\"\xff\xfe\xc3\xa9\xe2\x82 é 🌴 long enough for words\"}",
	"{\"\xff\":1,\"s\xff\":2,\"\\u0073\":\"escaped\"}", `{"i":1.0}`, `{"i8":127,"U16":65535,"u16":1}`, `{"i8":128}`, `{"U16":-1}`, `{"f":1e400}`, `{"f32":3.5,"f":-0.0e-5}`,
	`{"n":"12"}`, `{"n":""}`, `{"n":"1 "}`, `{"n":"x"}`, `{"n":12.50}`, `{"any":{"b":[1,2.5,"x",null,true,{"b":{}}],"b":2}}`, `{"any":[],"Any":{}}`, `{"any":1e999}`,
	`{"at":"2026-11-21T08:30:00Z"}`, `{"at":"noon"}`, `{"bytes":"aGk="}`, `{"bytes":[1,2]}`, `{"bytes":"?"}`, `{"array":["a","b","c"]}`, `{"array":["a"]}`, `{"str":"5"}`, `{"str":5}`,
	`{"raw": {"a" : [ 1 , 2 ] } }`, `{"raw":"x","raw":[1]}`, `{"texts":["a",null]}`, `{"texts":"a","number":"1.50"}`, `{"number":1e-7,"int":"5","bool":"true","id":5}`, `{"number":"x"}`,
	`{"id":" 7 ","int":5.0,"bool":1}`, `{"id":true}`, `{"int":5.5}`, `{"int":123456789012345678901}`, `{"int":-7,"int":007}`, `{"bool":2}`, `{"int":5x}`, `{"id":"\u2003x\u2003"}`,
	`{"list":[{"id":1},{"id":2,"s":"b"}],"list":[{"s":"a"}],"list":[{},{},{}]}`, `{"list":[{"s":"a"}],"list":null,"list":[{}]}`, `{"list":[],"list":[{"list":[{"list":[{}]}]},{"list":[{},{}]}]}`,
	`{"lists":[["a"],[],null,["b","c"]],"lists":[["d"]]}`, `{"points":[null,{"id":1},{"points":[{}]}],"points":[{"s":"x"}]}`, `{"one":{"id":1},"one":{"s":"x"}}`, `{"one":{"id":1},"one":null}`,
	`{"two":"x"}`, `{"two":null}`, `{"two":5}`, `{"map":{"a":{"id":1},"a":{"s":"x"},"b":{"map":{"c":{}}}},"map":{"d":{}}}`, `{"map":null}`, `{"map":[]}`, `{"loud":{"a":["1",2],"a":[]}}`,
	`{"name":"hey"}`, `{"name":5}`, `{"name":null}`, `{"name":{}}`, `{"name":["quiet"]}`, `{"name":"quiet"}`, `{"inner":{"id":1,"Value":5}}`, `{"inner":{"id":1,"value":{"x":2}}}`,
	`{"record":{"n":1.50,"list":[1e5]}}`, `{"empty":{"x":1}}`, `{"empty":[]}`, `{"both":"x","Both":"y","deep":5,"kept":[1,2],"kept":[3]}`, `{"Kelvin":"k","Kelvin":"sign","ID":9,"iD":8}`,
	"{\"\u212aelvin\":\"with another K\",\"li\u017ft\":[{}],\"KELVIN\":null}", `{"Same":"x","same":"y","Other":"z"}`, `{"Apart":"x","apart":null}`, `{"ignored":{"x":[1,{"y":"z"}]},"ignored":}`, `{"ignored":[}`, `{"s":"a" "b":1}`, `{"s":"a",,"b":true}`, `{"s" "a"}`, `["a" "b"]`, `{"a":tru}`,
	`[{"id":1,"int":2,"s":"x"},{"id":3,"int":4,"s":"y"},{"int":5,"id":6},{"id":7,"new":[1],"int":8},{"s":"z"}]`,
}

func TestDecodingIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	all := &plans{}
	for range 2 { // the second time with what was learnt the first time
		for _, text := range texts {
			compare(t, all, []byte(text))
		}
	}
}

func TestDecodingMixedTextsIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	random, all := rand.New(rand.NewPCG(1, 2)), &plans{}
	for range 3000 {
		compare(t, all, mixed(random))
	}
}

// mixed makes a new text of old ones: members of several in one object, cut here and there.
func mixed(random *rand.Rand) []byte {
	var b []byte
	for range 1 + random.IntN(4) {
		text := strings.Trim(texts[random.IntN(len(texts))], "{}")
		b = append(append(b, text...), ',')
	}
	b = append(append([]byte{'{'}, b[:len(b)-1]...), '}')
	switch random.IntN(8) {
	case 0:
		b = b[:random.IntN(len(b))]
	case 1:
		b[random.IntN(len(b))] = byte(random.IntN(256))
	case 2:
		b = append(append([]byte(`[{"list":[`), b...), `]},null]`...)
	case 3:
		b = append(append([]byte(`{"one":`), b...), `,"s":"behind"}`...)
	}
	return b
}

func TestPlansLeaveToEncodingJSONOnlyWhatTheyMust(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ     reflect.Type
		members int
	}{{reflect.TypeFor[everything](), 20}, {reflect.TypeFor[natives](), 24}, {reflect.TypeFor[aliens](), 0}} {
		if got := new(plans).of(c.typ).members; (got == 0) != (c.members == 0) || got < c.members {
			t.Errorf("the plan of %v has %d members, want %d", c.typ, got, c.members)
		}
	}
}

func TestDepthIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{deepest - 1, deepest, deepest + 1} {
		for _, around := range [][2]string{{"[", "]"}, {`{"any":`, "}"}, {`{"record":`, "}"}, {`{"ignored":`, "}"}, {`{"x":`, "}"}} {
			inner := "1"
			body := strings.Repeat(around[0], depth) + inner + strings.Repeat(around[1], depth)
			for _, target := range []any{new(any), new(Record), new(natives), new(struct{ Ignored Ignored }), new(json.RawMessage), new([]json.RawMessage)} {
				typ := reflect.TypeOf(target).Elem()
				err := json.Unmarshal([]byte(body), reflect.New(typ).Interface())
				if _, ok := new(plans).decode([]byte(body), target, true, nil); ok != (err == nil) {
					t.Errorf("%v, %d times %s: ok %v, where encoding/json says %v", typ, depth, around[0], ok, err)
				}
			}
		}
	}
}

func TestWidthHasNoLimit(t *testing.T) {
	t.Parallel()
	for _, each := range []string{`{}`, `[]`, `{"any":[{},[]],"lists":[[]],"map":{"a":{}},"record":{"x":{}},"new":[{}]}`} {
		body := []byte("[" + strings.Repeat(each+",", deepest+1) + each + "]")
		for _, target := range []any{new([]natives), new(any), new([]Record), new([]map[string]any), new([][]int)} {
			err := json.Unmarshal(body, reflect.New(reflect.TypeOf(target).Elem()).Interface())
			if _, ok := new(plans).decode(body, target, false, nil); ok != (err == nil) {
				t.Errorf("%T, many times %s: ok %v, where encoding/json says %v", target, each, ok, err)
			}
		}
	}
}

func TestListsOfAnyLengthKeepTheirElementsApart(t *testing.T) {
	t.Parallel()
	type element struct {
		N    int      `json:"n"`
		S    []string `json:"s"`
		Room [9]int   `json:"-"`
	}
	all := &plans{}
	for _, n := range []int{1, 2, 15, 16, 17, 100, 3000} {
		want := make([]element, n)
		for i := range want {
			want[i] = element{N: i, S: make([]string, i%5)}
			for k := range want[i].S {
				want[i].S[k] = fmt.Sprint(i, strings.Repeat("é", k*300))
			}
		}
		body, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got []element
		if _, ok := all.decode(body, &got, false, nil); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("a list of %d is another one", n)
		}
		if cap(got) > 2*max(n, few) {
			t.Errorf("a list of %d has room for %d", n, cap(got))
		}
		for i := range got {
			_ = append(got[i].S, "beyond")
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("of a list of %d, what was appended to one list is in another one", n)
		}
	}
}

func TestAShortRowInFrontMakesNoHugeList(t *testing.T) {
	t.Parallel()
	body := []byte("[" + strings.Repeat(`{},`, 20) + `{"s":"` + strings.Repeat("x", 1<<20) + `"}]`)
	var got []natives
	if _, ok := new(plans).decode(body, &got, false, nil); !ok || len(got) != 21 || cap(got) > 21*leap {
		t.Errorf("%v, %d rows, room for %d", ok, len(got), cap(got))
	}
}

func TestFewAllocationsARow(t *testing.T) {
	type row struct {
		ID    ID       `json:"id"`
		At    Int      `json:"at"`
		Name  string   `json:"name"`
		Tags  []string `json:"tags"`
		Owner struct {
			Name string `json:"name"`
			Ok   Bool   `json:"ok"`
		} `json:"owner"`
	}
	const rows = 1000
	body := []byte("[" + strings.TrimSuffix(strings.Repeat(`{"id":"7","at":1763713800000,"name":"Zoë","tags":["a","b"],"owner":{"name":"\"x\"","ok":true}},`, rows), ",") + "]\x00")
	body = body[:len(body)-1]
	all := &plans{}
	each := testing.AllocsPerRun(10, func() {
		var got []row
		if _, ok := all.decode(body, &got, true, nil); !ok || len(got) != rows {
			t.Fatal("not decoded")
		}
	}) / rows
	if each > 0.1 {
		t.Errorf("%.2f allocations a row", each)
	}
}

func TestTextsThatAreKeptHoldOnToLittle(t *testing.T) {
	t.Parallel()
	r := &run{}
	first, second := r.keep([]byte("first")), r.keep([]byte("second"))
	if unsafe.StringData(second) != (*byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(first)), 5)) {
		t.Error("short texts do not lie side by side")
	}
	long := r.keep(bytes.Repeat([]byte("x"), chunk))
	if third := r.keep([]byte("third")); len(long) != chunk || unsafe.StringData(third) != (*byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(second)), 6)) {
		t.Error("a long text took the place of short ones")
	}
}

func FuzzDecodingIsThatOfEncodingJSON(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	all := &plans{}
	f.Fuzz(func(t *testing.T, body []byte) { compare(t, all, body) })
}
