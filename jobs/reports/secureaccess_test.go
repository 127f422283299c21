package reports

import (
	"net/url"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

func TestSecureAccessGoldens(t *testing.T) {
	runGoldens(t, func(base *url.URL) []jobs.Job {
		return SecureAccess(secureaccess.New(secureaccess.Config{
			BaseURL: base, Key: "golden-key", Secret: rest.NewSecret("golden-secret"), OrgID: "8123456",
			Rate: -1, PageSize: 3, Parallel: 1, // so that ends of pages can be seen, one after the other
		}))
	})
}
