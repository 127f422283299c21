package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// numbers is a page of the listings here.
type numbers struct{ Items []int }

// walk lists numbers by limit and offset, two a page.
func walk(t *testing.T, s *script, query url.Values) (got []int, err error) {
	t.Helper()
	turn := func(p *numbers, at rest.Page) ([]int, url.Values, error) {
		return p.Items, rest.NextOffset(at, len(p.Items), 2), nil
	}
	for n, e := range rest.List(t.Context(), client(s), "/numbers", query, turn) {
		if err != nil {
			t.Error("an element came after the error")
		}
		if err = e; err == nil {
			got = append(got, n)
		}
	}
	return got, err
}

func TestListingIsWalkedToItsShortPage(t *testing.T) {
	t.Parallel()
	server := scripted(reply{body: `{"items":[1,2]}`}, reply{body: `{"items":[3,4]}`}, reply{body: `{"items":[5]}`})
	query := url.Values{"limit": {"2"}, "kind": {"odd"}}
	got, err := walk(t, server, query)
	if err != nil || !slices.Equal(got, []int{1, 2, 3, 4, 5}) {
		t.Errorf("%v, %v", got, err)
	}
	for i, want := range []string{"kind=odd&limit=2", "kind=odd&limit=2&offset=2", "kind=odd&limit=2&offset=4"} {
		if i >= server.count() || server.seen[i].URL.RawQuery != want {
			t.Errorf("page %d: want %s", i, want)
		}
	}
	if query.Has("offset") {
		t.Error("the caller's query was changed")
	}
}

func TestListingGivesWhatItHasBeforeItsError(t *testing.T) {
	t.Parallel()
	got, err := walk(t, scripted(reply{body: `{"items":[1,2]}`}, reply{status: 403}), nil)
	wantError(t, err, rest.Refused, "/numbers")
	if !slices.Equal(got, []int{1, 2}) {
		t.Errorf("%v", got)
	}
}

func TestListingAsksForNothingThatIsNotWanted(t *testing.T) {
	t.Parallel()
	server := scripted(reply{body: `{"items":[1,2]}`})
	turn := func(p *numbers, at rest.Page) ([]int, url.Values, error) {
		return p.Items, rest.NextOffset(at, len(p.Items), 2), nil
	}
	listing := rest.List(t.Context(), client(server), "/numbers", nil, turn)
	if server.count() != 0 {
		t.Error("asked before anybody wanted anything")
	}
	for n := range listing {
		if n == 2 {
			break
		}
	}
	if server.count() > 2 {
		t.Errorf("%d requests for the first page's items", server.count())
	}
}

func TestListingThatTurnsToTheSamePageEnds(t *testing.T) {
	t.Parallel()
	turn := func(p *numbers, at rest.Page) ([]int, url.Values, error) { return p.Items, at.Query, nil }
	var last error
	n := 0
	for _, last = range rest.List(t.Context(), client(scripted(reply{body: `{"items":[1]}`})), "/numbers", url.Values{"page": {"1"}}, turn) {
		n++
	}
	wantError(t, last, rest.Unexpected, "the next page would be this page again")
	if n != 2 {
		t.Errorf("%d elements", n)
	}
}

func TestNextOffsetEndsAtAShortPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		offset     string
		got, limit int
		want       string
	}{{"", 50, 50, "50"}, {"100", 50, 50, "150"}, {"100", 49, 50, ""}, {"100", 0, 50, ""}, {"", 0, 0, ""}} {
		query := url.Values{}
		if c.offset != "" {
			query.Set("offset", c.offset)
		}
		next := rest.NextOffset(rest.Page{Query: query}, c.got, c.limit)
		if got := next.Get("offset"); got != c.want || (next == nil) != (c.want == "") {
			t.Errorf("%s: %q", fmt.Sprint(c), got)
		}
	}
}

// slow answers a page of two items after a second, if it is not stopped before.
type slow struct{ asked, stopped atomic.Int32 }

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked.Add(1)
	select {
	case <-time.After(time.Second):
	case <-r.Context().Done():
		s.stopped.Add(1)
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	_, _ = w.WriteString(`{"items":[1,2]}`)
	return w.Result(), nil
}

func TestTheNextPageIsAskedForWhileThisOneIsConsumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var server slow
		base, err := url.Parse("http://api.example")
		if err != nil {
			t.Fatal(err)
		}
		c := rest.New(rest.Options{API: "some", Base: base, Transport: &server})
		turn := func(p *numbers, at rest.Page) ([]int, url.Values, error) {
			if at.Number == 4 {
				return p.Items, nil, nil
			}
			return p.Items, url.Values{"page": {strconv.Itoa(at.Number)}}, nil
		}
		began, n := time.Now(), 0
		for _, err := range rest.List(t.Context(), c, "/numbers", nil, turn) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; int(server.asked.Load()) > (n+1)/2+1 {
				t.Errorf("%d requests for %d items", server.asked.Load(), n)
			}
			time.Sleep(time.Second / 2)
		}
		if took := time.Since(began); n != 10 || server.asked.Load() != 5 || took != 6*time.Second {
			t.Errorf("%d items and %d requests after %s", n, server.asked.Load(), took)
		}
		for range rest.List(t.Context(), c, "/numbers", nil, turn) {
			synctest.Wait()
			break
		}
		if server.asked.Load() != 7 || server.stopped.Load() != 1 {
			t.Errorf("%d requests, %d of them stopped", server.asked.Load(), server.stopped.Load())
		}
	})
}

// explosive is a page that cannot be decoded without a panic.
type explosive struct{}

func (*explosive) UnmarshalJSON([]byte) error { panic("boom") }

func TestAPanicInAListingFailsTheListingAlone(t *testing.T) {
	t.Parallel()
	c := rest.New(rest.Options{API: "test", Base: &url.URL{Scheme: "http", Host: "test"}, Transport: scripted(reply{body: "{}"}), Retries: -1})
	turn := func(*explosive, rest.Page) ([]int, url.Values, error) { return nil, nil, nil }
	for _, err := range rest.List(t.Context(), c, "/", nil, turn) {
		if bug, ok := errors.AsType[*rest.Bug](err); !ok || bug.Error() != "panic: boom" {
			t.Errorf("%v", err)
		}
	}
}
