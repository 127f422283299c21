package reports

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// ownExample is the definition of the contract with users.
const ownExample = "api=secureaccess&path=/reports/v2/activity/dns&rows=data&window=previous-day&verdict=blocked" +
	"&columns=timestamp:time-ms,domain,verdict,identities.0.label:text,bytes:int"

func TestAnOwnReportIsDescribedLikeEveryOther(t *testing.T) {
	t.Parallel()
	job, err := Own(Clients{}, "blocked-dns", ownExample)
	if err != nil {
		t.Fatal(err)
	}
	info := job.Info()
	if info.Title != "Blocked DNS" || info.Endpoint != "/reports/v2/activity/dns" || info.API != "secureaccess" || info.Every != jobs.PreviousDay {
		t.Errorf("info %+v", info)
	}
	if len(info.Parameters) != 1 || info.Parameters[0].Name != "verdict" {
		t.Errorf("parameters %+v", info.Parameters)
	}
	var columns []string
	for _, c := range job.Table(nil) {
		columns = append(columns, c.Name+":"+c.Kind.String()+" of "+c.Field)
	}
	want := []string{"timestamp:time of timestamp", "domain:text of domain", "verdict:text of verdict",
		"identities_0_label:text of identities.0.label", "bytes:int of bytes"}
	if !slices.Equal(columns, want) {
		t.Errorf("columns %q, want %q", columns, want)
	}
}

func TestAMistakeInADefinitionIsNamed(t *testing.T) {
	t.Parallel()
	const numbers = "api=sipgate&path=/numbers&columns="
	for _, c := range []struct{ name, definition, want string }{
		{"Bad_Name", ownExample, `name "Bad_Name": expected lower-case letters`},
		{"x", "", "api: is missing"},
		{"x", "api=%zz", "definition: expected key=value pairs"},
		{"x", "ap=sipgate&path=/x&columns=a", "api: is missing; did you mean ap?"},
		{"x", "api=sipgate&path=/x&colums=a", "columns: is missing; did you mean colums?"},
		{"x", "api=sipgat&path=/x&columns=a", `api "sipgat": expected one of secureaccess, sipgate, sierra, wizart; did you mean sipgate?`},
		{"x", "api=sipgate&api=sierra&path=/x&columns=a", "api: stands 2 times"},
		{"x", "api=sipgate&path=/x&columns=a&window=", "window: is empty"},
		{"x", "api=sipgate&path=numbers&columns=a", `path "numbers": expected a path below sipgate`},
		{"x", "api=sipgate&path=//evil.example/x&columns=a", "expected a path below sipgate"},
		{"x", "api=sipgate&path=https://evil.example/x&columns=a", "expected a path below sipgate"},
		{"x", "api=sipgate&path=/x/../y&columns=a", "expected no . and .. in it"},
		{"x", "api=sipgate&path=/x%3Fa=b&columns=a", "its parameters are keys of the definition"},
		{"x", "api=sipgate&path=/x&columns=a&window=yesterday", `did you mean previous-day?`},
		{"x", "api=sipgate&path=/x&columns=a&paging=ofset", `paging "ofset": expected one of offset, none; did you mean offset?`},
		{"x", "api=sipgate&path=/x&columns=a&rows=items[]", `rows "items[]": expected the path of one list`},
		{"x", "api=sipgate&path=/x&columns=a&rows=a..b", `rows "a..b": expected names between dots`},
		{"x", "api=sipgate&path=/history&columns=id&from=2026", "from: the window sets it"},
		{"x", "api=sipgate&path=/history&columns=id&offset=5", "offset: the paging sets it"},
		{"x", "api=sipgate&path=/history&columns=id&limit=many", "limit: expected the number of rows of a page, 1 to 1000"},
		{"x", "api=secureaccess&path=/activity/dns&columns=a&window=now", "window: expected one that lasts"},
		{"x", "api=secureaccess&path=/top-urls&columns=a&rows=items", "rows: expected data"},
		{"x", numbers + "a,,b", "a column without a path"},
		{"x", numbers + "a:integer", `columns: "a:integer": kind "integer": expected one of text, code`},
		{"x", numbers + "a:tiem", "did you mean time?"},
		{"x", numbers + "a..b", "expected names between dots"},
		{"x", numbers + "a[0]", "expected names between dots"},
		{"x", numbers + "a.b,a_b", `the name a_b is taken by "a.b": expected another one, as in a_b_2=a_b`},
		{"x", numbers + "Name=a", `name "Name": expected snake_case`},
		{"x", numbers + strings.Repeat("n", 248) + "=a", `nnn…": expected no more than 247 characters`},
		{"x", numbers + strings.Repeat("n.", 130) + "n", `n_…": expected no more than 247 characters; name=path sets it`},
		{"x", numbers + ".", "no name can be made of the path: expected name=."},
		{"x", numbers + "a[].b:int", "kind int: a path with [] gives any number of values: expected list"},
	} {
		_, err := Own(Clients{}, c.name, c.definition)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.definition, err, c.want)
		}
	}
}

func TestTheLongestNameOfAColumnIsAHeadingThatFits(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", exporters.LongestHeading)
	for definition, want := range map[string]string{name + "=a": name, "short=" + strings.Repeat("n.", 130) + "n": "short"} {
		job, err := Own(Clients{}, "x", "api=sipgate&path=/numbers&columns="+definition)
		if err != nil || job.Table(nil)[0].Name != want {
			t.Errorf("%s: %v", definition, err)
		}
	}
}

func TestColumnNamesAreMadeOfPaths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"identities.0.label": "identities_0_label", "categories[].label": "categories_label", "createdAt": "created_at",
		"externalIP": "external_ip", "sha256": "sha256", "fixedFields.61.value": "fixed_fields_61_value", "a-b": "a_b",
		"_links.self": "links_self",
	} {
		if got := snake(path); got != want {
			t.Errorf("%s is called %s, want %s", path, got, want)
		}
	}
}

// ownClients are the clients of a stand-in.
func ownClients(t *testing.T, s *standIn) Clients {
	t.Helper()
	return Clients{
		SecureAccess: secureaccess.New(secureaccess.Config{
			BaseURL: s.address(t, "SECUREACCESS_BASE_URL"), Key: s.env["SECUREACCESS_API_KEY"],
			Secret: rest.NewSecret(s.env["SECUREACCESS_API_SECRET"]), Rate: -1, Now: func() time.Time { return sandboxNow },
		}),
		Sipgate: sipgate.New(sipgate.Config{
			BaseURL: s.address(t, "SIPGATE_BASE_URL"), TokenID: s.env["SIPGATE_TOKEN_ID"],
			Token: rest.NewSecret(s.env["SIPGATE_TOKEN"]), Rate: -1,
		}),
		Sierra: sierra.New(sierra.Config{
			BaseURL: s.address(t, "SIERRA_BASE_URL"), Key: rest.NewSecret(s.env["SIERRA_CLIENT_KEY"]),
			Secret: rest.NewSecret(s.env["SIERRA_CLIENT_SECRET"]), Login: s.env["SIERRA_LOGIN"], Rate: -1,
		}),
		Wizart: wizart.New(wizartConfig(t, s)),
	}
}

// ownRun runs a definition and gives its rows as text.
func ownRun(t *testing.T, c Clients, definition, day string) (rows []string, o outcome) {
	t.Helper()
	job, err := Own(c, "own", definition)
	if err != nil {
		t.Fatal(err)
	}
	r := jobs.Request{Window: window(t, day, time.UTC), Zone: time.UTC, Proof: new(jobs.Proof)}
	for row, err := range job.Rows(t.Context(), r) {
		if err != nil {
			o.err = err
			break
		}
		var line []string
		for _, cell := range row {
			line = append(line, string(cell.Append(nil, time.UTC)))
		}
		rows = append(rows, strings.Join(line, "|"))
	}
	o.rows = len(rows)
	o.verdict, o.evidence, o.warnings, o.account = r.Proof.Result()
	return rows, o
}

func TestOwnReportsReadWhatTheSandboxServes(t *testing.T) {
	t.Parallel()
	c := ownClients(t, newStandIn(t, sandbox.Options{}))
	for _, e := range []struct {
		name, definition, day string
		verdict               jobs.Verdict
		least                 int
	}{
		{"aggregated rows", "api=secureaccess&path=/reports/v2/top-categories/dns&columns=category.label,count:int", "2026-11-20", jobs.Complete, 5},
		{"rows with a small page", "api=secureaccess&path=/top-categories/dns&limit=3&columns=category.label,count:int", "2026-11-20", jobs.Complete, 5},
		{"one record", "api=secureaccess&path=/summary&columns=requests:int,domains:int", "2026-11-20", jobs.Complete, 1},
		{"the present", "api=secureaccess&path=/identities&window=now&columns=id:code,label", "now", jobs.Complete, 5},
		{"a list in one answer", "api=secureaccess&path=/categories&window=now&columns=id:code,label", "now", jobs.Complete, 5},
		{"a list below data", "api=secureaccess&path=/applications&rows=data.applications&window=now&columns=id:code,label", "now", jobs.Complete, 5},
		{"numbers", "api=sipgate&path=/numbers&window=now&columns=number:code,type,mnpState.isReleased:bool", "now", jobs.Complete, 3},
		{"contacts in small pages", "api=sipgate&path=/contacts&window=now&limit=2&columns=id:code,name", "now", jobs.Complete, 3},
		{"one answer", "api=sipgate&path=/balance&rows=.&window=now&columns=amount:int,currency", "now", jobs.Complete, 1},
		{"the account's users", "api=sipgate&path=/users&window=now&columns=id:code,directDialIds:list", "now", jobs.Unproven, 3},
		{"calls of a day", "api=sipgate&path=/v2/history&types=CALL&columns=id:code,created:time", "2026-11-20", jobs.Complete, 5},
		{"branches", "api=sierra&path=/branches&window=now&columns=id:code,name,locations[].code", "now", jobs.Complete, 3},
		{"items that changed", "api=sierra&path=/items&limit=50&columns=id:code,updatedDate:time,bibIds:list", "2026-11-20", jobs.Complete, 5},
		{"no item of the far past", "api=sierra&path=/items&columns=id:code", "1999-01-01", jobs.Complete, 0},
		{"invoices with the login", "api=sierra&path=/invoices&window=now&columns=id:code", "now", jobs.Complete, 1},
		{"imports", "api=wizart&path=/imports&columns=id:code,attributes.status,attributes.result.total_rows:int", "2026-11-20", jobs.Unproven, 5},
		{"articles by number", "api=wizart&path=/api/customer/articles&window=now&columns=uuid:code,name,width:decimal", "now", jobs.Complete, 16},
		{"articles by address", "api=wizart&path=/api/customer/articles&paging=link&window=now&locale=ru&columns=uuid:code,name", "now", jobs.Complete, 16},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			rows, o := ownRun(t, c, e.definition, e.day)
			if o.err != nil || o.verdict != e.verdict || o.rows < e.least || o.account == "" {
				t.Errorf("%d rows, %s %q, account %q, %v; want %s", o.rows, o.verdict, o.evidence, o.account, o.err, e.verdict)
			}
			if len(rows) > 0 && strings.HasPrefix(rows[0], "|") {
				t.Errorf("the first cell of %q is empty", rows[0])
			}
		})
	}
}

func TestOwnReportsReadWhatTheCatalogueDoesNotHave(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	c := ownClients(t, s)
	endpoints := map[string]bool{}
	for _, j := range All(c) {
		endpoints[j.Info().Endpoint] = true
	}
	patrons, o := ownRun(t, c, "api=sierra&path=/items/checkouts&window=now&columns=patron:code", "now")
	if o.err != nil || len(patrons) == 0 {
		t.Fatal(o.err)
	}
	patron := patrons[0][strings.LastIndexByte(patrons[0], '/')+1:]
	for _, definition := range []string{
		"api=secureaccess&path=/reports/v2/threat-types/Ransomware&paging=none&rows=data&window=now&columns=name,description",
		"api=sipgate&path=/w0/notifications&rows=voicemail&window=now&columns=endpointId:code,endpointAlias,emails[].email,emails.0.cause:text",
		"api=sierra&path=/patrons/" + patron + "/checkouts&window=now&columns=id:code,barcode:code,dueDate:time,numberOfRenewals:int",
		"api=sierra&path=/orders/funds/0/1&rows=.&paging=none&window=now&columns=code,name=fundName",
		"api=wizart&path=/imports/last&rows=data&window=now&columns=id:code,attributes.status,attributes.created_at",
	} {
		job, err := Own(c, "own", definition)
		if err != nil {
			t.Fatal(err)
		}
		if endpoint := job.Info().Endpoint; endpoints[endpoint] || endpoints[strings.TrimPrefix(endpoint, "/v2")] {
			t.Errorf("%s is a built-in report's", endpoint)
		}
		rows, o := ownRun(t, c, definition, "now")
		if o.err != nil || o.verdict == jobs.Truncated || len(rows) == 0 || strings.HasPrefix(rows[0], "|") || strings.HasSuffix(rows[0], "|") {
			t.Errorf("%s: %s %q, %v, %q", definition, o.verdict, o.evidence, o.err, rows)
		}
	}
}

func TestAnOwnReportOfEventsHasTheRowsOfTheBuiltInOne(t *testing.T) {
	t.Parallel()
	c := ownClients(t, newStandIn(t, sandbox.Options{}))
	built := runReport(t, SecureAccess(c.SecureAccess), "secureaccess-activity-dns", "2026-11-20", url.Values{"verdict": {"blocked"}})
	rows, own := ownRun(t, c, ownExample, "2026-11-20")
	if own.err != nil || own.verdict != built.verdict || own.rows != built.rows || own.rows == 0 {
		t.Fatalf("%d rows, %s, %v; the built-in report has %d, %s", own.rows, own.verdict, own.err, built.rows, built.verdict)
	}
	for _, row := range rows {
		if !strings.HasPrefix(row, "2026-11-20T") || !strings.Contains(row, "|blocked|") {
			t.Fatalf("row %s", row)
		}
	}
	_, whole := ownRun(t, c, "api=secureaccess&path=/activity/dns&columns=domain", "2026-11-20")
	if whole.rows <= 15_000 || whole.verdict != jobs.Complete {
		t.Errorf("%d rows, %s %q; want more than a listing shows at once, complete", whole.rows, whole.verdict, whole.evidence)
	}
}

// ownServer answers every path with what answer gives for a query.
func ownServer(t *testing.T, answer func(path string, query url.Values) string) Clients {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var body string
		switch r.URL.Path {
		case sipgate.UserinfoPath:
			body = `{"sub":"w0","domain":"sipgate.example"}`
		case "/oauth/token":
			body = `{"access_token":"token-G01den","token_type":"Bearer","expires_in":3600}`
		default:
			body = answer(r.URL.Path, r.URL.Query())
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return Clients{
		Sipgate: sipgate.New(sipgate.Config{BaseURL: base, TokenID: "token-G01den", Rate: -1}),
		Wizart:  wizart.New(wizart.Config{BaseURL: base, Username: "u", Password: rest.NewSecret("password-G01den"), Rate: -1}),
	}
}

func TestCellsAreExactAndAbsentOnesEmpty(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ column, record, want string }{
		{"v", `{"v":"a"}`, "a"}, {"v", `{"v":12345678901234567890}`, "12345678901234567890"}, {"v", `{"v":true}`, "true"},
		{"v", `{}`, ""}, {"v", `{"v":null}`, ""}, {"v.w.x", `{"v":null}`, ""},
		{"v:int", `{"v":12345678901234567890}`, "12345678901234567890"}, {"v:int", `{"v":"7"}`, "7"}, {"v:int", `{"v":""}`, ""},
		{"v:money", `{"v":0.10}`, "0.10"}, {"v:decimal", `{"v":"-3.50"}`, "-3.50"},
		{"v:bool", `{"v":false}`, "false"}, {"v:bool", `{"v":1}`, "true"}, {"v:bool", `{"v":"true"}`, "true"},
		{"v:date", `{"v":"2026-11-21"}`, "2026-11-21"}, {"v:time", `{"v":"2026-11-21T12:00:00+01:00"}`, "2026-11-21T11:00:00Z"},
		{"v:time-ms", `{"v":1795269600500}`, "2026-11-21T14:00:00.5Z"}, {"v:time-s", `{"v":"1795269600"}`, "2026-11-21T14:00:00Z"},
		{"v:time-ms", `{"v":0}`, ""}, {"v:duration", `{"v":90.5}`, "90.5"}, {"v:code", `{"v":"0049 30"}`, "0049 30"},
		{"v:list", `{"v":["a",null,2]}`, "a; 2"}, {"v:list", `{"v":"a"}`, "a"}, {"v[].w", `{"v":[{"w":"a"},{},{"w":"b"}]}`, "a; b"},
		{"v[].w:text", `{"v":[{"w":"a"},{"w":"b"}]}`, "a; b"}, {"v.1.w", `{"v":[{"w":"a"},{"w":"b"}]}`, "b"},
		{"v.7.w", `{"v":[]}`, ""}, {"v.61", `{"v":{"61":"x"}}`, "x"}, {"all=.:list", `["a","b"]`, "a; b"},
	} {
		clients := ownServer(t, func(string, url.Values) string { return `{"items":[` + c.record + `]}` })
		rows, o := ownRun(t, clients, "api=sipgate&path=/x&window=now&columns="+url.QueryEscape(c.column), "now")
		if o.err != nil || len(rows) != 1 || rows[0] != c.want {
			t.Errorf("%s of %s: %q, %v; want %q", c.column, c.record, rows, o.err, c.want)
		}
	}
}

func TestAValueOfAnotherTypeIsAnErrorThatNamesItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ column, record, want string }{
		{"v", `{"v":{}}`, "row 2: column v: v: an object where a text was expected"},
		{"v:int", `{"v":1.5}`, "v: the number 1.5 where a whole number was expected"},
		{"v:int", `{"v":"secret words"}`, "v: a text where a whole number was expected"},
		{"v:int", `{"v":true}`, "v: true or false where a whole number was expected"},
		{"v:bool", `{"v":"yes"}`, "v: a text where true or false was expected"},
		{"v:date", `{"v":"21.11.2026"}`, "where a date such as 2026-11-21 was expected"},
		{"v:time", `{"v":"2026-11-21 12:00:00"}`, "where a time with its offset"},
		{"v:time-ms", `{"v":1e300}`, "where a number of milliseconds since 1970 was expected"},
		{"v:time-s", `{"v":1795269600500}`, "where a number of seconds since 1970 was expected"},
		{"v:duration", `{"v":"1h"}`, "where a number of seconds was expected"},
		{"v.w", `{"v":"x"}`, "v: a text where an object was expected"},
		{"v.w", `{"v":[{}]}`, "v: a list where an object was expected: its elements are v.0, v.1 …, or v[] for all"},
		{"v[].w", `{"v":{}}`, "v: an object where a list was expected"},
		{"v:list", `{"v":[[1]]}`, "v: a list in a list of texts"},
	} {
		clients := ownServer(t, func(string, url.Values) string { return `{"items":[{},` + c.record + `]}` })
		rows, o := ownRun(t, clients, "api=sipgate&path=/x&window=now&columns="+url.QueryEscape(c.column), "now")
		if !refusedAs(o.err, rest.Unexpected) || len(rows) != 1 || !strings.Contains(o.err.Error(), c.want) || !strings.Contains(o.err.Error(), "/x") {
			t.Errorf("%s of %s: %q, %v; want %s", c.column, c.record, rows, o.err, c.want)
		}
		if o.err != nil && strings.Contains(o.err.Error(), "secret") {
			t.Errorf("%v: the error quotes the answer", o.err)
		}
	}
}

func FuzzOwnDefinition(f *testing.F) {
	f.Add("blocked-dns", ownExample)
	f.Add("x", "api=sipgate&path=/numbers&columns=a[].b,c=d.0:list&paging=none&rows=.&window=last-7d&q=1")
	f.Add("x", "api=sierra&path=/items&columns=fixedFields.61.value:code&limit=3&updatedDate=[,]&window=now")
	f.Add("x", "api=wizart&path=/api/customer/articles&columns=.:list,[].a,x=[]&locale=ru")
	record := map[string]any{"a": []any{map[string]any{"b": "c"}}, "d": []any{"e"}, "timestamp": "0"}
	f.Fuzz(func(t *testing.T, name, definition string) {
		job, err := Own(Clients{}, name, definition)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error that says nothing")
			}
			return
		}
		if job.Info().Title == "" || len(job.Table(nil)) == 0 {
			t.Errorf("%q gives a report without title or columns", definition)
		}
		values, _ := url.ParseQuery(definition)
		for text := range strings.SplitSeq(values.Get("columns"), ",") {
			if c, err := parseOwnColumn(strings.TrimSpace(text)); err == nil {
				_, _ = c.cell(record) // may fail, but not panic
			}
		}
	})
}
