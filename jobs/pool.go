package jobs

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Pool lets at most so many reports run at a time, over all APIs, and is fair between APIs: one slow API never holds up
// another. An API that has a place takes a further one only while a place stays free for every other API that has runs
// to come and no place. Where there are more such APIs than places, nothing can be kept free. Who waits gets places in the
// order of the places that its API has, then of the time for which its API got none, then of arrival.
type Pool struct {
	mu      sync.Mutex
	places  int
	free    int
	running map[string]int
	coming  map[string]int // runs to come, those that wait included
	served  map[string]int // which place, counted from the first one given, was the last that the API got
	given   int
	waiting []*turn // in the order in which they came
}

// turn is a run that waits for its place.
type turn struct {
	api  string
	come chan struct{} // closed when it has the place
}

// NewPool is a pool of so many places, at least one.
func NewPool(places int) *Pool {
	places = max(places, 1)
	return &Pool{places: places, free: places, running: map[string]int{}, coming: map[string]int{}, served: map[string]int{}}
}

// Expect tells how many runs of an API are to come. Each run that gets its place, or gives up waiting for it, is one
// less. Runs may come that nobody expected.
func (p *Pool) Expect(api string, runs int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming[api] = max(runs, 0)
	p.grant()
}

// Acquire waits for a place for a run of an API. release gives it back; only its first call counts. The error is the
// cause for which the context ended.
func (p *Pool) Acquire(ctx context.Context, api string) (release func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	t := &turn{api, make(chan struct{})}
	p.mu.Lock()
	p.waiting = append(p.waiting, t)
	p.grant()
	p.mu.Unlock()
	release = sync.OnceFunc(func() { p.release(api) })
	select {
	case <-t.come:
		return release, nil
	case <-ctx.Done():
	}
	if !p.leave(t) { // the place came at the same moment
		release()
	}
	return nil, context.Cause(ctx)
}

// leave takes a run out of the queue, unless it has its place already.
func (p *Pool) leave(t *turn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.waiting, t)
	if i < 0 {
		return false
	}
	p.waiting = slices.Delete(p.waiting, i, i+1)
	p.come(t.api)
	p.grant()
	return true
}

func (p *Pool) release(api string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free++
	p.running[api]--
	p.grant()
}

// come counts a run as no longer to come.
func (p *Pool) come(api string) { p.coming[api] = max(p.coming[api]-1, 0) }

// grant gives places to those that may have one, for as long as there are any.
func (p *Pool) grant() {
	for p.free > 0 {
		i := p.next()
		if i < 0 {
			return
		}
		t := p.waiting[i]
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.free--
		p.given++
		p.running[t.api]++
		p.served[t.api] = p.given
		p.come(t.api)
		close(t.come)
	}
}

// next is who gets the next place, or -1.
func (p *Pool) next() int {
	if len(p.waiting) == 0 {
		return -1
	}
	first := slices.MinFunc(p.waiting, func(a, b *turn) int { // the first of those that are equal
		return cmp.Or(cmp.Compare(p.running[a.api], p.running[b.api]), cmp.Compare(p.served[a.api], p.served[b.api]))
	})
	if p.running[first.api] > 0 && p.free <= p.kept() {
		return -1
	}
	return slices.Index(p.waiting, first)
}

// kept is how many places have to stay free for APIs that have none. It is asked when no such API waits.
func (p *Pool) kept() int {
	apis, without := 0, 0
	for api := range p.apis() {
		apis++
		if p.running[api] == 0 {
			without++
		}
	}
	if apis > p.places {
		return 0
	}
	return without
}

// apis is the APIs that have runs under way or to come.
func (p *Pool) apis() map[string]bool {
	apis := map[string]bool{}
	for api, n := range p.running {
		if n > 0 {
			apis[api] = true
		}
	}
	for api, n := range p.coming {
		if n > 0 {
			apis[api] = true
		}
	}
	return apis
}
