//go:build unix

package main

import (
	"encoding/json"
	"net/url"
	"strconv"
	"testing"
	"time"
)

// row is what the test wants to know of one.
type row struct {
	Timestamp  int64
	Date, Time string
	Domain     string
	Verdict    string
}

func TestPagesOfADayHoldEachRowOnce(t *testing.T) {
	const n, block = 10_000_000, 7000 // more rows in a minute than in a block
	all := newAnswers(block)
	from, to := day.Add(12*time.Hour), day.Add(12*time.Hour+90*time.Second)
	next, last := int64(n/2), int64(0)
	for offset := 0; ; offset += pageRows {
		var answer struct{ Data []row }
		body := all.appendBody(nil, n, url.Values{
			"from": {strconv.FormatInt(from.UnixMilli(), 10)}, "to": {strconv.FormatInt(to.UnixMilli()-1, 10)},
			"limit": {strconv.Itoa(pageRows)}, "offset": {strconv.Itoa(offset)},
		})
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		for _, r := range answer.Data {
			at := time.UnixMilli(r.Timestamp).UTC()
			if r.Timestamp < last || at.Before(from) || !at.Before(to) || r.Timestamp != day.UnixMilli()+instantOf(int(next), n) {
				t.Fatalf("row %d is at %s", next, at)
			}
			if r.Date != at.Format(time.DateOnly) || r.Time != at.Format(time.TimeOnly) || r.Domain != recordOf(int(next%block)).domain || r.Verdict == "" {
				t.Fatalf("row %d is %+v", next, r)
			}
			next, last = next+1, r.Timestamp
		}
		if len(answer.Data) < pageRows {
			break
		}
	}
	if got, want := next-n/2, int64(n*90/86_400); got < want || got > want+1 {
		t.Errorf("there are %d rows, and not %d", got, want)
	}
}
