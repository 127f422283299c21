package reports

import (
	"net/url"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

func TestSierraGoldens(t *testing.T) {
	t.Parallel()
	runGoldens(t, func(base *url.URL) []jobs.Job {
		return Sierra(sierra.New(sierra.Config{
			BaseURL:  base,
			Key:      rest.NewSecret("golden-key"),
			Secret:   rest.NewSecret("golden-secret"),
			Login:    "golden-login",
			Rate:     -1,
			PageSize: 3,
		}))
	})
}
