package rest

import (
	"context"
	"sync"
)

// mostBodies is how many bytes of answers may be in memory at once, until they have been decoded. A large answer waits in the
// connection until there is room for it; one alone always has room.
const mostBodies = 16 << 20

// room is what is left of that for one client, and the memory of answers that nobody looks at any more.
type room struct {
	mu      sync.Mutex
	taken   int64
	answers int
	usual   int64         // how large the last answer was
	freed   chan struct{} // closed when room is given back; nil if nobody waits
	spare   [][]byte      // while there are answers: a pool would lose them too often
	pool    sync.Pool
}

// take waits for room for an answer, whose length may be negative if it is not known, and gives what gives it back.
func (r *room) take(ctx context.Context, length int64) (leave func(), err error) {
	for {
		r.mu.Lock()
		if length < 0 {
			length = r.usual
		}
		if r.answers == 0 || r.taken+length <= mostBodies {
			r.taken += length
			r.answers++
			r.mu.Unlock()
			return sync.OnceFunc(func() { r.leave(length) }), nil
		}
		if r.freed == nil {
			r.freed = make(chan struct{})
		}
		freed := r.freed
		r.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// leave gives room back. Memory that is spare is kept for as long as there are other answers.
func (r *room) leave(length int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken -= length
	if r.answers--; r.answers == 0 {
		for _, body := range r.spare {
			r.pool.Put(&body)
		}
		r.spare = nil
	}
	if r.freed != nil {
		close(r.freed)
		r.freed = nil
	}
}

// again gives memory for an answer, and how long that will be as far as one can tell.
func (r *room) again(length int64) (body []byte, likely int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if likely = length; length < 0 {
		likely = r.usual + r.usual/16
	}
	if n := len(r.spare); n > 0 {
		body, r.spare = r.spare[n-1], r.spare[:n-1]
	} else if pooled, ok := r.pool.Get().(*[]byte); ok {
		body = *pooled
	}
	return body, likely
}

// free takes the memory of an answer that nobody looks at any more.
func (r *room) free(body []byte) {
	if cap(body) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spare = append(r.spare, body[:0])
}

// was notes how large an answer was.
func (r *room) was(length int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.usual = int64(length)
}
