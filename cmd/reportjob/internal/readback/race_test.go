//go:build race

package readback

// raced tells whether the race detector is on.
const raced = true
