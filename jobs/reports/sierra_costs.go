package reports

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/reportjob/reportjob/jobs"
)

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
	if info.AnyWindow && w.Snapshot() {
		costs = append(costs, "with the window now, every record is read, 2,000 to a request: a library of a million of them takes 500 requests")
	}
	return costs
}
