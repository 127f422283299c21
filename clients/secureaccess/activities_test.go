package secureaccess

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestRowsAreTakenForWhatTheFilterLetsThrough(t *testing.T) {
	for _, tt := range []struct{ path, row, want string }{
		{"/activity/firewall", `{"timestamp":1,"verdict":"blocked"}`, "blocked"},
		{"/activity/intrusion", `{"timestamp":1,"verdict":"WOULD BLOCK"}`, "would_block"},
		{"/activity/ztna", `{"timestamp":1,"type":"ztna"}`, "clientless"},
		{"/activity/ztna", `{"timestamp":1,"type":"ztna-clientbased"}`, "clientbased"},
		{"/activity/ztna", `{"timestamp":1,"type":"ztna-other"}`, "other"},
		{"/activity/decryption", `{"timestamp":1,"decryptAction":"Do Not Decrypt"}`, "donotdecrypt"},
		{"/activity/decryption", `{"timestamp":1,"decryptAction":"Decrypt Error"}`, "decrypterror"},
		{"/remote-access-events", `{"timestamp":1,"connectionevent":"failed"}`, "failed"},
		{"/activity", `{"timestamp":1,"type":"proxy","verdict":"blocked"}`, "proxy"},
	} {
		var row anyEvent
		if err := json.Unmarshal([]byte(tt.row), &row); err != nil {
			t.Fatal(err)
		}
		if got := row.side(activityOf(tt.path).splits[0].name); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.path, tt.row, got, tt.want)
		}
	}
}

func TestEveryRowKnowsTheIdentitiesThatItIsAbout(t *testing.T) {
	const row = `{"timestamp":1,"verdict":"allowed","type":"dns","identities":[{"id":31,"label":"a"},{"id":"7"},{"label":"none"}]}`
	for _, e := range []interface{ side(string) string }{new(DNS), new(Proxied), new(Firewall), new(Intrusion), new(Mixed), new(anyEvent)} {
		if got := e.side(IdentityIDs); got != "" {
			t.Errorf("%T: %q of a row without any", e, got)
		}
		if err := json.Unmarshal([]byte(row), e); err != nil {
			t.Fatal(err)
		}
		if ids, verdict := e.side(IdentityIDs), e.side("verdict"); ids != "31,7" || verdict != "allowed" {
			t.Errorf("%T: %q, %q", e, ids, verdict)
		}
	}
}

// crowdOf is an API that has one second with many rows of some sorts, and answers what a filter asks for.
type crowdOf struct {
	t      *testing.T
	filter string
	rows   map[string]int // by value of the filter
	row    func(value string, i int) string

	mu    sync.Mutex
	asked []url.Values
}

func (c *crowdOf) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	wanted := q.Get(c.filter)
	if c.filter == TrafficType {
		wanted = r.Header.Get(TrafficType)
	}
	c.mu.Lock()
	c.asked = append(c.asked, q)
	c.mu.Unlock()
	if strings.Contains(r.URL.Path, "total-requests") {
		c.t.Errorf("asked for a total of %s", r.URL.Path)
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	var all []string
	for _, value := range slices.Sorted(func(yield func(string) bool) {
		for v := range c.rows {
			if !yield(v) {
				return
			}
		}
	}) {
		for i := range c.rows[value] {
			if wanted == "" || wanted == value {
				all = append(all, c.row(value, i))
			}
		}
	}
	all = all[min(offset, len(all)):]
	fmt.Fprintf(w, `{"data":[%s],"meta":{}}`, strings.Join(all[:min(limit, len(all))], ","))
}

func TestCrowdedSecondsOfEveryListingAreSplitByItsOwnFilter(t *testing.T) {
	at := yesterday.From.Add(time.Hour)
	window := yesterday
	window.From, window.To = at, at.Add(time.Second)
	ms := at.UnixMilli()
	for _, tt := range []struct {
		name    string
		filter  string
		rows    map[string]int
		row     func(value string, i int) string
		read    func(c *Client, p *progress) (int, error)
		verdict string
	}{
		{"intrusion", "intrusionaction", map[string]int{"would_block": 2, "blocked": 2, "detected": 2},
			func(v string, i int) string {
				return fmt.Sprintf(`{"timestamp":%d,"verdict":%q,"sessionid":%d}`, ms, v, i)
			},
			func(c *Client, p *progress) (int, error) {
				rows, err := collect(c.ActivityIntrusion(t.Context(), All, window, p))
				return len(rows), err
			}, "complete"},
		{"ztna", "ztnatype", map[string]int{"clientless": 3, "clientbased": 3},
			func(v string, i int) string {
				return fmt.Sprintf(`{"timestamp":%d,"type":%q}`, ms, map[string]string{"clientless": "ztna", "clientbased": "ztna-clientbased"}[v])
			},
			func(c *Client, p *progress) (int, error) {
				rows, err := collect(c.ActivityZTNA(t.Context(), All, window, p))
				return len(rows), err
			}, "complete"},
		{"decryption", "decryptaction", map[string]int{"donotdecrypt": 3, "decryptoutbound": 2},
			func(v string, i int) string {
				return fmt.Sprintf(`{"timestamp":%d,"decryptAction":%q}`, ms, map[string]string{"donotdecrypt": "Do Not Decrypt", "decryptoutbound": "Decrypt Outbound"}[v])
			},
			func(c *Client, p *progress) (int, error) {
				rows, err := collect(c.ActivityDecryption(t.Context(), All, window, p))
				return len(rows), err
			}, "complete"},
		{"all sorts", TrafficType, map[string]int{"dns": 3, "proxy": 2, "firewall": 3},
			func(v string, i int) string {
				return fmt.Sprintf(`{"timestamp":%d,"type":%q,"domain":"d%d.example"}`, ms, v, i)
			},
			func(c *Client, p *progress) (int, error) {
				rows, err := collect(c.Activity(t.Context(), All, window, p))
				return len(rows), err
			}, "complete"},
		{"remote access", "connectionevent", map[string]int{"connected": 3, "failed": 3},
			func(v string, i int) string { return fmt.Sprintf(`{"timestamp":%d,"connectionevent":%q}`, ms/1000, v) },
			func(c *Client, p *progress) (int, error) {
				rows, err := collect(c.RemoteAccessEvents(t.Context(), All, window, p))
				return len(rows), err
			}, "unproven"},
		{"retrospective", "", map[string]int{"": 20},
			func(_ string, i int) string { return fmt.Sprintf(`{"timestamp":%d,"score":%d}`, ms/1000, i) },
			func(c *Client, p *progress) (int, error) {
				rows, err := collect(c.ActivityRetrospective(t.Context(), All, window, p))
				return len(rows), err
			}, "unproven"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			api := &crowdOf{t: t, filter: tt.filter, rows: tt.rows, row: tt.row}
			s, p, want := serve(t, api.answer), &progress{}, 0
			for _, n := range tt.rows {
				want += n
			}
			n, err := tt.read(s.client(func(c *Config) { c.PageSize = 4 }), p)
			if err != nil || n != want || p.verdict != tt.verdict {
				t.Errorf("%d rows of %d, %s %q, %v", n, want, p.verdict, p.doubts, err)
			}
			for _, q := range api.asked {
				if q.Has("offset") != (tt.name != "remote access") || q.Has(TrafficType) {
					t.Errorf("asked %s", q.Encode())
				}
			}
		})
	}
}

func TestAllActivityIsHeldAgainstATotalOnlyForOneSortOfTraffic(t *testing.T) {
	for traffic, totals := range map[string]int{"": 0, "dns": 1, "firewall": 1, "dns,proxy": 0, "ztna": 0} {
		n := 0
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get(TrafficType) != traffic || r.URL.Query().Has(TrafficType) {
				t.Errorf("header %q, asked %s", r.Header.Get(TrafficType), r.URL.RawQuery)
			}
			if strings.HasSuffix(r.URL.Path, "/total-requests/"+traffic) && traffic != "" {
				n++
				fmt.Fprint(w, `{"data":{"count":0},"meta":{}}`)
				return
			}
			fmt.Fprint(w, `{"data":[],"meta":{"successful":["dns"],"failed":[]}}`)
		})
		q := yesterday
		if traffic != "" {
			q.Params = url.Values{TrafficType: {traffic}}
		}
		p := &progress{}
		if _, err := collect(s.client().Activity(t.Context(), All, q, p)); err != nil || n != totals || p.verdict != "complete" {
			t.Errorf("%q: %d totals, %s, %v", traffic, n, p.verdict, err)
		}
	}
}

func TestWindowOfRemoteAccessOverThirtyDaysIsAskedForInParts(t *testing.T) {
	q := Query{From: now.AddDate(0, 0, -45), To: now}
	var widest time.Duration
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
		to, _ := strconv.ParseInt(r.URL.Query().Get("to"), 10, 64)
		widest = max(widest, time.Duration(to-from)*time.Millisecond)
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	p := &progress{}
	if _, err := collect(s.client().RemoteAccessEvents(t.Context(), All, q, p)); err != nil || len(s.asked) != 2 || widest > 30*24*time.Hour {
		t.Errorf("%d requests, the widest of %s, %v", len(s.asked), widest, err)
	}
	if !slices.ContainsFunc(p.warnings, func(w string) bool { return strings.Contains(w, "over 30 days") }) {
		t.Errorf("warnings %q", p.warnings)
	}
	s.asked, q.Limit, widest = nil, 1, 0
	if _, err := collect(s.client().RemoteAccessEvents(t.Context(), All, q, p)); err != nil || len(s.asked) != 1 || widest > 30*24*time.Hour {
		t.Errorf("tried out: %d requests, the widest of %s, %v", len(s.asked), widest, err)
	}
}

// listings read each listing of events.
func listings(ctx context.Context, c *Client, p *progress) map[string]func() error {
	return map[string]func() error{
		"/activity":                   drained(c.Activity(ctx, All, yesterday, p)),
		"/activity/dns":               drained(c.ActivityDNS(ctx, All, yesterday, p)),
		"/activity/proxy":             drained(c.ActivityProxy(ctx, All, yesterday, p)),
		"/activity/firewall":          drained(c.ActivityFirewall(ctx, All, yesterday, p)),
		"/activity/intrusion":         drained(c.ActivityIntrusion(ctx, All, yesterday, p)),
		"/activity/ztna":              drained(c.ActivityZTNA(ctx, All, yesterday, p)),
		"/activity/decryption":        drained(c.ActivityDecryption(ctx, All, yesterday, p)),
		"/activity/amp-retrospective": drained(c.ActivityRetrospective(ctx, All, yesterday, p)),
		"/remote-access-events":       drained(c.RemoteAccessEvents(ctx, All, yesterday, p)),
		"/networkTunnelLogs":          drained(c.NetworkTunnelLogs(ctx, All, yesterday, p)),
	}
}

func drained[T any](seq iter.Seq2[T, error]) func() error {
	return func() error {
		_, err := collect(seq)
		return err
	}
}

func TestListingsOfEventsNameTheFieldThatIsNotWhatItShouldBe(t *testing.T) {
	at := yesterday.From.Unix()
	for path := range listings(t.Context(), New(Config{}), &progress{}) {
		for body, want := range map[string]string{
			`{"data":[{"date":"2026-11-21"}]}`:           "data[0].timestamp: missing",
			`{"data":[{"timestamp":"noon"}]}`:            "data[0].timestamp: a string where a whole number was expected",
			`{"data":[{"timestamp":null}]}`:              "data[0].timestamp: missing",
			`{"data":{"timestamp":1}}`:                   "data: an object where an array was expected",
			`{"meta":{}}`:                                "data: missing",
			`{"data":[{"timestamp":179521920`:            "the JSON ends in the middle",
			`<html><title>Sign in</title>`:               "HTML page",
			`{"data":[{"timestamp":17,"identities":7}]}`: "data[0].identities: a number where an array was expected",
		} {
			if strings.Contains(body, "identities") && (strings.Contains(path, "retrospective") || strings.Contains(path, "Tunnel")) {
				continue // They have none.
			}
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
			err := listings(t.Context(), s.client(), &progress{})[path]()
			wantKind(t, err, rest.Unexpected, path+":")
			wantKind(t, err, rest.Unexpected, want)
		}
	}
	for body, path := range map[string]string{
		`{"timestamp":%d,"rule":7}`:                   "/activity/firewall",
		`{"timestamp":%d,"rule":"none"}`:              "/activity/intrusion",
		`{"timestamp":%d,"protocol":[]}`:              "/activity/firewall",
		`{"timestamp":%d,"policy":{"ruleset":"all"}}`: "/activity/ztna",
		`{"timestamp":%d,"failedreasons":"AUTH"}`:     "/remote-access-events",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"data":[`+body+`],"meta":{}}`, at*1000) })
		err := listings(t.Context(), s.client(), &progress{})[path]()
		wantKind(t, err, rest.Unexpected, path+": unexpected answer")
		wantKind(t, err, rest.Unexpected, "data[0].")
	}
}

func TestSeveralShapesOfAFieldAreOneThing(t *testing.T) {
	var firewall Firewall
	var decryption Decryption
	var intrusion Intrusion
	for _, c := range []struct {
		body string
		into any
	}{
		{`{"rule":{"id":1,"label":"Default"},"protocol":{"id":17,"label":"UDP"}}`, &firewall},
		{`{"protocol":"TCP/TLS","decryptaction":"Decrypt Error","TOTALCLIENTBYTES":"128"}`, &decryption},
		{`{"rule":[{"id":"1","label":"A"},{"id":2}],"ipsprofile":{"name":"P"},"protocol":null}`, &intrusion},
	} {
		if err := json.Unmarshal([]byte(c.body), c.into); err != nil {
			t.Fatalf("%s: %v", c.body, err)
		}
	}
	if len(firewall.Rules) != 1 || firewall.Rules[0].Label != "Default" || firewall.Protocol.Label != "UDP" || firewall.Protocol.ID != "17" {
		t.Errorf("%+v", firewall)
	}
	if decryption.Protocol.Label != "TCP/TLS" || decryption.Action != "Decrypt Error" || decryption.TotalClientBytes.Or(0) != 128 {
		t.Errorf("%+v", decryption)
	}
	if len(intrusion.Rules) != 2 || intrusion.Rules[1].ID != "2" || intrusion.IPSProfile != "P" {
		t.Errorf("%+v", intrusion)
	}
}
