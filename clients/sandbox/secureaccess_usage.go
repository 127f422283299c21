package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Usage of the service: what products transferred, and who asked the API.

const saUsagePage = 1000

func (s *secureAccess) usage(mux *http.ServeMux) {
	mux.HandleFunc("GET /usage/metrics", s.metrics)
	for _, by := range []string{"requests", "responses", "keys"} {
		mux.HandleFunc("GET /apiUsage/"+by, s.apiUsage(by))
	}
	mux.HandleFunc("GET /apiUsage/summary", s.apiSummary)
}

// saMoment reads a date or an instant.
func saMoment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// metrics serves what products transferred, 1,000 records a page. The next page is named by an address at a host that
// is not this one, and times have no zone.
func (s *secureAccess) metrics(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	from, ok := saMoment(query.Get("from"))
	to, fine := saMoment(query.Get("to"))
	organisation, err := strconv.Atoi(query.Get("organization_id"))
	each := map[string]time.Duration{"HOUR": time.Hour, "DAY": 24 * time.Hour, "WEEK": 7 * 24 * time.Hour, "MONTH": 30 * 24 * time.Hour}[query.Get("time_grouping_interval")]
	page, sound := saNumberIn(query, "page", 1, 1, 1<<20)
	if !ok || !fine || !sound || err != nil || each == 0 || query.Get("product_id") == "" {
		saMessage(w, http.StatusBadRequest)
		return
	}
	usages := []object{}
	for at := from; at.Before(to) && at.Before(s.o.Now()); at = at.Add(each) {
		for _, product := range []string{"SWG", "RAVPN", "CHNE"} {
			if wanted := query.Get("product_id"); wanted != "0" && wanted != product {
				continue
			}
			dice := seeded(s.o.Seed, "secureaccess", "usage", product, at.Unix())
			usages = append(usages, object{"organization_id": organisation, "product": product, "registered_at": at.Format("2006-01-02T15:04:05.000000"),
				"usage_meter_items": object{"bytes_in_delta": dice.Int64N(1 << 40), "bytes_out_delta": dice.Int64N(1 << 36)}})
		}
	}
	first := min((page-1)*saUsagePage, len(usages))
	last := min(first+saUsagePage, len(usages))
	answer := object{"statusCode": 0, "body": object{"usages": usages[first:last]}}
	if last < len(usages) {
		query.Set("page", strconv.Itoa(page+1))
		answer["next"] = "https://api.sse.com/reports/v2/usage/metrics?" + query.Encode()
	}
	writeJSON(w, http.StatusOK, answer)
}

// saCall is a sort of request to the API, with how often it came.
type saCall struct {
	agent, key, path, verb string
	status, count          int
}

var saCalls = []saCall{
	{"reportjob", "124afg", "auth/v2/token", "POST", 200, 24}, {"reportjob", "124afg", "/reports/v2/activity/dns", "GET", 200, 90},
	{"reportjob", "124afg", "/reports.eu/v2/activity/dns", "GET", 200, 90}, {"reportjob", "124afg", "/reports/v2/activity/dns", "GET", 429, 3},
	{"=Übersicht/1.0 (intern; \"alt\")", "00077b", "/deployments/v2/networks", "GET", 401, 12},
	{"python-requests/2.20.0", "00077b", "/policies/v2/destinationlists", "POST", 200, 5},
}

var saKeyNames = map[string]string{"124afg": "Berichte für die Geschäftsleitung", "00077b": "Deployments API key"}

// calls are the calls of the days of the window that a query asks for; nil, and an answer, if something is wrong.
func (s *secureAccess) apiCalls(w http.ResponseWriter, r *http.Request) (calls []saCall, from, to time.Time, ok bool) {
	query := r.URL.Query()
	if query.Get("from") == "" || query.Get("to") == "" {
		writeJSON(w, http.StatusBadRequest, object{"meta": object{}, "data": object{"errors": "Missing required parameters", "requiredParameters": []string{"from", "to"}}})
		return nil, from, to, false
	}
	from, ok = saMoment(query.Get("from"))
	to, fine := saMoment(query.Get("to"))
	if !ok || !fine {
		saMessage(w, http.StatusBadRequest)
		return nil, from, to, false
	}
	wanted := func(name, value string) bool {
		text := query.Get(name)
		return text == "" || slices.Contains(strings.Split(text, ","), value)
	}
	for _, c := range saCalls {
		if !wanted("apiKeys", c.key) || !wanted("paths", c.path) || !wanted("verbs", c.verb) || !wanted("userAgents", c.agent) || !wanted("statusCodes", strconv.Itoa(c.status)) {
			continue
		}
		each := c.count
		for c.count = 0; from.Add(time.Duration(c.count/max(each, 1)) * 24 * time.Hour).Before(to); {
			c.count += each
		}
		calls = append(calls, c)
	}
	return calls, from, to, true
}

func (s *secureAccess) apiUsage(by string) http.HandlerFunc {
	key := map[string]func(saCall) string{
		"requests":  func(c saCall) string { return c.agent },
		"responses": func(c saCall) string { return fmt.Sprint(c.status) },
		"keys":      func(c saCall) string { return c.key },
	}[by]
	return func(w http.ResponseWriter, r *http.Request) {
		calls, from, to, ok := s.apiCalls(w, r)
		if !ok {
			return
		}
		total, counts, requests := 0, map[string]int{}, map[string][]object{}
		for _, c := range calls {
			k := key(c)
			total, counts[k] = total+c.count, counts[k]+c.count
			requests[k] = append(requests[k], object{"path": c.path, "verb": c.verb, "count": c.count})
		}
		items := []object{}
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			item := object{"count": counts[k], "requests": requests[k]}
			switch by {
			case "requests":
				item["userAgent"] = k
			case "responses":
				item["statusCode"] = k
			default:
				item["keyId"], item["keyName"] = k, saKeyNames[k]
			}
			items = append(items, item)
		}
		writeJSON(w, http.StatusOK, object{"from": from.Format(time.RFC3339), "to": to.Format(time.RFC3339), "count": total, "items": items})
	}
}

func (s *secureAccess) apiSummary(w http.ResponseWriter, r *http.Request) {
	calls, _, _, ok := s.apiCalls(w, r)
	if !ok {
		return
	}
	total, failed := 0, 0
	for _, c := range calls {
		total += c.count
		if c.status >= 400 {
			failed += c.count
		}
	}
	writeJSON(w, http.StatusOK, object{"data": object{"successfulRequests": total - failed, "failedRequests": failed, "total": total}})
}
