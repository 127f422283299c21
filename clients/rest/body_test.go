package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/reportjob/reportjob/clients/rest"
)

// numbered is an answer whose values all tell its number, and that is longer the smaller it is.
func numbered(n int) string {
	text := strings.Repeat(strconv.Itoa(n)+" ", 2000-n)
	return fmt.Sprintf(`{"data":[{"name":%q,"raw":["%d"],"any":{"%d":"%d"},"list":["%[2]d"],"odd":"%[2]d\u0020"}]}`, text, n, n, n)
}

// numberedPage takes all of it, in every way that keeps text.
type numberedPage struct {
	Data []struct {
		Name rest.ID           `json:"name"`
		Raw  json.RawMessage   `json:"raw"`
		Any  rest.Record       `json:"any"`
		List []string          `json:"list"`
		Odd  string            `json:"odd"`
		None map[string]string `json:"none"`
	} `json:"data"`
}

func TestAnswersDoNotChangeWhenTheirMemoryIsUsedAgain(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, numbered(n))
	}))
	t.Cleanup(server.Close)
	c := client(loopbackTransport(t), func(o *rest.Options) { o.Base = mustURL(server.URL) })
	pages := make([]numberedPage, 60)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for n := worker; n < len(pages); n += 4 {
				if err := c.Get(context.Background(), "/", map[string][]string{"n": {strconv.Itoa(n)}}, &pages[n]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for n := range pages {
		var want numberedPage
		if err := json.Unmarshal([]byte(numbered(n)), &want); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(pages[n]), fmt.Sprint(want); got != want {
			t.Fatalf("answer %d is another one:\n got %.80s\nwant %.80s", n, got, want)
		}
	}
}

func TestAnswersComeCompressedWhereTheServerCanDoIt(t *testing.T) {
	t.Parallel()
	asked := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Accept-Encoding")
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		_, _ = io.WriteString(zip, numbered(1))
		_ = zip.Close()
	}))
	t.Cleanup(server.Close)
	var got numberedPage
	err := client(loopbackTransport(t), func(o *rest.Options) { o.Base = mustURL(server.URL) }).Get(t.Context(), "/", nil, &got)
	if err != nil || len(got.Data) != 1 || asked != "gzip" {
		t.Errorf("%v, %d rows, asked for %q", err, len(got.Data), asked)
	}
}

// zipped is what a server says is gzip.
func zipped(text string) []byte {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, _ = io.WriteString(zip, text)
	_ = zip.Close()
	return b.Bytes()
}

// saysZipped answers with one body after the other, and says that each is gzip.
func saysZipped(t *testing.T, status int, bodies ...[]byte) (base *url.URL, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		body := bodies[min(int(asked.Add(1)), len(bodies))-1]
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	return mustURL(server.URL), asked
}

func TestAnswersThatAreNotTheGzipTheySayAreUnexpectedAndNotAskedForAgain(t *testing.T) {
	t.Parallel()
	plain := []byte(`{"name":"plain"}`)
	for name, body := range map[string][]byte{"plain": plain, "plain behind gzip": append(zipped(`{"name":"a"}`), plain...)} {
		base, asked := saysZipped(t, http.StatusOK, body)
		c := client(loopbackTransport(t), func(o *rest.Options) { o.Base = base })
		wantError(t, get(t, c), rest.Unexpected, "status 200", "said to be gzip, and is not")
		if n := asked.Load(); n != 1 {
			t.Errorf("%s: %d requests, want 1", name, n)
		}
	}
	for status, kind := range map[int]rest.Kind{403: rest.Refused, 404: rest.Rejected, 503: rest.Overloaded} {
		base, asked := saysZipped(t, status, plain)
		c := client(loopbackTransport(t), func(o *rest.Options) { o.Base, o.Retries = base, 1 })
		wantError(t, get(t, c), kind, fmt.Sprintf("status %d", status))
		if n := asked.Load(); (n == 2) != (kind == rest.Overloaded) {
			t.Errorf("%d: %d requests", status, n)
		}
	}
}

func TestTokensThatAreNotTheGzipTheySayAreUnexpectedAndNotAskedForAgain(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]rest.Kind{200: rest.Unexpected, 401: rest.Refused} {
		o := only(loopbackTransport(t), "password")
		var asked *atomic.Int64
		o.URL, asked = saysZipped(t, status, []byte(`{"access_token":"a-token","error":"x"}`))
		wantError(t, rest.NewTokens(o).Token(t.Context()), kind, fmt.Sprintf("status %d", status))
		if n := asked.Load(); n != 1 {
			t.Errorf("%d: %d calls, want 1", status, n)
		}
	}
}

func TestAnAnswerThatBreaksOffInsideGzipIsAskedForAgain(t *testing.T) {
	t.Parallel()
	whole := zipped(`{"name":"a"}`)
	for _, cut := range []int{5, 12, len(whole) - 4} {
		base, asked := saysZipped(t, http.StatusOK, whole[:cut], whole)
		err := get(t, client(loopbackTransport(t), func(o *rest.Options) { o.Base = base }))
		if n := asked.Load(); err != nil || n != 2 {
			t.Errorf("after %d bytes: %d requests, want 2: %v", cut, n, err)
		}
	}
}

func TestBodiesAreReadHoweverTheyArriveAndWhateverTheirLengthIsSaidToBe(t *testing.T) {
	t.Parallel()
	for name, around := range map[string]func(io.Reader) io.Reader{
		"byte by byte": iotest.OneByteReader, "with the end": iotest.DataErrReader, "in halves": iotest.HalfReader,
	} {
		for _, length := range []int64{-1, 0, 1, int64(len(numbered(1))), 1 << 20} {
			transport := transportFunc(func(r *http.Request) (*http.Response, error) {
				return &http.Response{
					StatusCode: http.StatusOK, ProtoMajor: 2, Request: r, ContentLength: length,
					Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(around(strings.NewReader(numbered(1)))),
				}, nil
			})
			var got numberedPage
			if err := client(transport).Get(t.Context(), "/", nil, &got); err != nil || len(got.Data) != 1 {
				t.Errorf("%s, length %d: %v, %d rows", name, length, err, len(got.Data))
			}
		}
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
