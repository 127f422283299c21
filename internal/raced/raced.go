// Package raced helps tests to bear the race detector, under which everything takes five to twenty times as long. Only
// tests import it.
package raced

import (
	"context"
	"testing"
	"time"
)

// Few is how often a test repeats what it repeats n times: under the race detector a tenth of it, and at least twice. The
// detector finds races in few rounds as well as in many, and the many are gone through without it.
func Few(n int) int {
	if !Enabled {
		return n
	}
	return min(n, max(2, n/10))
}

// Every is the stride of a sweep over all steps or bytes of something: one, and n under the race detector.
func Every(n int) int {
	if !Enabled {
		return 1
	}
	return n
}

// Context ends a little before the time for all tests of the package is over: a test that hangs fails then, and says in
// which state, while one that is slow is only slow. It is of no use in a synctest bubble, whose clock is another.
func Context(t *testing.T) context.Context {
	t.Helper()
	over, ok := t.Deadline()
	if !ok {
		return t.Context()
	}
	left := time.Until(over)
	ctx, cancel := context.WithTimeout(t.Context(), left-min(left/10, 15*time.Second))
	t.Cleanup(cancel)
	return ctx
}
