package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

const referenceFile = "../../docs/reports.md"

// apiTitles are the APIs as people call them, in the order of the catalogue.
var apiTitles = [][2]string{
	{"secureaccess", "Cisco Secure Access"}, {"sipgate", "sipgate"}, {"sierra", "Sierra"}, {"wizart", "Wizart"},
}

const referenceHead = `# The reports

What each built-in report asks for, and what its columns mean. This page is made from the code (` + "`go test ./cmd/reportjob -run Reference -update`" + `);
` + "`reportjob describe REPORT`" + ` says the same about one report.

Columns marked *personal* are data about a person, and are there only if ` + "`PARAMS_<REPORT>` says `personal=true`" + `.
`

// family is a report, and its twins: reports of the same columns about one sort of traffic each.
type family []jobs.Job

// families puts twins together: a twin's name begins with that of the report before it, and its columns are the same.
func families(all []jobs.Job) (list []family) {
	for _, j := range all {
		if n := len(list); n > 0 && twins(list[n-1][0], j) {
			list[n-1] = append(list[n-1], j)
			continue
		}
		list = append(list, family{j})
	}
	return list
}

func twins(a, b jobs.Job) bool {
	return strings.HasPrefix(b.Info().Name, a.Info().Name+"-") && a.Info().About == b.Info().About &&
		reflect.DeepEqual(a.Table(nil), b.Table(nil))
}

func reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	all := reports.All(disconnected())
	for _, api := range apiTitles {
		var own []jobs.Job
		for _, j := range all {
			if j.Info().API == api[0] {
				own = append(own, j)
			}
		}
		fmt.Fprintf(&b, "\n## %s: %d reports\n\n| report | title | window |\n|---|---|---|\n", api[1], len(own))
		for _, j := range own {
			fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", j.Info().Name, escaped(j.Info().Title), j.Info().Every)
		}
		for _, f := range families(own) {
			f.describe(&b)
		}
	}
	return b.String()
}

func (f family) describe(b *strings.Builder) {
	info := f[0].Info()
	fmt.Fprintf(b, "\n### %s\n\n", info.Name)
	if len(f) > 1 {
		var names []string
		for _, twin := range f[1:] {
			names = append(names, "`"+twin.Info().Name+"`")
		}
		fmt.Fprintf(b, "The same for one sort of traffic each: %s.\n\n", strings.Join(names, ", "))
	}
	fmt.Fprintf(b, "%s\n\n", escaped(info.About))
	fmt.Fprintf(b, "- Endpoint: `GET %s` ([reference](%s))\n", info.Endpoint, info.Page)
	fmt.Fprintf(b, "- Paging: %s\n- Limits: %s\n- Scope: %s\n", escaped(info.Paging), escaped(info.Limits), escaped(info.Scope))
	if info.AnyWindow {
		fmt.Fprintf(b, "- Window: `%s`; %s\n", info.Every, otherWindow(info))
	}
	if info.Costly != "" {
		fmt.Fprintf(b, "- Cost: %s\n", escaped(info.Costly))
	}
	if len(info.Parameters) > 0 {
		fmt.Fprintf(b, "\n| parameter (`PARAMS_%s`) | values | meaning |\n|---|---|---|\n", settings.Suffix(info.Name))
		for _, p := range info.Parameters {
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", p.Name, escaped(p.Values), escaped(p.Meaning))
		}
	}
	plain := map[string]bool{}
	for _, c := range f[0].Table(nil) {
		plain[c.Name] = true
	}
	b.WriteString("\n| column | kind | unit | meaning | API field |\n|---|---|---|---|---|\n")
	for _, c := range f[0].Table(map[string][]string{"personal": {"true"}}) {
		describeColumn(b, c, !plain[c.Name])
	}
}

func otherWindow(info jobs.Info) string {
	if info.Every.Snapshot() {
		return "one that lasts is possible, too"
	}
	return "`now`, which is all there is, is possible, too"
}

func describeColumn(b *strings.Builder, c exporters.Column, personal bool) {
	meaning := escaped(c.Meaning)
	if personal {
		meaning += " *personal*"
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | `%s` |\n", c.Name, c.Kind, escaped(c.Unit), meaning, c.Field)
}

// escaped is text as a cell of a Markdown table takes it.
func escaped(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`).Replace(s)
}

func TestReferenceIsWhatTheCodeSays(t *testing.T) {
	want := reference()
	if *update {
		if err := os.WriteFile(referenceFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the code says: go test ./cmd/reportjob -run Reference -update", referenceFile)
	}
}

func TestReferenceNamesEveryReportWithItsColumns(t *testing.T) {
	text := reference()
	for _, j := range reports.All(disconnected()) {
		if !strings.Contains(text, "| `"+j.Info().Name+"` | ") {
			t.Errorf("%s is not in the list", j.Info().Name)
		}
		for _, c := range j.Table(nil) {
			if !strings.Contains(text, "| `"+c.Name+"` | "+c.Kind.String()+" | ") {
				t.Errorf("%s: column %s is not described", j.Info().Name, c.Name)
			}
		}
	}
}
