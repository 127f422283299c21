package reports

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/jobs"
)

func TestParametersThatAReportSetsItselfAreRefused(t *testing.T) {
	info := jobs.Info{Name: "api-things", Parameters: []jobs.Parameter{{Name: "verdict"}, {Name: "order"}, {Name: "timerange", Values: "one of minute, hour"}}}
	for _, tt := range []struct{ params, want string }{
		{"", ""},
		{"verdict=blocked&order=asc&personal=true&anything=else", ""},
		{"from=-1days", `parameter "from": the window sets it (WINDOW_API_THINGS)`},
		{"To=now", `parameter "To": the window sets it (WINDOW_API_THINGS)`},
		{"limit=5&verdict=blocked", `parameter "limit": the paging sets it`},
		{"offset=5&from=1", `parameter "from": the window sets it (WINDOW_API_THINGS)`},
		{"sort=name", `parameter "sort": the report sets it`},
		{"timerange=minute&timerange=hour", ""},
		{"timerange=hour&timerange=week", `parameter "timerange": expected one of minute, hour, got "week"`},
		{"timerange=", `parameter "timerange": expected one of minute, hour, got ""`},
	} {
		params, err := url.ParseQuery(tt.params)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := CheckParams(info, params); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", tt.params, got, tt.want)
		}
	}
}

func TestOptionsOfReportsNeverReachAnAPI(t *testing.T) {
	info := jobs.Info{Parameters: []jobs.Parameter{{Name: "verdict"}}}
	params := url.Values{"personal": {"true"}, "verdict": {"blocked"}, "verdit": {"allowed"}}
	if got := apiParams(params).Encode(); got != "verdict=blocked&verdit=allowed" {
		t.Errorf("the API gets %s", got)
	}
	if got := undocumented(info, params); !slices.Equal(got, []string{"verdit"}) {
		t.Errorf("undocumented: %q", got)
	}
}
