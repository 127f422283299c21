package reports

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/jobs"
)

func TestSipgateGoldens(t *testing.T) {
	t.Parallel()
	runGoldens(t, func(base *url.URL) []jobs.Job {
		return Sipgate(sipgate.New(sipgate.Config{
			BaseURL: base,
			TokenID: "token-G01den",
			Token:   rest.NewSecret("5a4db0c5-7e1e-4f0e-9a6b-000000000001"),
			Rate:    -1,
		}))
	})
}

func TestSipgateExportsNoAddressThatOpensWithoutALogin(t *testing.T) {
	t.Parallel()
	const secret = "secure.live.sipgate.de"
	answers, err := filepath.Glob("testdata/sipgate-*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	tempted := 0
	for _, path := range answers {
		answer, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		table, err := os.ReadFile(strings.TrimSuffix(path, ".txtar") + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(answer), secret) {
			tempted++
		}
		if strings.Contains(string(table), secret) {
			t.Errorf("%s: a download address stands in the table", path)
		}
	}
	if tempted < 4 {
		t.Errorf("only %d recorded answers hold such an address: the test proves little", tempted)
	}
}

func TestCallsOfADayThatAreLongerThanALengthOfTimeAreRefused(t *testing.T) {
	t.Parallel()
	var call entry
	text := `{"id":"7","type":"CALL","created":"2026-11-21T10:00:00Z","callStatus":"SUCCESS","connectionIds":["p0"],"duration":9000000000}`
	if err := json.Unmarshal([]byte(text), &call); err != nil {
		t.Fatal(err)
	}
	counts := map[callKey]*callCount{}
	if err := count(counts, &call, time.UTC); err != nil {
		t.Fatal(err)
	}
	if err := count(counts, &call, time.UTC); !refusedAs(err, rest.Unexpected) || !strings.Contains(err.Error(), "entry 7: duration: ") {
		t.Errorf("%v, want an unexpected answer that names the entry", err)
	}
}
