package rest

import (
	"math"
	"time"
)

// Useful is how many requests it is worth having under way at once: as many as the rate lets go in the time that one
// takes, to the nearest whole number, since with more of them some would only wait for their turn, and reading side by side
// has its price. It is never more than most, and most if there is no rate. As long as no request was made, it is 1.
func (c *Client) Useful(most int) int {
	c.mu.Lock()
	trip := c.trip
	c.mu.Unlock()
	if trip == 0 {
		return 1
	}
	if c.o.InFlight > 0 {
		most = min(most, c.o.InFlight)
	}
	if c.o.Rate > 0 {
		most = int(min(float64(most), math.Round(c.o.Rate*trip.Seconds())))
	}
	return max(1, most)
}

// took notes how long a request was on its way, from its leaving to the end of its answer, without the wait for its turn.
// The mean follows a change within some ten requests.
func (c *Client) took(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d = max(d, 1)
	if c.trip == 0 {
		c.trip = d
		return
	}
	c.trip += (d - c.trip) / 5
}
