package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

var update = flag.Bool("update", false, "write schedules.env.example and docs/reports.md anew")

const exampleFile = "../../schedules.env.example"

// exampleHead explains the file to whoever copies it.
const exampleHead = `# Every variable of reportjob, commented out, at its default.
#
# Copy this file, take the # away from what you need, and give it to docker --env-file, to systemd's EnvironmentFile=,
# to Kubernetes as a ConfigMap, or to reportjob --env-file. A value ends with its line; write it without quotes.
#
# Every variable X can be given as X_FILE instead, the path of a file that holds the value, or as a systemd credential
# named like the variable in lower case. An empty variable is one that is not set.
`

// titles of the sections, in the order of settings.Reference.
var titles = []string{
	"Cisco Secure Access", "sipgate: a personal access token, or an OAuth client", "Sierra", "Wizart", "reportjob",
}

func exampleEnv() string {
	var b strings.Builder
	b.WriteString(exampleHead)
	for i, section := range settings.Reference() {
		fmt.Fprintf(&b, "\n\n# %s\n", titles[i])
		for _, v := range section {
			fmt.Fprintf(&b, "\n# %s\n#%s=%s\n", sentence(v), v.Name, v.Default)
		}
	}
	b.WriteString("\n\n# Reports: when each one runs, over which window, into which formats, with which parameters\n#\n")
	for _, v := range settings.PerReport() {
		fmt.Fprintf(&b, "# %s<REPORT>: %s\n", v.Name, v.Doc)
	}
	for _, j := range reports.All(disconnected()) {
		exampleReport(&b, j)
	}
	b.WriteString(exampleOwn)
	return b.String()
}

func sentence(v settings.Variable) string {
	if v.Secret {
		return v.Doc + " (secret)"
	}
	return v.Doc
}

func exampleReport(b *strings.Builder, j jobs.Job) {
	info := j.Info()
	suffix := settings.Suffix(info.Name)
	fmt.Fprintf(b, "\n# %s: %s\n", info.Name, info.Title)
	fmt.Fprintf(b, "#SCHEDULE_%s=off\n#WINDOW_%s=%s\n", suffix, suffix, info.Every)
	for _, v := range settings.PerReport()[2:] {
		fmt.Fprintf(b, "#%s%s=\n", v.Name, suffix)
	}
}

const exampleOwn = `

# Reports of your own: REPORT_<NAME> holds a URL-encoded definition with the keys api, path, rows, window, paging, title
# and columns; other keys go to the API as they are. The report then has the variables above, like every other.

#REPORT_BLOCKED_DNS=api=secureaccess&path=/reports/v2/activity/dns&rows=data&window=previous-day&verdict=blocked&columns=timestamp:time-ms,domain,verdict,identities.0.label:text,bytes:int


# Bundles: BUNDLE_<NAME> puts several reports into one workbook, a sheet each, with a summary in front that leads to them.
# A bundle has the variables above under its own name, but for PARAMS_: those of its reports count. It is always one xlsx
# file. Reports that show the present do so as of its slot; all others are about its window, which is the one that they
# share, or else previous-day. One that cannot be read is missing: the file says why, and is called <name>.incomplete.xlsx.

#BUNDLE_MONDAY_REVIEW=sipgate-calls,sipgate-balance,secureaccess-summary
#SCHEDULE_MONDAY_REVIEW=off
#WINDOW_MONDAY_REVIEW=previous-day
`

func TestExampleListsEveryVariableAtItsDefault(t *testing.T) {
	want := exampleEnv()
	if *update {
		if err := os.WriteFile(exampleFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the code says: go test ./cmd/reportjob -run Example -update", exampleFile)
	}
}

// What the example shows as defaults must be accepted, and must change nothing.
func TestExampleWithoutCommentSignsIsTheDefault(t *testing.T) {
	data, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	var environ []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if name, _, ok := strings.Cut(line, "="); ok && strings.HasPrefix(line, "#") && !strings.Contains(name, " ") {
			environ = append(environ, line[1:])
		}
	}
	if len(environ) < 50 || !slices.Contains(environ, "REPORTJOB_OUTPUT=exports") {
		t.Fatalf("read %d variables", len(environ))
	}
	set, own, problems := settings.Load(environ, disconnectedCatalogue)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(set.Bundles) != 1 || len(set.Bundles[0].Members) != 3 {
		t.Errorf("bundles: %v, want the one of the example", set.Bundles)
	}
	if len(own) != 1 {
		t.Errorf("%d reports of the user's own, want the one of the example", len(own))
	}
	plain, _, _ := settings.Load(nil, disconnectedCatalogue)
	if fmt.Sprint(set.Environment.General) != fmt.Sprint(plain.Environment.General) {
		t.Errorf("settings differ from the defaults:\n%v\n%v", set.Environment.General, plain.Environment.General)
	}
}

// disconnected are clients that only serve to list reports.
func disconnected() reports.Clients {
	nowhere := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	return reports.Clients{
		SecureAccess: secureaccess.New(secureaccess.Config{BaseURL: nowhere, TokenURL: nowhere}),
		Sipgate:      sipgate.New(sipgate.Config{BaseURL: nowhere, TokenURL: nowhere}),
		Sierra:       sierra.New(sierra.Config{BaseURL: nowhere}),
		Wizart:       wizart.New(wizart.Config{BaseURL: nowhere}),
	}
}

func disconnectedCatalogue(settings.Environment) settings.Catalogue {
	clients := disconnected()
	return catalogue(clients, reports.All(clients))
}
