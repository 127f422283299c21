package rest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestAsManyRequestsAreUsefulAtOnceAsTheRateLetsGoInTheTimeOfOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		rate     float64
		inFlight int
		takes    time.Duration
		want     int
	}{
		{"a quick answer", 5, 0, 100 * time.Millisecond, 1},
		{"just the time of one turn", 5, 0, 200 * time.Millisecond, 1},
		{"hardly more than the time of one turn", 5, 0, 250 * time.Millisecond, 1},
		{"a slow answer", 5, 0, 500 * time.Millisecond, 3},
		{"a very slow answer", 5, 0, 5 * time.Second, 4},
		{"no rate", 0, 0, time.Millisecond, 4},
		{"no rate, and few places", 0, 2, time.Millisecond, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := scripted(fine)
			server.before = func(*http.Request) { time.Sleep(tt.takes) }
			c := client(server, func(o *rest.Options) { o.Rate, o.InFlight = tt.rate, tt.inFlight })
			if got := c.Useful(4); got != 1 {
				t.Errorf("%s: %d before anything is known", tt.name, got)
			}
			for range 12 { // More than a second's worth, so that some wait for their turn: that is not counted.
				if err := get(t, c); err != nil {
					t.Fatal(err)
				}
			}
			if got := c.Useful(4); got != tt.want {
				t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
			}
		})
	}
}

func TestUsefulRequestsFollowTheTimeThatTheyTake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		takes, server := 50*time.Millisecond, scripted(fine)
		server.before = func(*http.Request) { time.Sleep(takes) }
		c := client(server, func(o *rest.Options) { o.Rate = 5 })
		for _, step := range []struct {
			takes time.Duration
			want  int
		}{{50 * time.Millisecond, 1}, {time.Second, 4}, {50 * time.Millisecond, 1}} {
			takes = step.takes
			for range 15 {
				if err := get(t, c); err != nil {
					t.Fatal(err)
				}
			}
			if got := c.Useful(4); got != step.want {
				t.Errorf("%s: %d, want %d", takes, got, step.want)
			}
		}
	})
}
