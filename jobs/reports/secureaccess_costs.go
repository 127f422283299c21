package reports

import (
	"fmt"
	"time"

	"github.com/reportjob/reportjob/jobs"
)

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
