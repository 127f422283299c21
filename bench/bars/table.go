//go:build unix

package main

import (
	"fmt"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// day is that of all rows.
var day = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// ring is how many rows are made before the clock runs. Writers get them again and again, which no compression can see:
// they lie a megabyte apart.
const ring = 2000

// table is the one that writers are measured with.
func table() exporters.Table {
	t := exporters.Table{Name: "bench", Title: "Bench", Zone: time.UTC}
	for _, c := range []struct {
		name string
		kind exporters.Kind
	}{
		{"time", exporters.Time}, {"identity", exporters.Text}, {"bytes_in", exporters.Int}, {"bytes_out", exporters.Int},
		{"score", exporters.Decimal}, {"internal_ip", exporters.Code}, {"domain", exporters.Text}, {"url", exporters.Text},
		{"categories", exporters.List}, {"verdict", exporters.Text}, {"rule_id", exporters.Code}, {"encrypted", exporters.Bool},
	} {
		t.Columns = append(t.Columns, exporters.Column{Name: c.name, Kind: c.kind})
	}
	return t
}

// record is a row before it is cells.
type record struct {
	at                                  time.Time
	identity, ip, domain, url, category string
	in, out, score                      int64
	verdict, rule                       string
	encrypted                           bool
}

func recordOf(i int) record {
	x := uint64(i+1) * 0x9E3779B97F4A7C15 // scattered, and the same each time
	x ^= x >> 29
	r := record{
		at:       day.Add(time.Duration(i) * 86400 * time.Second / 1_000_000).Truncate(time.Millisecond),
		identity: fmt.Sprintf("user%d@example.com", x%5000), ip: fmt.Sprintf("10.%d.%d.%d", x>>8%200, x>>16%256, x>>24%256),
		domain: fmt.Sprintf("host-%d.example.net", x>>20%40_000), category: "Software/Technology; Cloud Storage",
		in: int64(x >> 40), out: int64(x >> 50), score: int64(x >> 33 % 10_000), verdict: "allowed", rule: fmt.Sprintf("%010d", x>>13%1e10),
		encrypted: x>>7%3 > 0,
	}
	r.url = fmt.Sprintf("https://%s/path/%016x/%08d", r.domain, x, i)
	if x>>5%10 == 0 {
		r.verdict = "blocked"
	}
	return r
}

func (r record) row() exporters.Row {
	return exporters.Row{
		exporters.OfTime(r.at), exporters.OfText(r.identity), exporters.OfInt(r.in), exporters.OfInt(r.out), exporters.OfDecimal(r.score, 2),
		exporters.OfCode(r.ip), exporters.OfText(r.domain), exporters.OfText(r.url), exporters.OfList(r.category), exporters.OfText(r.verdict),
		exporters.OfCode(r.rule), exporters.OfBool(r.encrypted),
	}
}
