package reports

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"golang.org/x/tools/txtar"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

var update = flag.Bool("update", false, "write the golden files anew")

// runGoldens runs every report against the answers in testdata/<report>.txtar and compares what it gives with
// testdata/<report>.csv. build makes the reports of one API whose clients talk to base; tokens are given to
// whoever asks for one with POST.
//
// An archive's files are named like the requests they answer, "GET /path?query", with " => 404" behind it for
// another status than 200; every answer must be asked for, and nothing else. Its comment may set window (a day, or
// two instants with " to " between; "now" for a snapshot), zone, params, verdict, and unknown, the fields that the report
// does not know, one "name: value" a line.
func runGoldens(t *testing.T, build func(base *url.URL) []jobs.Job) {
	t.Helper()
	for _, j := range build(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}) {
		name := j.Info().Name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
			if err != nil {
				t.Fatalf("every report has recorded answers: %v", err)
			}
			server := newRecorded(t, archive)
			job := byName(t, build(server.base), name)
			got := runJob(t, job, settings(t, archive, job))
			server.checkAllAsked(t)
			compare(t, filepath.Join("testdata", name+".csv"), got)
		})
	}
}

func byName(t *testing.T, list []jobs.Job, name string) jobs.Job {
	t.Helper()
	for _, j := range list {
		if j.Info().Name == name {
			return j
		}
	}
	t.Fatalf("no report %q", name)
	return nil
}

// golden is what an archive's comment asks for.
type golden struct {
	request jobs.Request
	verdict jobs.Verdict
	unknown string
}

func settings(t *testing.T, archive *txtar.Archive, job jobs.Job) golden {
	t.Helper()
	set := map[string]string{"zone": "Europe/Berlin", "window": "2026-11-21", "verdict": "complete"}
	if job.Info().Every == jobs.Now {
		set["window"] = "now"
	}
	for line := range strings.Lines(string(archive.Comment)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			set[name] = value
		}
	}
	zone, err := time.LoadLocation(set["zone"])
	if err != nil {
		t.Fatal(err)
	}
	params, err := url.ParseQuery(set["params"])
	if err != nil {
		t.Fatal(err)
	}
	return golden{
		request: jobs.Request{Window: window(t, set["window"], zone), Zone: zone, Params: params, Proof: new(jobs.Proof)},
		verdict: jobs.Verdict(set["verdict"]),
		unknown: set["unknown"],
	}
}

func window(t *testing.T, s string, zone *time.Location) jobs.Window {
	t.Helper()
	if s == "now" {
		slot := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
		return jobs.Window{From: slot, To: slot}
	}
	if from, to, ok := strings.Cut(s, " to "); ok {
		return jobs.Window{From: instant(t, from), To: instant(t, to)}
	}
	day, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return jobs.Window{From: day, To: day.AddDate(0, 0, 1)}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// runJob is the report as CSV, written without the project's own writer.
func runJob(t *testing.T, job jobs.Job, g golden) []byte {
	t.Helper()
	ctx := raced.Context(t)
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	columns := job.Table(g.request.Params)
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.Name
		if c.Meaning == "" {
			t.Errorf("column %s: its meaning is not declared", c.Name)
		}
	}
	_ = w.Write(header)
	var meter rest.Meter
	for row, err := range job.Rows(rest.WithMeter(ctx, &meter), g.request) {
		if err != nil {
			t.Fatal(err)
		}
		record := make([]string, len(columns))
		for i, cell := range row {
			if !cell.IsNull() && cell.Kind() != columns[i].Kind {
				t.Errorf("column %s: a %v cell in a %v column", columns[i].Name, cell.Kind(), columns[i].Kind)
			}
			record[i] = string(cell.Append(nil, g.request.Zone))
		}
		_ = w.Write(record)
	}
	w.Flush()
	verdict, evidence, _, account := g.request.Proof.Result()
	if verdict != g.verdict {
		t.Errorf("verdict %s, want %s (%v)", verdict, g.verdict, evidence)
	}
	if account == "" {
		t.Error("the source does not say whose data it is")
	}
	if unknown := strings.Join(meter.Unknown(), " "); unknown != g.unknown {
		t.Errorf("fields that the report does not know: %q, want %q", unknown, g.unknown)
	}
	return out.Bytes()
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// recorded answers as an archive says.
type recorded struct {
	base *url.URL

	mu      sync.Mutex
	answers map[string]answer
	asked   map[string]bool
	strange []string
}

type answer struct {
	status int
	body   []byte
}

func newRecorded(t *testing.T, archive *txtar.Archive) *recorded {
	t.Helper()
	r := &recorded{answers: map[string]answer{}, asked: map[string]bool{}}
	for _, file := range archive.Files {
		a := answer{status: http.StatusOK, body: file.Data}
		request, status, hasStatus := strings.Cut(file.Name, " => ")
		if hasStatus {
			if _, err := fmt.Sscan(status, &a.status); err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
		}
		u, err := url.Parse(strings.TrimPrefix(request, "GET "))
		if err != nil {
			t.Fatal(err)
		}
		r.answers[key(u)] = a
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL + "/base")
	if err != nil {
		t.Fatal(err)
	}
	r.base = u
	return r
}

func key(u *url.URL) string { return u.Path + "?" + u.Query().Encode() }

func (r *recorded) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if req.Method == http.MethodPost {
		fmt.Fprint(w, `{"access_token":"golden-access-token","token_type":"bearer","expires_in":3600}`)
		return
	}
	req.URL.Path = strings.TrimPrefix(req.URL.Path, "/base")
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.answers[key(req.URL)]
	if !ok {
		r.strange = append(r.strange, "GET "+req.URL.Path+"?"+readable(req.URL.Query()))
		w.WriteHeader(http.StatusTeapot)
		return
	}
	r.asked[key(req.URL)] = true
	w.WriteHeader(a.status)
	_, _ = w.Write(bytes.ReplaceAll(a.body, []byte("{{base}}"), []byte(r.base.String())))
}

// readable is a query as an archive's file names show it.
func readable(q url.Values) string {
	s, err := url.QueryUnescape(q.Encode())
	if err != nil {
		return q.Encode()
	}
	return s
}

func (r *recorded) checkAllAsked(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.strange {
		t.Errorf("a request without a recorded answer: %s", s)
	}
	for _, k := range slices.Sorted(maps.Keys(r.answers)) {
		if !r.asked[k] {
			t.Errorf("a recorded answer nobody asked for: %s", k)
		}
	}
}
