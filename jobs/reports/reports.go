// Package reports declares the reports: one file for each API, or for each family of an API, and one value for each
// report. It knows how to ask and what a column means, and nothing of schedules, files and file formats.
package reports

import (
	"net/url"
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/jobs"
)

// Clients are the APIs that reports are made of.
type Clients struct {
	SecureAccess *secureaccess.Client
	Sipgate      *sipgate.Client
	Sierra       *sierra.Client
	Wizart       *wizart.Client
}

// All lists the built-in reports, API by API.
func All(c Clients) []jobs.Job {
	return slices.Concat(
		SecureAccess(c.SecureAccess),
		Sipgate(c.Sipgate),
		Sierra(c.Sierra),
		Wizart(c.Wizart),
	)
}

// ownAPIs are the APIs that a report of the user's own can be about.
func ownAPIs(c Clients) []ownAPI {
	return []ownAPI{
		secureAccessOwn(c.SecureAccess),
		sipgateOwn(c.Sipgate),
		sierraOwn(c.Sierra),
		wizartOwn(c.Wizart),
	}
}

// Costs says, in sentences, what is known to make a run of a report costly or incomplete: the report itself, its window,
// or parameters. It asks nobody.
func Costs(info jobs.Info, w jobs.Window, params url.Values, now time.Time) []string {
	var costs []string
	if info.Costly != "" {
		costs = append(costs, info.Costly)
	}
	switch info.API {
	case "secureaccess":
		costs = append(costs, saCosts(w, now)...)
	case "sierra":
		costs = append(costs, sierraCosts(info, w, params)...)
	}
	return costs
}
