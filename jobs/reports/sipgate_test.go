package reports

import (
	"net/url"
	"testing"

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
