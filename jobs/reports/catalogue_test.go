package reports

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/jobs"
)

// unconfigured are clients as they are without any setting: enough to list and describe reports.
func unconfigured() Clients {
	return Clients{
		SecureAccess: secureaccess.New(secureaccess.Config{}),
		Sipgate:      sipgate.New(sipgate.Config{}),
		Sierra:       sierra.New(sierra.Config{}),
		Wizart:       wizart.New(wizart.Config{}),
	}
}

func TestEveryReportOfTheCatalogueIsDescribed(t *testing.T) {
	t.Parallel()
	named, names, titles := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`), map[string]bool{}, map[string]string{}
	for _, j := range All(unconfigured()) {
		info := j.Info()
		if !named.MatchString(info.Name) || !strings.HasPrefix(info.Name, info.API+"-") || names[info.Name] {
			t.Errorf("%s: not the name of one report of %s", info.Name, info.API)
		}
		if other, ok := titles[info.API+info.Title]; ok {
			t.Errorf("%s: has the title of %s", info.Name, other)
		}
		names[info.Name], titles[info.API+info.Title] = true, info.Name
		for what, text := range map[string]string{"title": info.Title, "sentence about it": info.About, "endpoint": info.Endpoint,
			"paging": info.Paging, "limits": info.Limits, "scope": info.Scope, "window": info.Every.String()} {
			if text == "" {
				t.Errorf("%s: no %s", info.Name, what)
			}
		}
		if !strings.HasPrefix(info.Endpoint, "/") || !strings.HasPrefix(info.Page, "https://") {
			t.Errorf("%s: endpoint %q, page %q", info.Name, info.Endpoint, info.Page)
		}
		checkParameters(t, info)
		checkColumns(t, j)
	}
	if len(names) < 180 {
		t.Errorf("the catalogue has %d reports", len(names))
	}
}

func checkParameters(t *testing.T, info jobs.Info) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range info.Parameters {
		if p.Name == "" || p.Meaning == "" || seen[p.Name] {
			t.Errorf("%s: parameter %+v is not described, or stands twice", info.Name, p)
		}
		seen[p.Name] = true
	}
}

func checkColumns(t *testing.T, j jobs.Job) {
	t.Helper()
	for _, c := range j.Table(map[string][]string{"personal": {"true"}}) {
		if !snakeCase.MatchString(c.Name) {
			t.Errorf("%s: column %q is not in snake_case", j.Info().Name, c.Name)
		}
		if c.Meaning == "" || c.Field == "" || !strings.HasSuffix(c.Meaning, ".") {
			t.Errorf("%s: column %s: meaning %q, field %q", j.Info().Name, c.Name, c.Meaning, c.Field)
		}
	}
}

func TestEveryReportHasRecordedAnswersAndEveryRecordingAReport(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, j := range All(unconfigured()) {
		name := j.Info().Name
		names[name] = true
		for _, extension := range []string{".txtar", ".csv"} {
			if _, err := os.Stat(filepath.Join("testdata", name+extension)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	recordings, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range recordings {
		if name := strings.TrimSuffix(filepath.Base(path), ".txtar"); !names[name] {
			t.Errorf("%s belongs to no report", path)
		}
	}
}

func TestOwnReportsCanBeDeclaredWithoutAnySetting(t *testing.T) {
	t.Parallel()
	for _, definition := range []string{ownExample, "api=sipgate&path=/numbers&columns=id", "api=sierra&path=/branches&columns=id", "api=wizart&path=/imports&columns=id"} {
		if _, err := Own(unconfigured(), "own", definition); err != nil {
			t.Errorf("%s: %v", definition, err)
		}
	}
}
