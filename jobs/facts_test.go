package jobs

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// describer is a writer that keeps the facts it is told.
type describer struct {
	exporters.Writer
	facts *[]exporters.Fact
}

func (d describer) Describe(facts []exporters.Fact) { *d.facts = append(*d.facts, facts...) }

func TestWritersAreToldWhatTheirFilesAreAbout(t *testing.T) {
	var facts []exporters.Fact
	plain := lines("txt")
	format := exporters.Format{Name: "txt", Ext: "txt", New: func(w io.Writer, table exporters.Table) (exporters.Writer, error) {
		inner, err := plain.New(w, table)
		return describer{inner, &facts}, err
	}}
	told := func(version string, o Order) string {
		facts = nil
		o.Formats = []exporters.Format{format}
		r := &Runner{Version: version, Now: func() time.Time { return time.Now() }}
		if result := r.Run(t.Context(), o); result.Err != nil {
			t.Fatal(result.Err)
		}
		var text []string
		for _, f := range facts {
			text = append(text, f.Name+": "+strings.Join(f.Values, " | "))
		}
		return strings.Join(text, "\n")
	}
	o := order(t.TempDir(), calls(rows(2, "x")))
	o.Zone = zone(t, "Europe/Berlin")
	first := told("1.2.3", o)
	for _, fact := range []string{
		"Report: Calls (calls)", "API: phone, /calls", "Account: example", "Zone: Europe/Berlin", "Rows: 2", "Verdict: complete",
		"Window: 2026-11-21 01:00:00 +0100 to 2026-11-22 01:00:00 +0100, which is not part of it", "Slot: 2026-11-22 06:00:00 +0100",
		"Evidence: 2 calls, as the API counts them", "Parameters: direction = in", "Made by: reportjob 1.2.3",
	} {
		if !strings.Contains(first, fact) {
			t.Errorf("no %q in\n%s", fact, first)
		}
	}
	if again := told("1.2.3", o); again != first {
		t.Errorf("the same run says something else:\n%s\n%s", first, again)
	}
	o.Window = Window{o.Slot, o.Slot}
	if now := told("", o); !strings.Contains(now, "Window: the present, at 2026-11-22 06:00:00 +0100") || !strings.HasSuffix(now, "Made by: reportjob") {
		t.Errorf("%s", now)
	}
}

func TestPortsOfThisMachineAreNoFacts(t *testing.T) {
	for account, want := range map[string]string{
		"127.0.0.1:38901": "127.0.0.1", "me at [::1]:80": "me at [::1]", "api.example.org:8443": "api.example.org:8443", "192.0.2.1:80": "192.0.2.1:80", "w0 at example.org, account 1": "w0 at example.org, account 1", "": "",
	} {
		if got := withoutPort(account); got != want {
			t.Errorf("%q is shown as %q, expected %q", account, got, want)
		}
	}
}
