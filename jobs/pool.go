package jobs

import (
	"context"
	"slices"
	"sync"
)

// Pool lets at most so many reports run at a time, over all APIs, and is fair between APIs: one slow API never holds up
// another. An API that has a place takes a further one only while a place stays free for every other API that has runs
// to come and no place. Where there are more such APIs than places, nothing can be kept free: then the first run of an
// API that waits goes before further runs of others, and else who comes first goes first.
type Pool struct {
	mu      sync.Mutex
	places  int
	free    int
	running map[string]int
	coming  map[string]int // runs to come, those that wait included
	waiting []*turn        // in the order in which they came
}

// turn is a run that waits for its place.
type turn struct {
	api  string
	come chan struct{} // closed when it has the place
}

// NewPool is a pool of so many places, at least one.
func NewPool(places int) *Pool {
	places = max(places, 1)
	return &Pool{places: places, free: places, running: map[string]int{}, coming: map[string]int{}}
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
		p.running[t.api]++
		p.come(t.api)
		close(t.come)
	}
}

// next is who gets the next place, or -1: of those that wait, the first of the API that has the fewest places.
func (p *Pool) next() int {
	best := -1
	for i, t := range p.waiting {
		if best < 0 || p.running[t.api] < p.running[p.waiting[best].api] {
			best = i
		}
	}
	if best >= 0 && p.running[p.waiting[best].api] > 0 && p.free <= p.kept() {
		return -1
	}
	return best
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
