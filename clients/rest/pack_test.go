package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

// counted is a note of how many records there were.
type counted[T any] struct{ seen bool }

func (c *counted[T]) Of(*T) { c.seen = true }

// comparePacked decodes a list of records as it is, and packed, and unpacks it.
func comparePacked[T any](t *testing.T, all *plans, body []byte) {
	t.Helper()
	var want []T
	err := json.Unmarshal(body, &want)
	var packed []Packed[T, counted[T]]
	var pack Pack
	given := append(slices.Clip(bytes.Clone(body)), 0)[:len(body)]
	_, ok := all.decode(given, &packed, len(body)%2 == 0, &pack.packing)
	if ok != (err == nil) {
		t.Fatalf("%T of %q: ok %v, where encoding/json says %v", want, body, ok, err)
	}
	clear(given)
	if !ok {
		return
	}
	u := NewUnpacker[T]()
	var got []T
	if packed != nil {
		got = []T{}
	}
	for _, p := range packed {
		var record T
		u.Unpack(&pack, p.Span, &record)
		if got = append(got, record); !p.Note.seen {
			t.Fatalf("%T of %q: a record was not noted", want, body)
		}
	}
	clear(pack.bytes) // nothing of it may have been kept
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%T of %q:\n got %s\nwant %s", want, body, shown(reflect.ValueOf(&got)), shown(reflect.ValueOf(&want)))
	}
}

// flat is a record without anything that is kept as it is.
type flat struct {
	S     string      `json:"s"`
	B     bool        `json:"b"`
	I     int64       `json:"i"`
	F     float64     `json:"f"`
	N     json.Number `json:"n"`
	Int   Int         `json:"int"`
	ID    ID          `json:"id"`
	Bool  Bool        `json:"bool"`
	None  Ignored     `json:"none"`
	Raw   json.RawMessage
	Texts []string `json:"texts"`
	In    []struct {
		S    string `json:"s"`
		List []Int  `json:"list"`
	} `json:"in"`
}

func packings(t *testing.T, all *plans, body []byte) {
	t.Helper()
	comparePacked[flat](t, all, body)
	comparePacked[everything](t, all, body)
	comparePacked[natives](t, all, body)
	comparePacked[Record](t, all, body)
	comparePacked[string](t, all, body)
}

func TestPackedRecordsAreTheRecordsThatTheyWere(t *testing.T) {
	long := strings.Repeat("long ", 1000)
	var all plans
	for _, text := range append(slices.Clone(texts),
		`{"s":"a","b":true,"i":-7,"f":1.5,"n":"12","int":5.0,"id":12345678901234567890,"bool":"yes","none":{"a":1},"Raw":[1, 2]}`,
		`{"texts":[],"in":[{"s":"x","list":[1,2,3]},{"s":"y","list":null},{}]}`, `{"texts":["a","","\u00e9","`+long+`"]}`, `{"in":[],"texts":null}`,
		`{"s":"escaped \" \ud83d\ude00"}`, `{"s":"`+long+`"}`, `"`+long+`"`,
	) {
		packings(t, &all, []byte(text))
		packings(t, &all, []byte("["+text+"]"))
		packings(t, &all, []byte("["+strings.Repeat(text+",", raced.Few(400))+text+"]"))
	}
}

func TestWhatIsWrongWithAPackedAnswerIsToldAsOfAnyOther(t *testing.T) {
	body := `{"data":[{"s":"a"},{"s":"b","i":"c","new":1}]}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) }))
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	c := New(Options{API: "some", Base: base, Transport: transport})
	type plain struct {
		Data []flat `json:"data"`
	}
	var answer struct {
		Data []Packed[flat, counted[flat]] `json:"data"`
	}
	want := c.Get(t.Context(), "/", nil, new(plain))
	_, got := c.Pack(t.Context(), Request{Path: "/"}, &answer, new(plain))
	if want == nil || got == nil || got.Error() != want.Error() || !strings.Contains(got.Error(), "data[1].i") {
		t.Errorf("it says %v, and otherwise %v", got, want)
	}
	body = strings.Replace(body, `"c"`, "3", 1)
	var m Meter
	pack, err := c.Pack(WithMeter(t.Context(), &m), Request{Path: "/"}, &answer, new(plain))
	if err != nil {
		t.Fatal(err)
	}
	var record flat
	NewUnpacker[flat]().Unpack(pack, answer.Data[1].Span, &record)
	if unknown := m.Unknown(); record.S != "b" || record.I != 3 || !slices.Equal(unknown, []string{"data[].new"}) {
		t.Errorf("the record is %+v, unknown are %q", record, unknown)
	}
}

func TestALargeAnswerWaitsUntilThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r room
		first, err := r.take(t.Context(), 5*mostBodies)
		if err != nil {
			t.Fatal(err) // alone, it has room whatever its size
		}
		var small time.Duration
		began := time.Now()
		go func() {
			leave, err := r.take(t.Context(), 10)
			if small = time.Since(began); err == nil {
				leave()
			}
		}()
		time.Sleep(time.Second)
		first()
		first() // once is enough
		synctest.Wait()
		if small != time.Second || r.taken != 0 || r.answers != 0 {
			t.Errorf("it waited for %s, and %d bytes are taken by %d answers", small, r.taken, r.answers)
		}
	})
}
