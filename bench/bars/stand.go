//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
)

// pageRows is how many rows a page of the API has.
const pageRows = 5000

// answers are the rows of a day as JSON, made before the clock runs.
type answers struct {
	text []byte
	at   []int64 // milliseconds, of each row
	from []int   // where each row begins, and where the last one ends
}

func newAnswers(n int) *answers {
	a := &answers{text: make([]byte, 0, n*400), from: []int{0}}
	for i := range n {
		r := recordOf(i)
		ms := day.UnixMilli() + int64(i)*86_400_000/int64(n)
		a.at = append(a.at, ms)
		at := time.UnixMilli(ms).UTC()
		a.text = fmt.Appendf(a.text, `{"type":"dns","timestamp":%d,"date":"%s","time":"%s","verdict":"%s","externalip":"203.0.113.%d","internalip":"%s",`+
			`"identities":[{"id":%d,"label":"%s","type":{"id":7,"label":"AD Users","type":"directory_user"}}],"categories":[{"id":161,"label":"Software/Technology","type":"content"}],`+
			`"domain":"%s","querytype":"A","returncode":0},`,
			ms, at.Format(time.DateOnly), at.Format(time.TimeOnly), r.verdict, i%250, r.ip, i%5000, r.identity, r.domain)
		a.from = append(a.from, len(a.text))
	}
	return a
}

// page is the rows of the answer to a query of a window.
func (a *answers) page(query url.Values) []byte {
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(query.Get(name), 10, 64)
		return n
	}
	begin := sort.Search(len(a.at), func(i int) bool { return a.at[i] >= number("from") })
	end := sort.Search(len(a.at), func(i int) bool { return a.at[i] > number("to") })
	begin = min(begin+int(number("offset")), end)
	end = min(end, begin+int(number("limit")))
	return bytes.TrimSuffix(a.text[a.from[begin]:a.from[end]], []byte(","))
}

// What an answer has around its rows.
const (
	head = `{"data":[`
	tail = `],"meta":{}}`
)

// stand serves the API until it is told to stop. Its delay is in the environment.
func stand(n int) (figures, error) {
	delay, err := time.ParseDuration(os.Getenv("BARS_DELAY"))
	if err != nil {
		return figures{}, err
	}
	all := newAnswers(n)
	pages := http.NewServeMux()
	pages.HandleFunc("POST /auth/v2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"bench","token_type":"bearer","expires_in":3600}`)
	})
	pages.HandleFunc("GET /reports/v2/total-requests/dns", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"data":{"count":%d},"meta":{}}`, n)
	})
	pages.HandleFunc("GET /reports/v2/activity/dns", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		rows := all.page(r.URL.Query())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(rows)+len(tail)))
		_, _ = io.WriteString(w, head)
		_, _ = w.Write(rows) // as it is: what the API does costs as little as it can
		_, _ = io.WriteString(w, tail)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return figures{}, err
	}
	fmt.Println(listener.Addr()) // the parent waits for it
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := &http.Server{Handler: pages}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	_ = server.Serve(listener)
	return figures{}, nil
}

// decoded measures how pages become records, in the way of a run or with encoding/json.
func decoded(n int, standard bool) (figures, error) {
	all := newAnswers(pageRows)
	body := slices.Concat([]byte(head), all.page(url.Values{"from": {"0"}, "to": {"99999999999999"}, "limit": {strconv.Itoa(pageRows)}}), []byte(tail))
	type answer struct {
		Data *[]secureaccess.DNS `json:"data"`
		Meta json.RawMessage     `json:"meta"`
	}
	c := rest.New(rest.Options{API: "bench", Base: &url.URL{Scheme: "http", Host: "bench"}, Transport: constant(body)})
	ctx := rest.WithMeter(context.Background(), &rest.Meter{})
	return cost(n, func() (int64, error) {
		var bytes int64
		for range n / pageRows {
			var into answer
			var err error
			if standard {
				err = json.Unmarshal(body, &into)
			} else {
				err = c.Get(ctx, "/", nil, &into)
			}
			if err != nil {
				return 0, err
			}
			bytes += int64(len(body))
		}
		return bytes, nil
	})
}

// constant is a network with the same answer to everything.
type constant []byte

func (c constant) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(c)), Body: io.NopCloser(bytes.NewReader(c)),
	}, nil
}
