//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"time"
)

// pageRows is how many rows a page of the API has.
const pageRows = 5000

// blockRows is how many rows are made before the clock runs. A day of more says them again at other times, so that memory
// does not grow with it; tens of megabytes lie between a row and its like, which no compression can see.
const blockRows = 100_000

// answers are the rows of days as JSON.
type answers struct {
	text []byte // what follows the times of each row of a block
	from []int  // where that begins, and where the last one ends
}

func newAnswers(rows int) *answers {
	a := &answers{text: make([]byte, 0, rows*340), from: []int{0}}
	for i := range rows {
		r := recordOf(i)
		a.text = fmt.Appendf(a.text, `","verdict":"%s","externalip":"203.0.113.%d","internalip":"%s",`+
			`"identities":[{"id":%d,"label":"%s","type":{"id":7,"label":"AD Users","type":"directory_user"}}],"categories":[{"id":161,"label":"Software/Technology","type":"content"}],`+
			`"domain":"%s","querytype":"A","returncode":0},`,
			r.verdict, i%250, r.ip, i%5000, r.identity, r.domain)
		a.from = append(a.from, len(a.text))
	}
	return a
}

// instantOf is the time of a row of a day of n, in milliseconds since the day began.
func instantOf(i, n int) int64 { return int64(i) * 86_400_000 / int64(n) }

// appendPage appends the rows of the answer to a query of a window, where the day has n rows.
func (a *answers) appendPage(dst []byte, n int, query url.Values) []byte {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(query.Get(name), 10, 64)
		return n
	}
	midnight := day.UnixMilli()
	begin := sort.Search(n, func(i int) bool { return midnight+instantOf(i, n) >= number("from") })
	end := sort.Search(n, func(i int) bool { return midnight+instantOf(i, n) > number("to") })
	begin = min(begin+int(number("offset")), end)
	end = min(end, begin+int(number("limit")))
	for i := begin; i < end; i++ {
		dst = a.appendRow(dst, i, instantOf(i, n))
	}
	return bytes.TrimSuffix(dst, []byte(","))
}

// appendRow appends the row of an instant, and a comma.
func (a *answers) appendRow(dst []byte, i int, instant int64) []byte {
	dst = append(dst, `{"type":"dns","timestamp":`...)
	dst = strconv.AppendInt(dst, day.UnixMilli()+instant, 10)
	dst = append(dst, `,"date":"2026-11-20","time":"`...)
	for j, part := range [3]int64{instant / 3_600_000, instant / 60_000 % 60, instant / 1000 % 60} {
		if j > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, '0'+byte(part/10), '0'+byte(part%10))
	}
	i %= len(a.from) - 1
	return append(dst, a.text[a.from[i]:a.from[i+1]]...)
}

// appendBody appends the answer to a query of a window.
func (a *answers) appendBody(dst []byte, n int, query url.Values) []byte {
	return append(a.appendPage(append(dst, head...), n, query), tail...)
}

// What an answer has around its rows.
const (
	head = `{"data":[`
	tail = `],"meta":{}}`
)

// pageQueries ask for all rows of a day of n, a page at a time.
func pageQueries(n int) []string {
	pages := (n + pageRows - 1) / pageRows
	span := 24 * time.Hour / time.Duration(pages)
	var queries []string
	for i := range pages {
		from := day.Add(time.Duration(i) * span).UnixMilli()
		queries = append(queries, fmt.Sprintf("from=%d&to=%d&limit=%d&offset=0", from, from+span.Milliseconds()-1, pageRows))
	}
	return queries
}
