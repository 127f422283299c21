//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
)

// stand serves the API until it is told to stop. Its delay is in the environment. The first part of a path is how many rows
// the day has that is asked for.
func stand(int) (figures, error) {
	delay, err := time.ParseDuration(os.Getenv("BARS_DELAY"))
	if err != nil {
		return figures{}, err
	}
	all := newAnswers(blockRows)
	pages := http.NewServeMux()
	pages.HandleFunc("POST /{rows}/auth/v2/token", answer(func(dst []byte, _ int, _ *http.Request) []byte { return append(dst, token...) }))
	pages.HandleFunc("GET /{rows}/reports/v2/total-requests/dns", answer(func(dst []byte, n int, _ *http.Request) []byte { return append(dst, total(n)...) }))
	pages.HandleFunc("GET /{rows}/reports/v2/activity/dns", answer(func(dst []byte, n int, r *http.Request) []byte {
		time.Sleep(delay)
		return all.appendBody(dst, n, r.URL.Query())
	}))
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

const token = `{"access_token":"bench","token_type":"bearer","expires_in":3600}`

func total(n int) []byte { return fmt.Appendf(nil, `{"data":{"count":%d},"meta":{}}`, n) }

// answer answers with what body appends. What the API does is to cost as little as it can: nothing is encoded or packed, and
// room for answers is used again.
func answer(body func(dst []byte, n int, r *http.Request) []byte) http.HandlerFunc {
	var room sync.Pool
	return func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("rows"))
		if err != nil || n < 1 {
			http.NotFound(w, r)
			return
		}
		again, _ := room.Get().(*[]byte)
		if again == nil {
			again = new([]byte)
		}
		b := body((*again)[:0], n, r)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b)
		*again = b
		room.Put(again)
	}
}

// decoded measures how pages become records, in the way of a run or with encoding/json.
func decoded(n int, standard bool) (figures, error) {
	body := newAnswers(pageRows).appendBody(nil, pageRows, url.Values{"to": {"99999999999999"}, "limit": {strconv.Itoa(pageRows)}})
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
