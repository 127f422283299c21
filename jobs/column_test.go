package jobs

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// thing has a field for each kind of column; the zero thing lacks them all.
type thing struct {
	text   string
	number json.Number
	count  int64
	has    bool
	at     time.Time
	items  []string
}

func things() Columns[thing] {
	return Columns[thing]{
		Text("text", "", func(t *thing) string { return t.text }),
		Code("code", "", func(t *thing) string { return t.text }),
		List("list", "", func(t *thing) []string { return t.items }),
		Int("int", "", func(t *thing) (int64, bool) { return t.count, t.has }),
		Decimal("decimal", "", func(t *thing) json.Number { return t.number }),
		Money("money", "", func(t *thing) json.Number { return t.number }).In("EUR"),
		Bool("bool", "", func(t *thing) (bool, bool) { return t.has, t.has }),
		Date("date", "", func(t *thing) time.Time { return t.at }),
		Time("time", "", func(t *thing) time.Time { return t.at }),
		Duration("duration", "", func(t *thing) (time.Duration, bool) { return 90 * time.Second, t.has }).From("length"),
	}
}

func TestColumnShowsItsValueOrNothing(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	full := thing{text: "007", number: "14.990", count: -3, has: true, at: time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC), items: []string{"a", "b"}}
	want := "007|007|a; b|-3|14.990|14.990|true|2026-11-21|2026-11-22T00:30:00+01:00|90"
	for record, want := range map[*thing]string{&full: want, {}: "|||||||||", {number: "many"}: "|||||||||"} {
		var cells []string
		for _, c := range things() {
			cells = append(cells, string(c.cell(record).Append(nil, berlin)))
		}
		if got := strings.Join(cells, "|"); got != want {
			t.Errorf("%+v: %s, want %s", record, got, want)
		}
	}
}

func TestColumnIsDeclaredOnce(t *testing.T) {
	table := Report[thing]{Info: Info{Name: "things"}, Source: func(context.Context, Request) iter.Seq2[thing, error] { return nil }, Columns: things()}.Job().Table(nil)
	if c := table[5]; c.Kind != exporters.Money || c.Unit != "EUR" || c.Field != "money" {
		t.Errorf("money: %+v", c)
	}
	if c := table[9]; c.Kind != exporters.Duration || c.Field != "length" {
		t.Errorf("duration: %+v", c)
	}
	if things().HasPersonal() || !append(things(), things()[0].Personal()).HasPersonal() {
		t.Error("personal columns are not told from others")
	}
}

func TestReportThatCannotWorkPanicsWhenItIsDeclared(t *testing.T) {
	source := func(context.Context, Request) iter.Seq2[thing, error] { return nil }
	for say, r := range map[string]Report[thing]{
		"name, source and columns": {Info: Info{Name: "r"}, Columns: things()},
		"stands twice":             {Info: Info{Name: "r"}, Source: source, Columns: append(things(), things()[0])},
		"name, kind and value":     {Info: Info{Name: "r"}, Source: source, Columns: Columns[thing]{{}}},
		"no column \"nobody\"":     {Info: Info{Name: "r", Summary: []exporters.Block{{Title: "t", By: "nobody"}}}, Source: source, Columns: things()},
		"cannot be marked":         {Info: Info{Name: "r"}, Source: source, Columns: Columns[thing]{things()[0].Marking(exporters.MarkedAbove(exporters.Bad, 1))}},
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, say) {
					t.Errorf("panic %q, want %q", said, say)
				}
			}()
			r.Job()
		}()
	}
}

func TestRequestKnowsItsPageSizeAndParameters(t *testing.T) {
	r := Request{Params: url.Values{"direction": {"in"}}}
	if r.PageSize(500) != 500 || (Request{Limit: 1}).PageSize(500) != 1 || (Request{Limit: 900}).PageSize(500) != 500 {
		t.Error("the page size is not the smaller of limit and most")
	}
	if r.Param("direction", "out") != "in" || r.Param("limit", "7") != "7" {
		t.Error("a parameter is its own value or else the default")
	}
}

func TestWorstVerdictWinsAndNothingIsSaidTwice(t *testing.T) {
	var p Proof
	if v, evidence, _, _ := p.Result(); v != Unproven || len(evidence) != 1 {
		t.Errorf("of a source that says nothing: %s, %v", v, evidence)
	}
	p.Complete("page %d", 1)
	p.Truncated("page %d", 2)
	p.Unproven("page %d", 3)
	p.Complete("page %d", 1)
	p.Warn("slow")
	p.Warn("slow")
	p.Account("example")
	v, evidence, warnings, account := p.Result()
	if v != Truncated || strings.Join(evidence, ", ") != "page 1, page 2, page 3" || len(warnings) != 1 || account != "example" {
		t.Errorf("%s, %v, %v, %s", v, evidence, warnings, account)
	}
}

func TestRowsCostNoMemoryOfTheirOwn(t *testing.T) {
	many := func(n int) float64 {
		job := calls(rows(n, "x"))
		return testing.AllocsPerRun(5, func() {
			for range job.Rows(t.Context(), Request{Proof: new(Proof)}) {
			}
		})
	}
	if few, lots := many(10), many(10_000); lots > few+2 {
		t.Errorf("10 rows allocate %v times, and 10,000 rows %v times", few, lots)
	}
}
