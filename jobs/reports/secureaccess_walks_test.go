package reports

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports that are not one list at their endpoint are walked through here.

// saWalk counts the rows of a report in the sandbox by hand.
type saWalk func(h *saHand, w jobs.Window) int

func saInEurope(c *secureaccess.Config) { c.Region = "eu" }

// saNameByTheRule is the name that follows from a path: "/" and changes of case become "-".
func saNameByTheRule(path string) string {
	kebab := regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(path, "$1-$2")
	return "secureaccess-" + strings.ToLower(strings.ReplaceAll(kebab, "/", "-"))
}

// saHasWalkOfItsOwn tells whether a report is walked through in this file.
func saHasWalkOfItsOwn(info jobs.Info) bool { return saWalks()[info.Name] != nil }

// saWindowOf is a window that suits a report.
func saWindowOf(info jobs.Info) jobs.Window {
	if info.Every == jobs.Now {
		return jobs.Window{From: sandboxNow, To: sandboxNow}
	}
	return saSaturday()
}

// saParamsOf are the parameters without which a report does not run, as the sandbox's variables give them.
func saParamsOf(t *testing.T, s *standIn, info jobs.Info) url.Values {
	t.Helper()
	params, err := url.ParseQuery(s.env["PARAMS_"+variable(info.Name)])
	if err != nil {
		t.Fatal(err)
	}
	return params
}

// plain decodes one answer of a path below the base address.
func (h *saHand) plain(path string, into any) {
	h.t.Helper()
	askSandbox(h.t, h.s.env["SECUREACCESS_BASE_URL"]+path, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+h.token) }, into)
}

func saMillis(w jobs.Window) string {
	return fmt.Sprintf("from=%d&to=%d", w.From.UnixMilli(), w.To.UnixMilli()-1)
}

func saRFC(w jobs.Window) string {
	return "from=" + w.From.Format("2006-01-02T15:04:05Z") + "&to=" + w.To.Format("2006-01-02T15:04:05Z")
}

// resources are the numbers of the resources of a window.
func (h *saHand) resources(w jobs.Window) (ids []string) {
	h.t.Helper()
	var list []struct{ Application struct{ ID json.Number } }
	if err := json.Unmarshal(h.data("/reports/v2/top-resources", w.From, w.To), &list); err != nil {
		h.t.Fatal(err)
	}
	for _, r := range list {
		ids = append(ids, string(r.Application.ID))
	}
	if len(ids) < 3 {
		h.t.Fatalf("%d resources", len(ids))
	}
	return ids
}

// found are all items of a list of App Discovery, in pages of 100.
func (h *saHand) found(path string) (items []map[string]any) {
	h.t.Helper()
	for {
		var answer struct{ Items []map[string]any }
		h.plain(fmt.Sprintf("/reports/v2/appDiscovery/%s?limit=100&offset=%d", path, len(items)), &answer)
		items = append(items, answer.Items...)
		if len(answer.Items) < 100 {
			return items
		}
	}
}

// nested counts lists inside of the elements of another list.
func nested(elements []map[string]json.RawMessage, name string) (n int) {
	for _, e := range elements {
		var list []json.RawMessage
		_ = json.Unmarshal(e[name], &list)
		n += len(list)
	}
	return n
}

// series counts the elements of the lists inside of a report's data.
func (h *saHand) series(path, params, name string, w jobs.Window) int {
	h.t.Helper()
	var answer struct{ Data []map[string]json.RawMessage }
	h.plain("/reports/v2/"+path+"?"+saMillis(w)+"&"+params, &answer)
	return nested(answer.Data, name)
}

func saWalks() map[string]saWalk {
	walks := map[string]saWalk{}
	for name, walk := range map[string]saWalk{
		"private-resources-summary-stats":            func(h *saHand, w jobs.Window) int { return len(h.resources(w)) },
		"private-resources-detailed-stats-timerange": func(h *saHand, w jobs.Window) int { return 24 * len(h.resources(w)) },
		"private-resources-detailed-stats-identities": func(h *saHand, w jobs.Window) (n int) {
			for _, id := range h.resources(w) {
				var answer struct {
					Data struct{ Identities []json.RawMessage }
				}
				h.plain("/reports/v2/private-resources/detailed-stats-identities?limit=5000&privateresourceid="+id+"&"+saMillis(w), &answer)
				n += len(answer.Data.Identities)
			}
			return n
		},
		"app-connectors-groups-overloaded-count": func(*saHand, jobs.Window) int { return 1 },
		"app-connectors-groups-detailed-stats-timerange": func(h *saHand, w jobs.Window) int {
			return h.series("app-connectors/groups/detailed-stats-timerange", "groupids=5,120&cputhreshold=0", "timeSeriesData", w)
		},
		"app-connectors-detailed-stats-timerange": func(h *saHand, w jobs.Window) int {
			return h.series("app-connectors/detailed-stats-timerange", "agentids=6,7,19", "timeSeriesData", w)
		},
		"summaries-by-rule-intrusion": func(h *saHand, w jobs.Window) int {
			return h.series("summaries-by-rule/intrusion", "limit=5000", "signatures", w)
		},
		"summaries-by-rule-hitcount":          saRulesByHand,
		"summaries-by-rule-firewall-hitcount": saRulesByHand,
		"usage-metrics":                       func(*saHand, jobs.Window) int { return 3 * 24 },
		"api-usage-requests":                  saCallsByHand("requests"),
		"api-usage-responses":                 saCallsByHand("responses"),
		"api-usage-keys":                      saCallsByHand("keys"),
		"api-usage-summary":                   func(*saHand, jobs.Window) int { return 1 },
		"dlp-real-time-events":                saDLPByHand("realTime"),
		"dlp-saas-api-events":                 saDLPByHand("saasApi"),
		"dlp-ai-guardrails-events":            saDLPByHand("aiGuardrails"),
	} {
		walks["secureaccess-"+name] = walk
	}
	for name, path := range map[string]string{"applications": "applications", "applications-info": "applications/info",
		"application-categories": "applicationCategories", "protocols": "protocols", "risk": "applications", "attributes": "applications"} {
		walks["secureaccess-app-discovery-"+name] = func(h *saHand, _ jobs.Window) int { return len(h.found(path)) }
	}
	for name, path := range map[string]string{"identities": "applications", "protocol-identities": "protocols"} {
		walks["secureaccess-app-discovery-"+name] = func(h *saHand, _ jobs.Window) (n int) {
			for _, item := range h.found(path) {
				n += len(h.found(fmt.Sprintf("%s/%s/identities", path, item["id"])))
			}
			return n
		}
	}
	return walks
}

func saRulesByHand(h *saHand, w jobs.Window) int {
	var list []struct{ Rule struct{ ID json.Number } }
	if err := json.Unmarshal(h.data("/reports/v2/rules-activity", w.From, w.To), &list); err != nil {
		h.t.Fatal(err)
	}
	rules := map[json.Number]bool{}
	for _, a := range list {
		rules[a.Rule.ID] = true
	}
	return len(rules)
}

func saCallsByHand(by string) saWalk {
	return func(h *saHand, w jobs.Window) int {
		var answer struct{ Items []map[string]json.RawMessage }
		h.plain("/reports/v2/apiUsage/"+by+"?"+saRFC(w), &answer)
		return nested(answer.Items, "requests")
	}
}

func saDLPByHand(kind string) saWalk {
	return func(h *saHand, w jobs.Window) int {
		var answer struct{ Events []json.RawMessage }
		h.plain("/reports.us/v2/dlp/"+kind+"/events?limit=500&"+saMillis(w), &answer)
		return len(answer.Events)
	}
}

func TestSecureAccessReportsOfOtherShapesHaveTheRowsOfTheSandbox(t *testing.T) {
	s := newStandIn(t, sandbox.Options{})
	hand, walks := newSAHand(t, s), saWalks()
	list := saJobs(t, s, saInEurope, saPagesOf(7)) // so that lists have several pages
	for name, walk := range walks {
		j := byName(t, list, name)
		run := saReadJob(t, j, saWindowOf(j.Info()), saParamsOf(t, s, j.Info()))
		if run.err != nil || run.verdict != jobs.Complete || len(run.warnings) > 0 {
			t.Errorf("%s: %s %q, warnings %q, %v", name, run.verdict, run.evidence, run.warnings, run.err)
			continue
		}
		if want := walk(hand, saSaturday()); len(run.rows) != want || want == 0 {
			t.Errorf("%s: %d rows, counted by hand %d", name, len(run.rows), want)
		}
		sorted := slices.Sorted(slices.Values(run.rows))
		if len(slices.Compact(sorted)) != len(run.rows) {
			t.Errorf("%s: a row is there twice", name)
		}
	}
}
