// Package pages measures how fast pages of the APIs become records, with encoding/json beside it. Compare the two with
//
//	go test -run '^$' -bench . -count 6 ./bench/pages | go run golang.org/x/perf/cmd/benchstat@latest -col /decoder -
//
// Its pages are those of the sandbox, and its records those of the clients. It knows no report.
package pages

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/internal/raced"
)

// The answers of the APIs, as their clients have them.
type (
	activity[T any] struct {
		Data *[]T            `json:"data"`
		Meta json.RawMessage `json:"meta"`
	}
	history struct {
		Items *[]sipgate.Entry `json:"items"`
		Total rest.Int         `json:"totalCount"`
	}
	items struct {
		Total   rest.Int       `json:"total"`
		Entries *[]sierra.Item `json:"entries"`
	}
)

// page is an answer, and what it is decoded into.
type page struct {
	name string
	body []byte
	rows int
	into func() any
}

// now is a working day's evening.
var now = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// pages asks the sandbox for a page of each sort.
func pages(t testing.TB) []page {
	t.Helper()
	box := sandbox.New(sandbox.Options{Now: func() time.Time { return now }})
	variables := map[string]string{}
	for _, variable := range box.Environment("") {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	access := token(t, box, "/secureaccess/auth/v2/token", variables["SECUREACCESS_API_KEY"], variables["SECUREACCESS_API_SECRET"])
	library := token(t, box, "/sierra/iii/sierra-api/v6/token", sandbox.SierraClientKey, sandbox.SierraClientSecret)
	telephone := func(r *http.Request) { r.SetBasicAuth(sandbox.SipgateTokenID, sandbox.SipgateToken) }
	window := fmt.Sprintf("?from=-12hours&to=now&limit=%d&offset=0", max(1000, raced.Few(5000)))
	listed := fmt.Sprintf("?limit=%d&offset=0&fields=default,fixedFields", max(1000, raced.Few(2000)))
	dns := ask(t, box, "/secureaccess/reports/v2/activity/dns"+window, access)
	all := []page{
		{name: "dns", body: dns, into: func() any { return new(activity[secureaccess.DNS]) }},
		{name: "proxy", body: ask(t, box, "/secureaccess/reports/v2/activity/proxy"+window, access), into: func() any { return new(activity[secureaccess.Proxied]) }},
		{name: "calls", body: ask(t, box, "/sipgate/v2/history?limit=1000&offset=0", telephone), into: func() any { return new(history) }},
		{name: "items", body: ask(t, box, "/sierra/iii/sierra-api/v6/items"+listed, library), into: func() any { return new(items) }},
		{name: "untyped", body: dns, into: func() any { return new(activity[rest.Record]) }},
	}
	for i := range all {
		into := all[i].into()
		if err := json.Unmarshal(all[i].body, into); err != nil {
			t.Fatal(err)
		}
		all[i].rows = rows(into)
	}
	return all
}

// token is what the client credentials grant gives.
func token(t testing.TB, box http.Handler, path, key, secret string) func(*http.Request) {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(key, secret)
	w := httptest.NewRecorder()
	box.ServeHTTP(w, r)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+answer.Token) }
}

// ask gets an answer, which the library's system leaves empty at times.
func ask(t testing.TB, box http.Handler, path string, sign func(*http.Request)) []byte {
	t.Helper()
	for range 2 {
		r, w := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
		sign(r)
		if box.ServeHTTP(w, r); w.Code != http.StatusOK {
			t.Fatalf("%s: status %d", path, w.Code)
		}
		if w.Body.Len() > 0 {
			return w.Body.Bytes()
		}
	}
	t.Fatalf("%s: an empty answer twice", path)
	return nil
}

// rows counts what the list of an answer holds.
func rows(answer any) int {
	v := reflect.ValueOf(answer).Elem()
	for i := range v.NumField() {
		if list := v.Field(i); list.Kind() == reflect.Pointer {
			return list.Elem().Len()
		}
	}
	return 0
}

// served is a network that answers every request with the same body.
type served struct{ body []byte }

func (s *served) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(s.body)), Body: io.NopCloser(bytes.NewReader(s.body)),
	}, nil
}

// decoders are what is compared. The one of package rest reads the body and looks for unknown fields besides, as a run
// does; encoding/json is given a body that has been read.
func decoders(body []byte) map[string]func(into any) error {
	c := rest.New(rest.Options{API: "bench", Base: &url.URL{Scheme: "http", Host: "bench"}, Transport: &served{body}})
	ctx := rest.WithMeter(context.Background(), &rest.Meter{})
	return map[string]func(any) error{
		"encoding-json": func(into any) error { return json.Unmarshal(body, into) },
		"rest":          func(into any) error { return c.Get(ctx, "/", nil, into) },
	}
}

func BenchmarkPages(b *testing.B) {
	for _, page := range pages(b) {
		all := decoders(page.body)
		for _, name := range []string{"encoding-json", "rest"} {
			b.Run("page="+page.name+"/decoder="+name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(page.body)))
				for b.Loop() {
					if err := all[name](page.into()); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(page.rows*b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// nothing is a note of a packed record that says nothing.
type nothing[T any] struct{}

func (*nothing[T]) Of(*T) {}

// BenchmarkPacked is the way of a page of events: packed while it is decoded, and unpacked a record at a time.
func BenchmarkPacked(b *testing.B) {
	all := pages(b)
	b.Run("page="+all[0].name, func(b *testing.B) { packed[secureaccess.DNS](b, all[0]) })
	b.Run("page="+all[1].name, func(b *testing.B) { packed[secureaccess.Proxied](b, all[1]) })
}

func packed[T any](b *testing.B, page page) {
	c := rest.New(rest.Options{API: "bench", Base: &url.URL{Scheme: "http", Host: "bench"}, Transport: &served{page.body}})
	ctx, u := rest.WithMeter(context.Background(), &rest.Meter{}), rest.NewUnpacker[T]()
	b.ReportAllocs()
	b.SetBytes(int64(len(page.body)))
	for b.Loop() {
		var answer activity[rest.Packed[T, nothing[T]]]
		pack, err := c.Pack(ctx, rest.Request{Path: "/"}, &answer, new(activity[T]))
		if err != nil {
			b.Fatal(err)
		}
		for _, row := range *answer.Data {
			var record T
			u.Unpack(pack, row.Span, &record)
		}
		pack.Release()
	}
	b.ReportMetric(float64(page.rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkUnzip is what an answer that comes compressed costs besides.
func BenchmarkUnzip(b *testing.B) {
	body := pages(b)[0].body
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(body); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		r, err := gzip.NewReader(bytes.NewReader(zipped.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

func TestPagesOfEverySortAreWhatEncodingJSONMakesOfThem(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		all := decoders(page.body)
		want, got := page.into(), page.into()
		if err := all["encoding-json"](want); err != nil {
			t.Fatal(err)
		}
		if err := all["rest"](got); err != nil {
			t.Fatal(err)
		}
		if page.rows < 1000 || !reflect.DeepEqual(want, got) {
			t.Errorf("%s: %d rows are other ones", page.name, page.rows)
		}
	}
}

// Of what a page costs, the allocations of its rows are counted: they are what the collector of garbage has to clean up.
func TestARowOfAPageTakesLessThanOneAllocation(t *testing.T) {
	for _, page := range pages(t) {
		most := 1.0
		switch page.name {
		case "items":
			most = 5 // each has a map
		case "untyped":
			continue // each is a map of maps
		}
		decode := decoders(page.body)["rest"]
		each := testing.AllocsPerRun(3, func() {
			if err := decode(page.into()); err != nil {
				t.Fatal(err)
			}
		}) / float64(page.rows)
		if each > most {
			t.Errorf("%s: %.2f allocations a row", page.name, each)
		}
	}
}
