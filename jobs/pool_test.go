package jobs

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A script is a line of steps: "a+" a run of a arrives, "a-" one of a ends, "a=3" three of a are expected. After each
// arrival and end, the runs under way are compared.
func TestPoolIsFairBetweenAPIs(t *testing.T) {
	for name, c := range map[string]struct {
		places int
		script string
		want   string // the runs under way at the end
	}{
		"first come first served":                                  {2, "a+ b+ c+", "ab"},
		"a place that is given back goes to who waits":             {2, "a+ b+ c+ a-", "bc"},
		"an API alone has all places":                              {3, "a+ a+ a+ a+", "aaa"},
		"places stay free for APIs that are to come":               {3, "a=9 b=1 c=1 a+ a+ a+", "a"},
		"but no more than are needed":                              {4, "a=9 b=1 a+ a+ a+ a+", "aaa"},
		"and only until they come":                                 {3, "a=9 b=1 a+ a+ a+ b+", "aab"},
		"an API that is over keeps nothing free":                   {3, "a=9 b=1 a+ a+ a+ b+ b-", "aaa"},
		"an API that is not to come after all keeps nothing free":  {2, "a=9 b=1 a+ a+ b=0", "aa"},
		"too few places for all: nothing is kept free":             {2, "a=9 b=1 c=1 d=1 a+ a+", "aa"},
		"too few places for all: who waits for its first is first": {2, "a=9 b=1 c=1 a+ a+ a+ b+ a-", "ab"},
		"one place is each API's in its turn":                      {1, "a+ a+ b+ b+ c+ a- b-", "c"},
		"one place":                                                {1, "a+ a+ a+ b+ a-", "b"},
		"further places go to who has fewest":                      {4, "a+ a+ a+ b+ a+ b+ a-", "aabb"},
		"a scheduler always has runs of all to come":               {4, "a=max b=max c=max a+ a+ a+ b+ b+", "aab"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				p, s := NewPool(c.places), &seats{running: map[string][]func(){}}
				for step := range strings.FieldsSeq(c.script) {
					api, verb := step[:1], step[1:]
					switch verb {
					case "+":
						go s.take(ctx, p, api)
					case "-":
						s.leave(api)
					case "=max":
						p.Expect(api, math.MaxInt)
					default:
						p.Expect(api, int(verb[1]-'0'))
					}
					synctest.Wait()
				}
				if got := s.String(); got != c.want {
					t.Errorf("under way: %s, want %s", got, c.want)
				}
				cancel()
				synctest.Wait()
			})
		})
	}
}

// seats are the runs under way.
type seats struct {
	mu      sync.Mutex
	running map[string][]func()
}

func (s *seats) take(ctx context.Context, p *Pool, api string) {
	release, err := p.Acquire(ctx, api)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[api] = append(s.running[api], release)
}

func (s *seats) leave(api string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[api][0]()
	s.running[api] = s.running[api][1:]
}

func (s *seats) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Repeat("a", len(s.running["a"])) + strings.Repeat("b", len(s.running["b"])) + strings.Repeat("c", len(s.running["c"]))
}

func TestPlaceIsNotLostWhenWhoWaitsLeaves(t *testing.T) {
	p := NewPool(1)
	p.Expect("a", 2)
	release, err := p.Acquire(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := p.Acquire(ctx, "a"); !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	short, cancelShort := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancelShort()
	if _, err := p.Acquire(short, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	release()
	release() // counts once
	if release, err := p.Acquire(t.Context(), "b"); err != nil {
		t.Error(err)
	} else {
		release()
	}
	if p.free != 1 || len(p.waiting) != 0 {
		t.Errorf("free %d, waiting %d", p.free, len(p.waiting))
	}
}

func TestPoolNeverHasMoreRunsThanPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const places = 3
		p := NewPool(places)
		var mu sync.Mutex
		var all sync.WaitGroup
		running, done, most := 0, 0, 0
		for i := range 300 {
			r := rand.New(rand.NewPCG(7, uint64(i)))
			all.Go(func() {
				time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(2000))*time.Millisecond)
				defer cancel()
				release, err := p.Acquire(ctx, string(rune('a'+i%4)))
				if err != nil {
					return
				}
				mu.Lock()
				running, done = running+1, done+1
				most = max(most, running)
				mu.Unlock()
				time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
				mu.Lock()
				running--
				mu.Unlock()
				release()
			})
		}
		all.Wait()
		if most != places || p.free != places || done < 100 {
			t.Errorf("at most %d at once, %d free, %d done", most, p.free, done)
		}
	})
}
