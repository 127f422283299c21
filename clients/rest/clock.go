package rest

import (
	"net/http"
	"sync"
	"time"
)

// clock knows how far the API's clock is ahead of this machine's, as far as the Date of its answers tells.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
	told  bool
}

// Ahead is how far the API's clock is ahead of this machine's; behind, if it is negative. It is zero where the two may be
// the same as far as anybody can tell: answers date themselves to the second, and take their time. It is not known before
// the first answer.
func (c *Client) Ahead() (d time.Duration, known bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return c.clock.ahead, c.clock.told
}

// read takes the time from an answer to a request that left at one moment and was answered by another one. What a cache
// kept says nothing about the present.
func (c *clock) read(header http.Header, left, came time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return
	}
	least, most := date.Sub(came), date.Add(time.Second).Sub(left)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told, c.ahead = true, 0
	switch {
	case least > 0:
		c.ahead = least
	case most < 0:
		c.ahead = most
	}
}
