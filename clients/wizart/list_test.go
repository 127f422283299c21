package wizart

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// signedIn is a client that needs no token, for what lies behind the door.
func signedIn(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{rest: rest.New(rest.Options{API: api, Base: base, Retries: -1}), path: DefaultAPIPath}
}

// progress notes what a reading says.
type progress struct{ said []string }

func (p *progress) Complete(format string, args ...any) {
	p.said = append(p.said, "complete: "+fmt.Sprintf(format, args...))
}
func (p *progress) Unproven(format string, args ...any) {
	p.said = append(p.said, "unproven: "+fmt.Sprintf(format, args...))
}
func (p *progress) Truncated(format string, args ...any) {
	p.said = append(p.said, "truncated: "+fmt.Sprintf(format, args...))
}

// shop has brands, two on a page, which may change between two requests.
type shop struct {
	brands []string
	before func(s *shop, request int)
	answer func(data []any, page, last, total int) any
	asked  []url.Values
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.before != nil {
		s.before(s, len(s.asked)+1)
	}
	s.asked = append(s.asked, r.URL.Query())
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	data, total := []any{}, len(s.brands)
	for _, b := range s.brands[min(2*page-2, total):min(2*page, total)] {
		data = append(data, map[string]any{"uuid": b, "name": b})
	}
	_ = json.NewEncoder(w).Encode(s.answer(data, page, max(1, (total+1)/2), total))
}

type object = map[string]any

// The shapes in which the framework pages.
func resource(data []any, page, last, total int) any {
	return object{"data": data, "links": object{"next": "http://localhost:8051/elsewhere?page=99"},
		"meta": object{"current_page": page, "last_page": last, "per_page": "2", "total": total}}
}

func beside(data []any, page, last, total int) any {
	return object{"data": data, "current_page": strconv.Itoa(page), "last_page": last, "total": strconv.Itoa(total),
		"links": []any{object{"label": "1"}}, "next_page_url": "http://localhost:8051/elsewhere"}
}

func simple(data []any, page, last, _ int) any {
	var next any
	if page < last {
		next = "/api/brands?page=" + strconv.Itoa(page+1)
	}
	return object{"data": data, "links": object{"next": next}, "meta": object{"current_page": page}}
}

func simpleBeside(data []any, page, last, total int) any {
	links := simple(data, page, last, total).(object)["links"].(object)
	return object{"data": data, "current_page": page, "next_page_url": links["next"]}
}

func brandsOf(t *testing.T, s *shop) ([]string, string) {
	t.Helper()
	var names []string
	said := &progress{}
	for b, err := range signedIn(t, s.ServeHTTP).Brands(t.Context(), Query{Filter: url.Values{"q": {`{"name":"x"}`}}}, said) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, b.Name)
	}
	for i, q := range s.asked {
		if q.Get("q") != `{"name":"x"}` {
			t.Errorf("request %d lost the filter: %v", i+1, q)
		}
	}
	return names, strings.Join(said.said, "\n")
}

func TestEveryPageIsReadInEachShape(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  func(data []any, page, last, total int) any
		verdict string
	}{
		"resource with a total":    {resource, "complete: the API's total of 5 was met (pages: 3)"},
		"paging beside data":       {beside, "complete: the API's total of 5 was met (pages: 3)"},
		"resource without a total": {simple, "unproven: the last page was reached (pages: 3, rows: 5)"},
		"beside, without a total":  {simpleBeside, "unproven: the last page was reached (pages: 3, rows: 5)"},
		"data alone":               {func(data []any, _, _, _ int) any { return object{"data": data} }, "unproven: the API gives the list in one answer (rows: 2)"},
		"a list with nothing else": {func(data []any, _, _, _ int) any { return data }, "unproven: the API gives the list in one answer (rows: 2)"},
		"the same page for ever":   {func(_ []any, _, _, _ int) any { return resource([]any{object{"uuid": "a", "name": "a"}}, 1, 3, 5) }, "truncated: page 2 is not the last one"},
		"an empty page in between": {func(data []any, page, last, total int) any {
			return resource(data[:len(data)*(page%2)], page, last, total)
		}, "truncated: page 2 is not the last one"},
		"a page that names another": {func(data []any, page, last, total int) any { return resource(data, 1, last, total) }, "truncated: page 2 is not the last one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names, said := brandsOf(t, &shop{brands: []string{"a", "b", "c", "d", "e"}, answer: c.answer})
			if !strings.HasPrefix(said, c.verdict) {
				t.Errorf("said %q, want %q", said, c.verdict)
			}
			whole := strings.Contains(c.verdict, "pages: 3")
			if whole != slices.Equal(names, []string{"a", "b", "c", "d", "e"}) {
				t.Errorf("came %q", names)
			}
		})
	}
}

func TestAnEmptyListIsComplete(t *testing.T) {
	t.Parallel()
	if names, said := brandsOf(t, &shop{answer: resource}); len(names) != 0 || !strings.HasPrefix(said, "complete: the API's total of 0") {
		t.Errorf("came %q, said %q", names, said)
	}
}

func TestAListThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	t.Parallel()
	names, said := brandsOf(t, &shop{brands: []string{"gone", "a", "b", "c", "d"}, answer: resource, before: func(s *shop, request int) {
		if request == 2 {
			s.brands = s.brands[1:]
		}
	}})
	if slices.Sort(names); !slices.Equal(names, []string{"a", "b", "c", "d", "gone"}) || !strings.HasPrefix(said, "complete") {
		t.Errorf("came %q, said %q", names, said)
	}
}

func TestAListThatNeverStandsStillIsUnproven(t *testing.T) {
	t.Parallel()
	_, said := brandsOf(t, &shop{brands: []string{"a", "b", "c"}, answer: resource, before: func(s *shop, request int) {
		s.brands = append([]string{fmt.Sprint(request)}, s.brands...)
	}})
	if !strings.HasPrefix(said, "unproven: the list changed") {
		t.Errorf("said %q", said)
	}
}

func TestAListShorterThanItsTotalIsTruncated(t *testing.T) {
	t.Parallel()
	s := &shop{brands: []string{"a", "b", "c"}, answer: func(data []any, page, last, total int) any { return resource(data, page, last, total+1) }}
	if _, said := brandsOf(t, s); !strings.HasPrefix(said, "truncated: the API counts 4 and gave 3, in each of 3 readings") || len(s.asked) != 6 {
		t.Errorf("%d requests, said %q", len(s.asked), said)
	}
}

func TestATrialIsOnePage(t *testing.T) {
	t.Parallel()
	s := &shop{brands: []string{"a", "b", "c"}, answer: resource}
	for _, err := range signedIn(t, s.ServeHTTP).Brands(t.Context(), Query{Trial: true}, &progress{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(s.asked) != 1 {
		t.Errorf("%d requests, want 1", len(s.asked))
	}
}

// answering serves one body for every path.
func answering(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func TestImportsHaveExactInstants(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 3, 12, 38, 40, 0, time.UTC)
	for attributes, want := range map[string]time.Time{
		`"created_at":"2026-07-03 12:38:40","timezone":"UTC"`:           at,
		`"created_at":"2026-07-03 15:38:40","timezone":"Europe/Minsk"`:  at,
		`"created_at":"2026-07-03 14:38:40","timezone":"Europe/Berlin"`: at,
		`"created_at":"2026-07-03 07:08:40","timezone":"-05:30"`:        at,
	} {
		for shape, body := range map[string]string{
			"in attributes": `{"data":[{"type":"import_data","id":"8558","attributes":{` + attributes + `}}]}`,
			"flat":          `{"data":[{"id":8558,` + attributes + `}]}`,
		} {
			n := 0
			for i, err := range signedIn(t, answering(body)).Imports(t.Context(), "", Query{}, &progress{}) {
				if err != nil || i.ID != "8558" || !i.Created.Equal(want) || !i.Updated.IsZero() {
					t.Errorf("%s %s: %q, %v, %v, %v", shape, attributes, i.ID, i.Created, i.Updated, err)
				}
				n++
			}
			if n != 1 {
				t.Errorf("%s %s: %d imports", shape, attributes, n)
			}
		}
	}
}

func TestRowsAreCountedInEachShape(t *testing.T) {
	t.Parallel()
	for result, want := range map[string]string{
		`{"total_rows":"1109","imported_rows":"1100"}`: "1109 true 1100 true",
		`{"total_rows":1109,"imported_rows":1100}`:     "1109 true 1100 true",
		`{"total_rows":"1109"}`:                        "1109 true 0 false",
		`null`:                                         "0 false 0 false",
		`[]`:                                           "0 false 0 false",
	} {
		body := `{"data":[{"id":"1","attributes":{"created_at":"2026-07-03 12:38:40","timezone":"UTC","result":` + result + `}}]}`
		for i, err := range signedIn(t, answering(body)).Imports(t.Context(), "", Query{}, &progress{}) {
			if err != nil {
				t.Fatal(err)
			}
			total, hasTotal := i.Result.Total.Get()
			imported, hasImported := i.Result.Imported.Get()
			if got := fmt.Sprint(total, hasTotal, imported, hasImported); got != want {
				t.Errorf("%s: %s, want %s", result, got, want)
			}
		}
	}
}

func TestImportsOfATypeAreAskedForByItsCode(t *testing.T) {
	t.Parallel()
	var path string
	client := signedIn(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		_, _ = w.Write([]byte(`{"data":[],"meta":{"current_page":1,"last_page":1,"total":0}}`))
	})
	for _, err := range client.Imports(t.Context(), "wall/paper", Query{}, &progress{}) {
		t.Fatal(err)
	}
	if path != "/api/v2.1/imports/product-type/wall%2Fpaper" {
		t.Errorf("asked %s", path)
	}
}

func TestAnswersThatAreNotWhatIsDocumentedAreUnexpected(t *testing.T) {
	t.Parallel()
	const good = `{"id":"1","attributes":{"created_at":"2026-07-03 12:38:40","timezone":"UTC"}}`
	one := func(attributes string) string {
		return `{"data":[` + good + `,{"id":"2","attributes":{` + attributes + `}}]}`
	}
	for body, says := range map[string]string{
		`{}`:                           "page 1 has no data",
		`{"data":null}`:                "page 1 has no data",
		`{"data":{"id":"1"}}`:          "data",
		`{"data":[{"attributes":{}}]}`: "page 1: data[0]: no id",
		one(`"timezone":"UTC"`):        "page 1: data[1]: no created_at",
		one(`"created_at":"2026-07-03 12:38:40"`):                                                "data[1]: timezone: there is none",
		one(`"created_at":"2026-07-03 12:38:40","timezone":"Mars/Olympus"`):                      "data[1]: timezone",
		one(`"created_at":"2026-07-03 12:38:40","timezone":"Local"`):                             "data[1]: timezone",
		one(`"created_at":"03.07.2026","timezone":"UTC"`):                                        `data[1]: created_at: "03.07.2026" is not a time`,
		one(`"created_at":"2026-07-03 12:38:40","updated_at":"soon","timezone":"UTC"`):           "data[1]: updated_at",
		one(`"created_at":"2026-07-03 12:38:40","timezone":"UTC","result":{"total_rows":"all"}`): "total_rows",
		`<html><title>Maintenance</title></html>`:                                                "Maintenance",
	} {
		var got error
		for _, err := range signedIn(t, answering(body)).Imports(t.Context(), "", Query{}, &progress{}) {
			got = err
		}
		var e *rest.Error
		if !errors.As(got, &e) || e.Kind != rest.Unexpected || e.Path != "/api/v2.1/imports" || !strings.Contains(got.Error(), says) {
			t.Errorf("%s: %v, want an unexpected answer that says %q", body, got, says)
		}
	}
}
