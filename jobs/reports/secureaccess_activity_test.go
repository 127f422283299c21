package reports

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// saEventReports are the reports of single events.
func saEventReports() []string {
	var names []string
	for _, j := range secureAccessActivity(secureaccess.New(secureaccess.Config{})) {
		names = append(names, j.Info().Name)
	}
	return names
}

func TestReportsOfEventsAreThoseOfTheCatalogue(t *testing.T) {
	t.Parallel()
	want := strings.Fields("secureaccess-activity secureaccess-activity-amp-retrospective secureaccess-activity-decryption secureaccess-activity-dns " +
		"secureaccess-activity-firewall secureaccess-activity-intrusion secureaccess-activity-proxy secureaccess-activity-ztna " +
		"secureaccess-network-tunnel-logs secureaccess-remote-access-events")
	if got := saEventReports(); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("%q", got)
	}
}

func TestEveryFieldOfAnEventIsKnown(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	for _, name := range saEventReports() {
		var meter rest.Meter
		ctx := rest.WithMeter(t.Context(), &meter)
		w := jobs.Window{From: saFriday().From.Add(9 * time.Hour), To: saFriday().From.Add(12 * time.Hour)}
		n := 0
		for _, err := range saNamed(t, s, name).Rows(ctx, jobs.Request{Window: w, Zone: time.UTC, Proof: new(jobs.Proof)}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if unknown := meter.Unknown(); len(unknown) > 0 || n == 0 {
			t.Errorf("%s: %d rows of the sandbox, unknown fields %q", name, n, unknown)
		}
		archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		var recorded rest.Meter
		ctx = rest.WithMeter(t.Context(), &recorded)
		server := newRecorded(t, archive)
		c := secureaccess.New(secureaccess.Config{BaseURL: server.base, Key: "key", Secret: rest.NewSecret("a-secret-of-the-test"), Rate: -1, PageSize: 3, Parallel: 1})
		for _, err := range byName(t, SecureAccess(c), name).Rows(ctx, settings(t, archive, byName(t, SecureAccess(c), name)).request) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if unknown := recorded.Unknown(); len(unknown) > 0 {
			t.Errorf("%s: unknown fields %q in its recorded answers", name, unknown)
		}
	}
}

func TestSystemPasswordsAreInNoReport(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"secureaccess-activity", "secureaccess-activity-ztna"} {
		answers, err := os.ReadFile(filepath.Join("testdata", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		report, err := os.ReadFile(filepath.Join("testdata", name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		const secret = "golden-never-exported"
		if !strings.Contains(string(answers), secret) || strings.Contains(string(report), secret) {
			t.Errorf("%s: recorded %t, reported %t", name, strings.Contains(string(answers), secret), strings.Contains(string(report), secret))
		}
	}
}

// saColumn are the values of a column, and how often each of them is there.
func saColumn(j jobs.Job, run saRun, name string) map[string]int {
	values := map[string]int{}
	for i, c := range j.Table(nil) {
		for _, row := range run.rows {
			if c.Name == name {
				values[strings.Split(row, "|")[i]]++
			}
		}
	}
	return values
}

func TestMixedActivityHasTheRowsOfEverySort(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	w := jobs.Window{From: saFriday().From.Add(9 * time.Hour), To: saFriday().From.Add(11 * time.Hour)}
	mixed := saNamed(t, s, "secureaccess-activity", saPagesOf(900))
	run := saReadJob(t, mixed, w, nil)
	if run.err != nil || run.verdict != jobs.Complete {
		t.Fatalf("%s %q, %v", run.verdict, run.evidence, run.err)
	}
	sorts := saColumn(mixed, run, "type")
	for sort, report := range map[string]string{"dns": "dns", "proxy": "proxy", "firewall": "firewall", "intrusion": "intrusion", "decryption": "decryption"} {
		part := saReadJob(t, saNamed(t, s, "secureaccess-activity-"+report), w, nil)
		if part.err != nil || len(part.rows) != sorts[sort] || len(part.rows) == 0 {
			t.Errorf("%s: %d rows, %d among all sorts, %v", sort, len(part.rows), sorts[sort], part.err)
		}
	}
	one := saReadJob(t, mixed, w, url.Values{secureaccess.TrafficType: {"firewall"}})
	if one.err != nil || one.verdict != jobs.Complete || len(one.rows) != sorts["firewall"] || len(one.evidence) != 2 {
		t.Errorf("%d rows of the firewall, %s %q, %v", len(one.rows), one.verdict, one.evidence, one.err)
	}
}

func TestEventsWithoutAnOrderAreTheSameSequenceWhateverThePageSize(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	for _, name := range []string{"secureaccess-activity-firewall", "secureaccess-activity-ztna", "secureaccess-remote-access-events", "secureaccess-network-tunnel-logs"} {
		whole := saReadJob(t, saNamed(t, s, name), saFriday(), nil)
		for _, atOnce := range []int{1, 4} {
			cut := saReadJob(t, saNamed(t, s, name, saPagesOf(60), saAtOnce(atOnce)), saFriday(), nil)
			if cut.err != nil || cut.verdict != jobs.Complete || !slices.Equal(cut.rows, whole.rows) || len(whole.rows) < 100 {
				t.Errorf("%s, %d at once: %d rows of %d, %s %q, %v", name, atOnce, len(cut.rows), len(whole.rows), cut.verdict, cut.evidence, cut.err)
			}
		}
	}
}

func TestOwnReportsReadListingsOfEveryUnitOfTime(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	c := ownClients(t, s)
	for path, columns := range map[string]string{
		"/remote-access-events":       "timestamp:time-s,connectionevent",
		"/networkTunnelLogs":          "timestamp:time-s,message",
		"/activity/amp-retrospective": "timestamp:time-s,disposition",
		"/activity/firewall":          "timestamp:time-ms,verdict",
	} {
		rows, o := ownRun(t, c, "api=secureaccess&path=/reports/v2"+path+"&columns="+columns, "2026-11-20")
		if o.err != nil || o.verdict != jobs.Complete || len(rows) == 0 {
			t.Errorf("%s: %d rows, %s %q, %v", path, len(rows), o.verdict, o.evidence, o.err)
		}
		built := saReadJob(t, saNamed(t, s, saName(path[1:])), saFriday(), nil)
		if len(built.rows) != len(rows) || !slices.IsSortedFunc(rows, func(a, b string) int { return strings.Compare(a[:20], b[:20]) }) {
			t.Errorf("%s: %d rows, the built-in report has %d", path, len(rows), len(built.rows))
		}
	}
}
