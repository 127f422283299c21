package rest_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
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
