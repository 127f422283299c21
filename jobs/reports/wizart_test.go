package reports

import (
	"net/url"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/jobs"
)

func TestWizartGoldens(t *testing.T) {
	t.Parallel()
	runGoldens(t, func(base *url.URL) []jobs.Job {
		return Wizart(wizart.New(wizart.Config{
			BaseURL:      base,
			Username:     "reports@tapeten.example",
			Password:     rest.NewSecret("golden-password"),
			ClientID:     "42",
			ClientSecret: rest.NewSecret("golden-client-secret"),
			Rate:         -1,
		}))
	})
}
