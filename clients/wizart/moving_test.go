package wizart

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/internal/raced"
)

// trips answers requests without a network.
type trips func(q url.Values) any

func (f trips) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := json.Marshal(f(r.URL.Query()))
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(body))), Request: r}, nil
}

// moving is a catalogue whose brands come or go behind each answer. Pages are walked by number and do not overlap, so
// that as many that come as go between two pages would hide from the total; here, all that happens in a catalogue is of
// one sort.
type moving struct {
	r      *rand.Rand
	size   int // of a page
	shape  func(data []any, page, last, total int) any
	adds   bool
	churn  int
	brands []string
	stayed map[string]bool
	next   int
	asked  []url.Values
}

func newMoving(r *rand.Rand, shape func(data []any, page, last, total int) any) *moving {
	m := &moving{r: r, size: 1 + r.IntN(30), shape: shape, adds: r.IntN(2) == 0, churn: r.IntN(3), stayed: map[string]bool{}}
	for range r.IntN(120) {
		m.next++
		m.brands = append(m.brands, strconv.Itoa(m.next))
		m.stayed[strconv.Itoa(m.next)] = true
	}
	return m
}

func (m *moving) answer(q url.Values) any {
	m.asked = append(m.asked, q)
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	total := len(m.brands)
	last := max(1, (total+m.size-1)/m.size)
	data := []any{}
	for _, b := range m.brands[min(m.size*(page-1), total):min(m.size*page, total)] {
		// Both forms in which a record comes.
		flat := object{"uuid": b, "name": "n" + b, "is_visible": 1}
		if m.r.IntN(2) == 0 {
			flat = object{"uuid": b, "type": "brand", "attributes": object{"name": "n" + b, "is_visible": "true"}}
		}
		data = append(data, flat)
	}
	defer m.live()
	return m.shape(data, page, last, total)
}

// live lets something happen to a few catalogues, and not behind each answer: one that never stands still is never whole.
func (m *moving) live() {
	if m.churn == 0 || m.r.IntN(6) > 0 {
		return
	}
	for range 1 + m.r.IntN(m.churn) {
		at := m.r.IntN(len(m.brands) + 1)
		switch {
		case m.adds:
			m.next++
			m.brands = slices.Insert(m.brands, at, strconv.Itoa(m.next))
		case at < len(m.brands):
			delete(m.stayed, m.brands[at])
			m.brands = slices.Delete(m.brands, at, at+1)
		}
	}
}

func TestACatalogueIsWholeInEveryShapeAndPageSizeWhateverMoves(t *testing.T) {
	t.Parallel()
	shapes := []func(data []any, page, last, total int) any{resource, beside, simple, simpleBeside}
	complete := 0
	for seed := range raced.Few(4000) {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		shape := r.IntN(len(shapes))
		m := newMoving(r, shapes[shape])
		client := &Client{path: DefaultAPIPath, rest: rest.New(rest.Options{API: api, Base: &url.URL{Scheme: "https", Host: "pim.example"}, Retries: -1, Transport: trips(m.answer)})}
		said, seen := &progress{}, map[string]bool{}
		for b, err := range client.Brands(t.Context(), Query{Filter: url.Values{"locale": {"ru"}}}, said) {
			visible, _ := b.Visible.Get()
			if err != nil || seen[string(b.UUID)] || b.Name != "n"+string(b.UUID) || !visible {
				t.Fatalf("case %d: %+v came twice, or not as it is: %v", seed, b, err)
			}
			seen[string(b.UUID)] = true
		}
		verdict := strings.Join(said.said, "\n")
		whole := strings.HasPrefix(verdict, "complete")
		if !whole && (m.churn == 0 && shape < 2 || len(said.said) != 1) {
			t.Fatalf("case %d: nothing moved, and it said %q", seed, verdict)
		}
		for b := range m.stayed {
			if (whole || m.churn == 0) && !seen[b] {
				t.Fatalf("case %d: %s was there all the time and did not come: %s", seed, b, verdict)
			}
		}
		if whole {
			complete++
		}
		checkAsked(t, seed, m.asked)
	}
	if complete < raced.Few(1500) {
		t.Errorf("%d of %d complete: the property holds for next to nothing", complete, raced.Few(4000))
	}
}

// checkAsked holds that pages are asked for by their numbers, one after the other, with the report's own filter.
func checkAsked(t *testing.T, seed int, asked []url.Values) {
	t.Helper()
	page := 0
	for i, q := range asked {
		if page++; q.Get("page") == "" {
			page = 1 // A reading begins.
		}
		if number := q.Get("page"); q.Get("locale") != "ru" || number != "" && number != fmt.Sprint(page) {
			t.Fatalf("case %d: request %d: %v", seed, i+1, q)
		}
	}
}

func TestLayingPatternsAndScenesComeInAnyShape(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"laying_patterns":null,"scene_data":null,"product_type":null}`:                                  "0  ",
		`{"laying_patterns":[],"scene_data":[],"product_type":"tile"}`:                                    "0  tile",
		`{"laying_patterns":{"laying_pattern_type":"x"},"scene_data":{"code":"c"},"product_type":{}}`:     "1 c ",
		`{"laying_patterns":[{},{}],"scene_data":{},"product_type":{"code":"laminate","uuid":"u-1-2-3"}}`: "2  laminate",
	} {
		var a Article
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(len(a.Patterns), " ", a.Scene.Code, " ", a.ProductType.Code); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
