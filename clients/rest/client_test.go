package rest_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/internal/raced"
)

// client asks a script.
func client(s http.RoundTripper, change ...func(*rest.Options)) *rest.Client {
	o := rest.Options{API: "shop", Base: mustURL("https://api.example/v2"), Transport: s}
	for _, c := range change {
		c(&o)
	}
	return rest.New(o)
}

// get asks for /things?token=hidden-query, whose query must never be seen again.
func get(t *testing.T, c *rest.Client) error {
	t.Helper()
	var into struct{ Name string }
	err := c.Get(t.Context(), "/things", map[string][]string{"token": {"hidden-query"}}, &into)
	if err != nil && strings.Contains(err.Error(), "hidden-query") {
		t.Errorf("tells the query: %v", err)
	}
	return err
}

var fine = reply{body: `{"name":"a"}`}

func TestRequestsAreBuiltFromBasePathAndQuery(t *testing.T) {
	t.Parallel()
	server := scripted(fine)
	if err := get(t, client(server, func(o *rest.Options) { o.Auth = rest.Raw{Value: rest.NewSecret("plain-token")} })); err != nil {
		t.Fatal(err)
	}
	r := server.seen[0]
	if r.URL.String() != "https://api.example/v2/things?token=hidden-query" || r.Header.Get("Authorization") != "plain-token" ||
		r.Header.Get("Accept") != "application/json" || r.Header.Get("User-Agent") != "reportjob" || r.Method != http.MethodGet {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
}

func TestPassingFailuresAreRetried(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 425, 429, 500, 502, 503, 504} {
		synctest.Test(t, func(t *testing.T) {
			server := scripted(reply{status: status}, reply{status: status}, fine)
			if err := get(t, client(server)); err != nil || server.count() != 3 {
				t.Errorf("%d: %v after %d requests", status, err, server.count())
			}
			server = scripted(reply{status: status, body: `{"message":"Server Error"}`})
			wantError(t, get(t, client(server)), rest.Overloaded, "shop: /things", "Server Error")
			if server.count() != 5 {
				t.Errorf("%d: %d requests, want the first and four more", status, server.count())
			}
		})
	}
}

func TestFinalAnswersAreNotRetried(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]rest.Kind{
		400: rest.Rejected, 404: rest.Rejected, 410: rest.Rejected, 422: rest.Rejected, 501: rest.Rejected, 401: rest.Refused, 403: rest.Refused,
	} {
		server := scripted(reply{status: status, body: `{"message":"As the API says."}`})
		wantError(t, get(t, client(server)), kind, "As the API says.")
		if server.count() != 1 {
			t.Errorf("%d: %d requests", status, server.count())
		}
	}
}

func TestOnlyReadingIsRepeated(t *testing.T) {
	t.Parallel()
	for _, r := range []reply{{status: 503}, {err: errors.New("reset")}, {status: 302, header: http.Header{"Location": {"/other"}}}} {
		server := scripted(r)
		if _, err := client(server).Do(t.Context(), rest.Request{Method: http.MethodPost, Path: "/things"}); err == nil {
			t.Error("no error")
		}
		if server.count() != 1 {
			t.Errorf("%d requests", server.count())
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{"7": 7 * time.Second, "0": 0, "9999": 2 * time.Minute, "Sat, 01 Jan 2000 00:00:20 GMT": 20 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			server := scripted(reply{status: 429, header: http.Header{"Retry-After": {value}}}, fine)
			began := time.Now()
			if err := get(t, client(server)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != want {
				t.Errorf("%s: waited %s, want %s", value, took, want)
			}
		})
	}
}

func TestRetryAfterNothingIsBelievedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{status: 429, header: http.Header{"Retry-After": {"0"}}})
		began := time.Now()
		wantError(t, get(t, client(server)), rest.Overloaded)
		// A refusal for load waits a second and more before each attempt but the first one.
		if took := time.Since(began); took < 3*time.Second || server.count() != 5 {
			t.Errorf("%d requests in %s", server.count(), took)
		}
	})
}

func TestCredentialsThatCannotBeRenewedAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for _, auth := range []rest.Auth{
		nil, rest.Basic{User: "anna", Password: rest.NewSecret(thePassword)}, rest.Raw{Value: rest.NewSecret(theSecret)},
	} {
		server := scripted(reply{status: 401}, fine)
		c := client(server, func(o *rest.Options) { o.Auth = auth })
		wantError(t, get(t, c), rest.Refused, "status 401")
		if server.count() != 1 {
			t.Errorf("%T: %d requests", auth, server.count())
		}
		if err := get(t, c); err != nil {
			t.Errorf("%T: %v", auth, err)
		}
	}
}

func TestWaitThatWouldPassTheDeadlineFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{status: 429, header: http.Header{"Retry-After": {"60"}}})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		err := client(server).Get(ctx, "/things", nil, &struct{}{})
		wantError(t, err, rest.Overloaded, "the next attempt was due in 1m0s")
		if time.Since(began) != 0 {
			t.Errorf("took %s", time.Since(began))
		}
	})
}

func TestNetworkErrorsAreRetriedAndToldWithoutTheAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{err: errors.New("connection reset")})
		wantError(t, get(t, client(server)), rest.Unreachable, "connection reset")
		if server.count() != 5 {
			t.Errorf("%d requests", server.count())
		}
	})
}

func TestCertificateErrorsAreNotRetried(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	var tries atomic.Int64
	err := get(t, client(counting{loopbackTransport(t), &tries}, func(o *rest.Options) { o.Base = mustURL(server.URL) }))
	wantError(t, err, rest.Unreachable, "certificate", "set SHOP_CA_FILE")
	if asked.Load() != 0 || tries.Load() != 1 {
		t.Errorf("%d tries, %d requests", tries.Load(), asked.Load())
	}
}

// counting counts the requests that go through it.
type counting struct {
	http.RoundTripper
	n *atomic.Int64
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

func TestCutAnswersAreRetried(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Content-Length", "100")
		}
		_, _ = io.WriteString(w, fine.body)
	}))
	t.Cleanup(server.Close)
	if err := get(t, client(loopbackTransport(t), func(o *rest.Options) { o.Base = mustURL(server.URL) })); err != nil || asked.Load() != 2 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

func TestAnswersThatAreNotWhatTheAPIDocumentsAreDescribed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, says string }{
		"a page":     {`<!doctype html><html><head><title>Sign in</title></head></html>`, "an HTML page titled “Sign in” where JSON was expected"},
		"nothing":    {``, "an empty answer where JSON was expected"},
		"more":       {`{"name":"a"}{"name":"b"}`, "unexpected answer"},
		"wrong type": {`{"name":7}`, "name: a number where a string was expected"},
		"too much":   {`{"name":"` + strings.Repeat("a", 1000) + `"}`, "larger than 500 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := get(t, client(scripted(reply{body: c.body}), func(o *rest.Options) { o.MaxBody = 500 }))
			wantError(t, err, rest.Unexpected, "/things", c.says)
		})
	}
}

func TestRequestsKeepToTheirRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(fine)
		c := client(server, func(o *rest.Options) { o.Rate = 5 })
		began := time.Now()
		var workers sync.WaitGroup
		for range 25 {
			workers.Go(func() {
				if err := get(t, c); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		if took := time.Since(began); took < 3900*time.Millisecond || took > 4100*time.Millisecond {
			t.Errorf("25 requests at 5 a second took %s, want 4 s: a second's worth lies ready", took)
		}
	})
}

func TestNoMoreRequestsAreUnderWayThanAllowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		server := scripted(fine)
		server.before = func(*http.Request) {
			n := now.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			time.Sleep(time.Second)
			now.Add(-1)
		}
		c := client(server, func(o *rest.Options) { o.InFlight = 3 })
		var workers sync.WaitGroup
		for range 12 {
			workers.Go(func() { _ = get(t, c) })
		}
		workers.Wait()
		if most.Load() != 3 || server.count() != 12 {
			t.Errorf("%d at once, %d in all", most.Load(), server.count())
		}
	})
}

func TestSecretsAreTakenOutOfWhatTheAPISays(t *testing.T) {
	t.Parallel()
	server := scripted(reply{status: 403, body: `{"message":"no rights for ` + theSecret + `"}`})
	err := get(t, client(server, func(o *rest.Options) { o.Auth = rest.Basic{User: "anna", Password: rest.NewSecret(theSecret)} }))
	wantError(t, err, rest.Refused, "no rights for (redacted)")
}

func TestPauseThatTheAPIAsksForHoldsBackEveryRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{status: 429, header: http.Header{"Retry-After": {"30"}}}, fine)
		c := client(server)
		began := time.Now()
		var workers sync.WaitGroup
		workers.Go(func() { _ = get(t, c) })
		synctest.Wait()
		if err := get(t, c); err != nil || time.Since(began) != 30*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		workers.Wait()
	})
}

func TestPauseThatBecomesLongerIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// The first request is under way while the second one is told to pause; five seconds later it is told so as well.
		server := scripted(
			reply{status: 429, header: http.Header{"Retry-After": {"60"}}}, reply{status: 429, header: http.Header{"Retry-After": {"10"}}}, fine,
		)
		server.before = func(r *http.Request) {
			if r.URL.Path == "/v2/slow" && server.count() == 1 {
				time.Sleep(5 * time.Second)
			}
		}
		c := client(server)
		var workers sync.WaitGroup
		workers.Go(func() { _, _ = c.Do(t.Context(), rest.Request{Path: "/slow"}) })
		synctest.Wait()
		workers.Go(func() { _ = get(t, c) })
		synctest.Wait()
		began := time.Now()
		if err := get(t, c); err != nil || time.Since(began) != 65*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		workers.Wait()
	})
}

func TestTurnThatComesAfterTheDeadlineFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(fine)
		c := client(server, func(o *rest.Options) { o.Rate = 0.01 })
		if err := get(t, c); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		err := c.Get(ctx, "/things", nil, &struct{}{})
		wantError(t, err, rest.Overloaded, "no turn before the end of the run")
		if time.Since(began) != 0 || server.count() != 1 {
			t.Errorf("took %s, %d requests", time.Since(began), server.count())
		}
	})
}

func TestAnswerThatEndsWithItsConnectionInTheMiddleIsCut(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer connection.Close()
		body := fine.body
		if asked.Add(1) == 1 {
			body = body[:5]
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+body)
	}))
	t.Cleanup(server.Close)
	if err := get(t, client(loopbackTransport(t), func(o *rest.Options) { o.Base = mustURL(server.URL) })); err != nil || asked.Load() != 2 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

func TestAnswerThatStallsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := client(stalling{}, func(o *rest.Options) { o.Retries = -1 })
		began := time.Now()
		wantError(t, get(t, c), rest.Unreachable)
		if time.Since(began) != time.Minute {
			t.Errorf("after %s", time.Since(began))
		}
	})
}

// stalling gives answers whose body never comes.
type stalling struct{}

func (stalling) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, ProtoMajor: 1, ContentLength: 5, Body: never{r.Context()}}, nil
}

// never is a body that waits for the end of its request.
type never struct{ ctx context.Context }

func (n never) Read([]byte) (int, error) {
	<-n.ctx.Done()
	return 0, context.Cause(n.ctx)
}

func (never) Close() error { return nil }

func TestARequestThatCameTooLateTakesNoPlace(t *testing.T) {
	t.Parallel()
	c := rest.New(rest.Options{API: "test", Base: &url.URL{Scheme: "http", Host: "test"}, Transport: scripted(reply{body: "{}"}), InFlight: 1, Retries: -1})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // places are given at random where there is a choice
		if _, err := c.Do(over, rest.Request{Path: "/"}); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if _, err := c.Do(raced.Context(t), rest.Request{Path: "/"}); err != nil {
		t.Errorf("no place is left: %v", err)
	}
}
