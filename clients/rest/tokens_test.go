package rest_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestTokenIsRenewedOnceForAllWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(given("one-token", "", "3600"), given("two-token", "", "3600"))
		server.before = func(*http.Request) { time.Sleep(3 * time.Second) }
		tokens := rest.NewTokens(only(server, "password"))
		work := func(want string, step func() error) {
			var workers sync.WaitGroup
			for range 64 {
				workers.Go(func() {
					if err := step(); err != nil {
						t.Error(err)
					}
				})
			}
			workers.Wait()
			if got, _ := sign(t, tokens); got != want {
				t.Errorf("signed with %q, want %q", got, want)
			}
		}
		work("Bearer one-token", func() error { return tokens.Token(t.Context()) })
		_, generation := sign(t, tokens)
		work("Bearer two-token", func() error {
			again, err := tokens.Refused(t.Context(), generation)
			if !again {
				t.Error("asking again is not worth it")
			}
			return err
		})
		if server.count() != 2 {
			t.Errorf("%d token calls, want 2", server.count())
		}
	})
}

func TestLateRefusalOfAnOldTokenRenewsNothing(t *testing.T) {
	t.Parallel()
	server := scripted(given("one-token", "", ""), given("two-token", "", ""))
	tokens := rest.NewTokens(only(server, "client_credentials"))
	_, old := sign(t, tokens)
	for range 5 {
		if again, err := tokens.Refused(t.Context(), old); !again || err != nil {
			t.Fatalf("again %v, %v", again, err)
		}
	}
	if got, _ := sign(t, tokens); got != "Bearer two-token" || server.count() != 2 {
		t.Errorf("%q after %d calls", got, server.count())
	}
}

func TestFirstCallerThatGivesUpFailsNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(given("one-token", "", ""))
		server.before = func(*http.Request) { time.Sleep(3 * time.Second) }
		tokens := rest.NewTokens(only(server, "password"))
		first, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began, gaveUp := time.Now(), make(chan error)
		go func() { gaveUp <- tokens.Token(first) }()
		synctest.Wait()
		second := make(chan error)
		go func() { second <- tokens.Token(t.Context()) }()
		if err := <-gaveUp; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("the first left after %s with %v", time.Since(began), err)
		}
		if err := <-second; err != nil {
			t.Errorf("the second got %v", err)
		}
		if server.count() != 1 {
			t.Errorf("%d token calls, want 1", server.count())
		}
	})
}

func TestRenewalThatNobodyWaitsForStopsWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy := reply{status: 429, header: http.Header{"Retry-After": {"100"}}}
		server := scripted(busy, given("one-token", "", ""))
		tokens := rest.NewTokens(only(server, "password"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := tokens.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		if err := tokens.Token(t.Context()); err != nil || server.count() != 2 || time.Since(began) != 0 {
			t.Errorf("the next caller got %v after %d calls and %s", err, server.count(), time.Since(began))
		}
	})
}

func TestTokenEndpointThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(reply{err: errors.New("unused")})
		server.before = func(r *http.Request) { <-r.Context().Done() }
		began := time.Now()
		err := rest.NewTokens(only(server, "password")).Token(t.Context())
		wantError(t, err, rest.Unreachable, "shop: /oauth/token")
		if took := time.Since(began); server.count() != 3 || took < 90*time.Second || took > 95*time.Second {
			t.Errorf("%d calls in %s, want three of 30 s each", server.count(), took)
		}
	})
}

func TestNoRequestIsSignedInsideTheMargin(t *testing.T) {
	t.Parallel()
	for expires, c := range map[string]struct{ good, renewed time.Duration }{
		"3600": {3539 * time.Second, 3541 * time.Second}, // a minute before the end
		"60":   {53 * time.Second, 55 * time.Second},     // a tenth of its life before the end
		"5":    {4400 * time.Millisecond, 4600 * time.Millisecond},
	} {
		t.Run(expires, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := scripted(given("one-token", "", expires), given("two-token", "", expires))
				tokens := rest.NewTokens(only(server, "password"))
				for at, want := range []string{"Bearer one-token", "Bearer one-token", "Bearer two-token"} {
					time.Sleep([]time.Duration{0, c.good, c.renewed - c.good}[at])
					if got, _ := sign(t, tokens); got != want {
						t.Errorf("step %d: signed with %q, want %q", at, got, want)
					}
				}
			})
		})
	}
}

func TestExpiryCountsFromTheStartOfTheTokenCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(given("one-token", "", "60"), given("two-token", "", "60"))
		server.before = func(*http.Request) { time.Sleep(20 * time.Second) }
		tokens := rest.NewTokens(only(server, "password"))
		sign(t, tokens)
		time.Sleep(35 * time.Second) // 55 s after the start, 35 s after the answer
		if got, _ := sign(t, tokens); got != "Bearer two-token" {
			t.Errorf("signed with %q", got)
		}
	})
}

func TestTokenThatExpiresBeforeItComesIsUsedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(given("one-token", "", "1"))
		server.before = func(*http.Request) { time.Sleep(2 * time.Second) }
		tokens := rest.NewTokens(only(server, "password"))
		sign(t, tokens)
		if server.count() != 1 {
			t.Errorf("%d token calls for one request", server.count())
		}
	})
}

func TestTokenFromTheFutureIsDiscardedAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	server := scripted(given("one-token", "", "3600"), given("two-token", "", "3600"))
	o := only(server, "password")
	o.Now = func() time.Time { return now }
	tokens := rest.NewTokens(o)
	sign(t, tokens)
	now = now.Add(-2 * time.Hour)
	if got, _ := sign(t, tokens); got != "Bearer two-token" {
		t.Errorf("signed with %q", got)
	}
}

func TestThreeRenewalsInARowWithoutASuccessEndTheRun(t *testing.T) {
	t.Parallel()
	server := scripted(given("a-token", "", "3600"))
	tokens := rest.NewTokens(only(server, "password"))
	for range 3 {
		_, generation := sign(t, tokens)
		if again, err := tokens.Refused(t.Context(), generation); !again || err != nil {
			t.Fatalf("again %v, %v", again, err)
		}
	}
	_, generation := sign(t, tokens)
	again, err := tokens.Refused(t.Context(), generation)
	wantError(t, err, rest.Refused, "three renewals in a row were refused")
	wantError(t, tokens.Token(t.Context()), rest.Refused, "three renewals in a row were refused")
	if again || server.count() != 4 {
		t.Errorf("again %v, %d token calls, want the first and three renewals", again, server.count())
	}
}

func TestSuccessEndsARowOfRenewals(t *testing.T) {
	t.Parallel()
	tokens := rest.NewTokens(only(scripted(given("a-token", "", "3600")), "password"))
	for range 10 {
		_, generation := sign(t, tokens)
		tokens.Accepted(generation)
		if _, err := tokens.Refused(t.Context(), generation); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSuccessOfAnOldTokenSaysNothingOfTheNewOnes(t *testing.T) {
	t.Parallel()
	tokens := rest.NewTokens(only(scripted(given("a-token", "", "3600")), "password"))
	_, first := sign(t, tokens)
	var err error
	for range 4 {
		_, generation := sign(t, tokens)
		_, err = tokens.Refused(t.Context(), generation)
		tokens.Accepted(first)
	}
	wantError(t, err, rest.Refused, "three renewals in a row")
}

func TestTokenCallsKeepToTheirNumberAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := scripted(given("a-token", "", "3600"))
		var at []time.Duration
		began := time.Now()
		server.before = func(*http.Request) { at = append(at, time.Since(began)) }
		o := only(server, "client_credentials")
		o.PerMinute = 2
		tokens := rest.NewTokens(o)
		for range 5 {
			_, generation := sign(t, tokens)
			tokens.Accepted(generation)
			if _, err := tokens.Refused(t.Context(), generation); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		for i := 2; i < len(at); i++ {
			if at[i]-at[i-2] < time.Minute {
				t.Errorf("calls %d to %d came within %s", i-2, i, at[i]-at[i-2])
			}
		}
		if len(at) != 6 {
			t.Errorf("%d calls, want 6", len(at))
		}
	})
}

func TestNoTokenCallIsMadeBeforeOneIsNeeded(t *testing.T) {
	t.Parallel()
	server := scripted(given("a-token", "", ""))
	tokens := rest.NewTokens(only(server, "password"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tokens.Token(ctx); !errors.Is(err, context.Canceled) || server.count() != 0 {
		t.Errorf("%v, %d calls", err, server.count())
	}
}

func TestTokenCallsAreCountedInTheMeterOfWhoNeededThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var meter rest.Meter
		tokens := rest.NewTokens(only(scripted(reply{status: 503}, given("a-token", "", "")), "password"))
		if err := tokens.Token(rest.WithMeter(t.Context(), &meter)); err != nil {
			t.Fatal(err)
		}
		if meter.Requests.Load() != 2 || meter.Retries.Load() != 1 {
			t.Errorf("%d requests, %d retries", meter.Requests.Load(), meter.Retries.Load())
		}
	})
}
