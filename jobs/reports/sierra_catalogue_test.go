package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// sierraTable runs a report and gives its rows by the names of its columns.
func sierraTable(t *testing.T, list []jobs.Job, name, day string, params url.Values) []map[string]string {
	t.Helper()
	job := byName(t, list, name)
	r := jobs.Request{Window: window(t, day, time.UTC), Zone: time.UTC, Params: params, Proof: new(jobs.Proof)}
	rows := []map[string]string{}
	for row, err := range job.Rows(t.Context(), r) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cells := map[string]string{}
		for i, column := range job.Table(params) {
			cells[column.Name] = string(row[i].Append(nil, time.UTC))
		}
		rows = append(rows, cells)
	}
	return rows
}

func TestSierraInvoiceLinesAreThoseOfEachInvoice(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	login := "login=" + sandbox.SierraLogin
	token, want := sierraSignIn(t, s), []string{}
	for _, invoice := range sierraEntries(t, s, "/invoices?"+login) {
		var lines struct{ Entries []map[string]any }
		body := sierraAsk(t, fmt.Sprintf("%s/invoices/%v/lineItems?%s", s.env["SIERRA_BASE_URL"], invoice["id"], login), token)
		if err := json.Unmarshal([]byte(body), &lines); err != nil {
			t.Fatal(err)
		}
		for _, line := range lines.Entries {
			id := fmt.Sprint(line["id"])
			want = append(want, fmt.Sprint(invoice["id"], " ", id[strings.LastIndex(id, "/")+1:], " ", line["paidAmount"]))
		}
	}
	got := []string{}
	for _, row := range sierraTable(t, sierraReports(t, s), "sierra-invoice-lines", "now", nil) {
		got = append(got, row["invoice_id"]+" "+row["id"]+" "+row["paid_amount"])
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 100 || !slices.Equal(got, want) {
		t.Errorf("%d lines, by hand %d", len(got), len(want))
	}
}

func TestSierraHoldsRatioIsThatOfEveryTitleSomebodyWaitsFor(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	want := map[string]string{}
	for _, bib := range sierraEntries(t, s, "/bibs?deleted=false&fields=id,holdCount,copies") {
		holds, _ := bib["holdCount"].(json.Number).Int64()
		copies, _ := bib["copies"].(json.Number).Int64()
		if holds == 0 {
			continue
		}
		ratio := ""
		if copies > 0 {
			ratio = new(big.Rat).SetFrac64(holds, copies).FloatString(2)
		}
		want[bib["id"].(string)] = ratio
	}
	got := map[string]string{}
	for _, row := range sierraTable(t, sierraReports(t, s), "sierra-holds-ratio", "now", nil) {
		got[row["bib_id"]] = row["holds_per_copy"]
	}
	if len(want) < 100 || !maps.Equal(got, want) {
		t.Errorf("%d titles, by hand %d", len(got), len(want))
	}
}

func TestSierraRatioIsRoundedToTwoPlacesAndNeverDividesByNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		holds, copies int
		ratio         string
	}{{1, 3, "0.33"}, {2, 3, "0.67"}, {1, 8, "0.13"}, {199, 200, "1.00"}, {17, 1, "17.00"}, {1, 1000, "0.00"}, {5, 0, ""}, {5, -1, ""}, {1 << 40, 3, "366503875925.33"}} {
		var bib sierra.Bib
		if err := json.Unmarshal(fmt.Appendf(nil, `{"holdCount":%d,"copies":%d}`, c.holds, c.copies), &bib); err != nil {
			t.Fatal(err)
		}
		if got := sierraRatio(&bib); string(got) != c.ratio {
			t.Errorf("%d holds on %d copies: %q, want %q", c.holds, c.copies, got, c.ratio)
		}
	}
}

func TestSierraFinesByLocationAddUpToTheCent(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	type sum struct{ count, owed int64 }
	want := map[string]sum{}
	hundredths := func(v any) int64 {
		amount, ok := new(big.Rat).SetString(fmt.Sprint(v))
		if !ok {
			t.Fatalf("%v is no amount", v)
		}
		return amount.Mul(amount, big.NewRat(100, 1)).Num().Int64()
	}
	for _, f := range sierraEntries(t, s, "/fines") {
		key := fmt.Sprint(f["location"].(map[string]any)["code"], " ", f["chargeType"].(map[string]any)["code"])
		sum := want[key]
		sum.count++
		sum.owed += hundredths(f["itemCharge"]) + hundredths(f["processingFee"]) + hundredths(f["billingFee"]) - hundredths(f["paidAmount"])
		want[key] = sum
	}
	got := map[string]sum{}
	for _, row := range sierraTable(t, sierraReports(t, s), "sierra-fines-by-location", "now", nil) {
		var count int64
		_, _ = fmt.Sscan(row["fines"], &count)
		got[row["location"]+" "+row["charge_type"]] = sum{count, hundredths(row["owed"])}
	}
	if len(want) < 15 || !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSierraItemCodesAreThoseThatItemsHaveAndNoPatron(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	want, all := map[string]int{}, 0
	for _, i := range sierraEntries(t, s, "/items?deleted=false&fields=id,location,status,fixedFields") {
		all++
		want["location "+fmt.Sprint(i["location"].(map[string]any)["code"])]++
		want["status "+fmt.Sprint(i["status"].(map[string]any)["code"])]++
		want["61 "+fmt.Sprint(i["fixedFields"].(map[string]any)["61"].(map[string]any)["value"])]++
		want["86 1"]++
	}
	got := map[string]int{}
	for _, row := range sierraTable(t, sierraReports(t, s), "sierra-item-codes", "2026-11-19", nil) {
		_, _ = fmt.Sscan(row["items"], &all)
		got[row["field"]+" "+row["code"]] = all
	}
	if len(want) < 25 || !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSierraMissingItemsAreOfTheStatusesThatTheLibraryNames(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := sierraReports(t, s)
	count := func(status string) (rows int, verdict jobs.Verdict) {
		params := url.Values{}
		if status != "" {
			params.Set("status", status)
		}
		o := runReport(t, list, "sierra-missing-items", "now", params)
		if o.err != nil {
			t.Fatal(o.err)
		}
		return o.rows, o.verdict
	}
	usual, verdict := count("")
	missing, _ := count("m")
	lost, _ := count("$")
	both, doubtful := count("m,$,m")
	if usual != missing || usual == 0 || lost == 0 || both != missing+lost || verdict != jobs.Complete || doubtful != jobs.Unproven {
		t.Errorf("%d as usual, %d missing, %d lost, %d of both; %s and %s", usual, missing, lost, both, verdict, doubtful)
	}
	if codes := sierraStatuses(","); !slices.Equal(codes, []string{","}) {
		t.Errorf("a comma is a code, too: %q", codes)
	}
}

func TestSierraAcquisitionsWithoutALoginFailBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	list := Sierra(sierra.New(sierra.Config{
		BaseURL: s.address(t, "SIERRA_BASE_URL"), Key: rest.NewSecret(s.env["SIERRA_CLIENT_KEY"]), Secret: rest.NewSecret(s.env["SIERRA_CLIENT_SECRET"]), Rate: -1,
	}))
	for _, report := range []string{"sierra-invoices", "sierra-invoice-lines", "sierra-funds", "sierra-vendors"} {
		o := runReport(t, list, report, "now", nil)
		if wrong, ok := errors.AsType[*ParamError](o.err); !ok || wrong.Name != "SIERRA_LOGIN" || !strings.HasPrefix(wrong.Text, "is not set") || o.rows > 0 {
			t.Errorf("%s: %d rows: %v", report, o.rows, o.err)
		}
	}
	if s.gets.Load()+s.posts.Load() > 0 {
		t.Error("something was sent")
	}
	o := runReport(t, sierraReports(t, s), "sierra-funds", "now", url.Values{"login": {"somebody"}})
	if _, ok := errors.AsType[*ParamError](o.err); !ok {
		t.Errorf("a login in the parameters: %v", o.err)
	}
}

func TestEverySierraReportNamesTheRoleThatItsKeyLacks(t *testing.T) {
	t.Parallel()
	for _, job := range Sierra(sierra.New(sierra.Config{})) {
		info := job.Info()
		if info.Scope == "none" {
			continue
		}
		t.Run(info.Name, func(t *testing.T) {
			t.Parallel()
			s := newStandIn(t, sandbox.Options{})
			s.spoilt(1, sierraSays(403, 116, "Forbidden"))
			role, _, _ := strings.Cut(info.Scope, ",")
			o := runReport(t, sierraReports(t, s), info.Name, "2026-11-19", nil)
			if !refusedAs(o.err, rest.Refused) || o.rows != 0 || !strings.Contains(o.err.Error(), "lacks the role "+role) {
				t.Errorf("%d rows: %v", o.rows, o.err)
			}
		})
	}
}

func TestEverySierraReportTakesAWrongAnswerForNoReport(t *testing.T) {
	t.Parallel()
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	for _, job := range Sierra(sierra.New(sierra.Config{})) {
		info := job.Info()
		path, _, _ := strings.Cut(info.Endpoint, "/{")
		for fault, handler := range map[string]http.HandlerFunc{
			"a page for people": page, "an empty object": answer(`{}`), "null": answer(`null`), "text": answer(`"nothing to see"`),
			"entries that are no list": answer(`{"entries":{"id":1},"roles":7}`), "entries that are no records": answer(`{"entries":[7],"roles":[7]}`),
			"entries without anything": answer(`{"entries":[{}],"roles":[{}]}`), "a list where an object should be, or the other way round": answer(`[[]]`),
		} {
			s := newStandIn(t, sandbox.Options{})
			s.spoilt(1, handler)
			o := runReport(t, sierraReports(t, s), info.Name, "2026-11-19", nil)
			if !refusedAs(o.err, rest.Unexpected) || o.rows != 0 || !strings.Contains(o.err.Error(), path) {
				t.Errorf("%s, %s: %d rows: %v", info.Name, fault, o.rows, o.err)
			}
		}
	}
}

func TestSierraTitlesThatTellNoHoldsAreNoReportOfNone(t *testing.T) {
	t.Parallel()
	s := newStandIn(t, sandbox.Options{})
	s.spoilt(1, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"entries":[{"id":"1","updatedDate":"2026-11-19T01:00:00Z","deleted":false,"copies":3}]}`)
	})
	o := runReport(t, sierraReports(t, s), "sierra-holds-ratio", "now", nil)
	if !refusedAs(o.err, rest.Unexpected) || !strings.Contains(o.err.Error(), "holdCount") {
		t.Errorf("%d rows: %v", o.rows, o.err)
	}
}
