package reports

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// sandboxNow is the present in the sandboxes of these tests.
var sandboxNow = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

// standIn is a sandbox whose answers may be spoilt on the way.
type standIn struct {
	env map[string]string
	url string
	// spoil answers the n-th GET request (from 1) in place of the sandbox, if it returns true.
	spoil atomic.Pointer[func(n int, w http.ResponseWriter, r *http.Request) bool]
	gets  atomic.Int64
	posts atomic.Int64
	slow  atomic.Int64 // how long each answer takes besides, in nanoseconds
}

func newStandIn(t *testing.T, o sandbox.Options) *standIn {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return sandboxNow }
	}
	s, inner := &standIn{env: map[string]string{}}, sandbox.New(o)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			s.posts.Add(1)
			inner.ServeHTTP(w, r)
			return
		}
		time.Sleep(time.Duration(s.slow.Load()))
		n := int(s.gets.Add(1))
		if spoil := s.spoil.Load(); spoil == nil || !(*spoil)(n, w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	for _, line := range inner.Environment(server.URL) {
		name, value, _ := strings.Cut(line, "=")
		s.env[name] = value
	}
	return s
}

// spoilt has the n-th GET request answered by h.
func (s *standIn) spoilt(n int, h http.HandlerFunc) {
	spoil := func(i int, w http.ResponseWriter, r *http.Request) bool {
		if i == n {
			h(w, r)
		}
		return i == n
	}
	s.spoil.Store(&spoil)
}

func (s *standIn) address(t *testing.T, name string) *url.URL {
	t.Helper()
	u, err := url.Parse(s.env[name])
	if err != nil || u.Host == "" {
		t.Fatalf("%s is %q: %v", name, s.env[name], err)
	}
	return u
}

// outcome is what a run of a report came to.
type outcome struct {
	rows     int
	cells    []string // of the first column that is called id, uuid or code
	verdict  jobs.Verdict
	evidence []string
	warnings []string
	account  string
	err      error
}

// runReport runs a report for a day in UTC, or for the present.
func runReport(t *testing.T, list []jobs.Job, name, day string, params url.Values) outcome {
	t.Helper()
	job := byName(t, list, name)
	r := jobs.Request{Window: window(t, day, time.UTC), Zone: time.UTC, Params: params, Proof: new(jobs.Proof)}
	ctx := raced.Context(t)
	id := -1
	for i, column := range job.Table(params) {
		if id < 0 && (column.Name == "id" || column.Name == "uuid") {
			id = i
		}
	}
	var o outcome
	for row, err := range job.Rows(ctx, r) {
		if err != nil {
			o.err = err
			break
		}
		o.rows++
		if id >= 0 {
			o.cells = append(o.cells, row[id].Str())
		}
	}
	o.verdict, o.evidence, o.warnings, o.account = r.Proof.Result()
	return o
}

// askSandbox asks the sandbox by hand.
func askSandbox(t *testing.T, address string, sign func(*http.Request), into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	sign(r)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, answer.Status)
	}
	decodeJSON(t, answer.Body, into)
}

func decodeJSON(t *testing.T, r io.Reader, into any) {
	t.Helper()
	if err := json.NewDecoder(r).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// status answers with a status that asks for no wait before the next attempt.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(code)
	}
}

// cut answers with a body that ends in the middle.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "4096")
	_, _ = w.Write([]byte(`{"items":[{"id":"1`))
}

// page answers with a page for people, and says that all is well.
func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Scheduled maintenance</title></head></html>"))
}

// refusedAs tells whether an error is of a kind.
func refusedAs(err error, kind rest.Kind) bool {
	var e *rest.Error
	return errors.As(err, &e) && e.Kind == kind
}
