package reports

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/jobs"
)

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

// saCosts is about windows: old ones are empty, and long ones are many pages.
func saCosts(w jobs.Window, now time.Time) (costs []string) {
	const day = 24 * time.Hour
	if !w.Snapshot() && w.From.Before(now.Add(-30*day)) {
		costs = append(costs, "the window begins more than 30 days ago, and the API keeps requests for 30 days: older ones may be gone")
	}
	if days := int(w.To.Sub(w.From) / day); days > 7 {
		costs = append(costs, fmt.Sprintf("the window has %d days: events come 5,000 to a request, at 5 requests a second; a day at a time can be stopped and repeated", days))
	}
	return costs
}

// sierraCosts is about fields that take the server long, and about reading all that there is.
func sierraCosts(info jobs.Info, w jobs.Window, params url.Values) (costs []string) {
	fields := strings.Split(params.Get("fields"), ",")
	for _, costly := range [...]struct{ field, why string }{
		{"isRequestable", "takes the server some fifty times as long as all other fields of a record"},
		{"canFreeze", "is computed for each hold, which is slow before Sierra 5.6"},
		{"fixedFields", "takes the server noticeably longer"},
		{"varFields", "takes the server noticeably longer"},
		{"marc", "takes the server about a millisecond a record"},
	} {
		if slices.Contains(fields, costly.field) {
			costs = append(costs, fmt.Sprintf("the field %s %s", costly.field, costly.why))
		}
	}
	if info.OrNow && w.Snapshot() {
		costs = append(costs, "with the window now, every record is read, 2,000 to a request: a library of a million of them takes 500 requests")
	}
	return costs
}
