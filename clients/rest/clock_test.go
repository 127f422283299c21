package rest_test

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestClocksAreComparedAsFarAsAnAnswerTells(t *testing.T) {
	for name, tt := range map[string]struct {
		date    string // relative to when the request leaves
		latency time.Duration
		age     string
		ahead   time.Duration
		known   bool
	}{
		"the same":                           {"0s", 0, "", 0, true},
		"the same, cut to the second":        {"-1s", 300 * time.Millisecond, "", 0, true},
		"dated while it was on its way":      {"3s", 4 * time.Second, "", 0, true},
		"ahead":                              {"90s", 0, "", 90 * time.Second, true},
		"ahead by no more than the way back": {"90s", 2 * time.Second, "", 88 * time.Second, true},
		"behind":                             {"-300s", time.Second, "", -299 * time.Second, true},
		"out of a cache":                     {"-300s", 0, "250", 0, false},
		"no date":                            {"", 0, "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				header := http.Header{"Content-Type": {"application/json"}}
				if d, err := time.ParseDuration(tt.date); err == nil {
					header.Set("Date", time.Now().Add(d).UTC().Format(http.TimeFormat))
				}
				if tt.age != "" {
					header.Set("Age", tt.age)
				}
				api := scripted(reply{body: "{}", header: header})
				api.before = func(*http.Request) { time.Sleep(tt.latency) }
				c := rest.New(rest.Options{API: "test", Base: &url.URL{Scheme: "http", Host: "test"}, Transport: api})
				if _, known := c.Ahead(); known {
					t.Error("known before the first answer")
				}
				if _, err := c.Do(t.Context(), rest.Request{Path: "/"}); err != nil {
					t.Fatal(err)
				}
				if ahead, known := c.Ahead(); ahead != tt.ahead || known != tt.known {
					t.Errorf("%v, %t, want %v, %t", ahead, known, tt.ahead, tt.known)
				}
			})
		})
	}
}
