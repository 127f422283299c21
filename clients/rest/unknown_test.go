package rest_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

// person has fields of every sort that types of clients have.
type person struct {
	Name      string             `json:"name"`
	Age       rest.Int           `json:"age"`
	Addresses []address          `json:"addresses"`
	Home      *address           `json:"home"`
	Numbers   map[string]address `json:"numbers"`
	Secret    rest.Ignored       `json:"secret"`
	Raw       json.RawMessage    `json:"raw"`
	Anything  any                `json:"anything"`
	Friend    *person            `json:"friend"`
	Wrapped   wrapped            `json:"wrapped"`
	Boxed     []boxed            `json:"boxed"`
	Unsaid    string             `json:"-"`
	Plain     string
	origin
}

type address struct {
	City string `json:"city"`
}

type origin struct {
	Born string `json:"born"`
}

// wrapped reads an address by itself, from an object or out of another one.
type wrapped struct{ address }

func (w *wrapped) UnmarshalJSON(b []byte) error {
	var outer struct {
		Inner json.RawMessage `json:"inner"`
	}
	if err := json.Unmarshal(b, &outer); err != nil {
		return err
	}
	if outer.Inner != nil {
		b = outer.Inner
	}
	return json.Unmarshal(b, &w.address)
}

func (*wrapped) Shapes() []any {
	return []any{address{}, struct {
		Inner address `json:"inner"`
	}{}}
}

// boxed has an address decoded.
type boxed struct{ in address }

func (b *boxed) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &b.in) }

func (b *boxed) Within(byte) any { return &b.in }

// unknownIn is what a run that reads a body into T comes across.
func unknownIn[T any](t *testing.T, body string) []string {
	t.Helper()
	var meter rest.Meter
	c := rest.New(rest.Options{API: "test", Base: &url.URL{Scheme: "http", Host: "test"}, Transport: scripted(reply{body: body}), Retries: -1})
	var into T
	if err := c.Get(rest.WithMeter(t.Context(), &meter), "/", nil, &into); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return meter.Unknown()
}

func TestFieldsThatNoTypeTakesAreNamed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{}`:                             "",
		` { "name" : "x" , "new" : 1 } `: "new",
		`{"NAME":"x","Plain":"y","plain":"y","born":"z"}`:                                                     "",
		`{"unsaid":"x","Unsaid":"x"}`:                                                                         "Unsaid unsaid",
		`{"age":5,"addresses":[{"city":"a"},{"city":"b","zip":1},{"zip":2}],"zip":3}`:                         "addresses[].zip zip",
		`{"home":{"city":"a","state":{"deep":[1,{"x":2}]}}}`:                                                  "home.state",
		`{"home":null,"addresses":null,"friend":null}`:                                                        "",
		`{"numbers":{"one":{"city":"a"},"two":{"city":"b","new":null}}}`:                                      "numbers.*.new",
		`{"secret":{"a":1},"raw":{"b":[{"c":1}]},"anything":{"d":1}}`:                                         "",
		`{"friend":{"friend":{"friend":{"enemy":"x"}}}}`:                                                      "friend.friend.friend.enemy",
		`{"wrapped":{"inner":{"city":"a","new":1}},"other":true}`:                                             "other wrapped.inner.new",
		`{"boxed":[{"city":"a","zip":1},{"new":{"x":1}}]}`:                                                    "boxed[].new boxed[].zip",
		`{"wrapped":{"city":"a","more":[]}}`:                                                                  "wrapped.more",
		`{"n\u0061me":"x","n\u0065w":"a\"b\\","next":"\\\\","last":-1.5e3}`:                                   "last new next",
		"\ufeff{\"name\":\"{[\\\"\",\n\t\"new\":[[],{},\"]\"],\r\n\"friend\":{\"addresses\":[],\"b\":false}}": "friend.b new",
	} {
		if got := strings.Join(unknownIn[person](t, body), " "); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	if got := unknownIn[[]person](t, `[{"name":"x"},{"new":[]},{"home":{"zip":1}}]`); !slices.Equal(got, []string{"home.zip", "new"}) {
		t.Errorf("of a list: %q", got)
	}
	if got := unknownIn[struct{}](t, `{"what":"ever"}`); got != nil {
		t.Errorf("a type that keeps nothing: %q", got)
	}
	if got := unknownIn[rest.Record](t, `{"what":"ever"}`); got != nil {
		t.Errorf("a type that takes everything: %q", got)
	}
}

func TestAnAnswerOfAnotherKindDoesNotFillTheNotes(t *testing.T) {
	t.Parallel()
	members := map[string]int{}
	for i := range 5000 {
		members[strings.Repeat("x", i%70)+string(rune('a'+i%26))] = i
	}
	body, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	if got := unknownIn[person](t, string(body)); len(got) != 100 {
		t.Errorf("%d names", len(got))
	}
}

// naive finds unknown fields of a person with a list of addresses, a home and a friend, slowly.
func naive(value any, known map[string]any, path string, found map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			below, ok := known[name]
			if !ok {
				found[strings.TrimPrefix(path+"."+name, ".")] = true
			} else if below, ok := below.(map[string]any); ok {
				naive(member, below, path+"."+name, found)
			}
		}
	case []any:
		for _, element := range value {
			naive(element, known, path+"[]", found)
		}
	}
}

func FuzzUnknownFieldsAreThoseOfASlowSearch(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"list":[{"b":"\\\""},{"c":[]}],"d":{"e":null}}`, `{"one":{"list":[{"b":2,"x":{}}]}}`, `[]`, `{"":0}`} {
		f.Add(seed)
	}
	type inner struct {
		B any `json:"b"`
	}
	type outer struct {
		A    any     `json:"a"`
		List []inner `json:"list"`
		One  *struct {
			List []inner `json:"list"`
		} `json:"one"`
	}
	below := map[string]any{"list": map[string]any{"b": nil}}
	known := map[string]any{"a": nil, "list": below["list"], "one": below}
	f.Fuzz(func(t *testing.T, body string) {
		var value any
		if json.Unmarshal([]byte(body), &value) != nil {
			return
		}
		canonical, err := json.Marshal(value) // without members that stand twice, of which the slow search sees one
		if err != nil {
			t.Fatal(err)
		}
		body, into := string(canonical), outer{}
		odd := func(r rune) bool { return r == '\\' || r > '~' || r >= 'A' && r <= 'Z' }
		if json.Unmarshal(canonical, &into) != nil || strings.ContainsFunc(body, odd) {
			return // names in other letters are the same name to the decoder, and not to the slow search
		}
		found := map[string]bool{}
		naive(value, known, "", found)
		var meter rest.Meter
		c := rest.New(rest.Options{API: "test", Base: &url.URL{Scheme: "http", Host: "test"}, Transport: scripted(reply{body: body}), Retries: -1})
		if err := c.Get(rest.WithMeter(t.Context(), &meter), "/", nil, &into); err != nil {
			return
		}
		got := meter.Unknown()
		if len(got) != len(found) && len(got) < 100 {
			t.Fatalf("%s: %q, want %v", body, got, found)
		}
		for _, name := range got {
			if !found[name] {
				t.Fatalf("%s: %q, want %v", body, got, found)
			}
		}
	})
}
