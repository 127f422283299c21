package rest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Meter counts what a run cost, and notes what it came across. It may be shared by many goroutines.
type Meter struct {
	Requests atomic.Int64 // everything that was sent, redirects and token calls included
	Retries  atomic.Int64 // those of them that repeated an earlier one

	mu     sync.Mutex
	fields map[string]bool
}

// Unknown lists the fields of answers that no type takes, such as "data[].newfield", in the order of their names.
func (m *Meter) Unknown() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.fields))
}

type meterKey struct{}

// WithMeter has every request under ctx counted in m, and unknown fields of answers noted there.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// count notes a request that is about to be sent.
func count(ctx context.Context, repeats bool) {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	if m == nil {
		return
	}
	m.Requests.Add(1)
	if repeats {
		m.Retries.Add(1)
	}
}
