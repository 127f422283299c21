package secureaccess

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Time series: a window in parts of an hour, or of the length that the parameter TimeRange says.

// Bucket is when a part of a time series begins. Date and time of day say it again, in the zone of the parameter
// timezone.
type Bucket struct {
	Timestamp rest.Int     `json:"timestamp"` // milliseconds since 1970
	Date      rest.Ignored `json:"date"`
	Time      rest.Ignored `json:"time"`
}

// Start is when the bucket begins.
func (b Bucket) Start() time.Time { return instant(b.Timestamp) }

func (b *Bucket) lacks() string { return missing("timestamp", b.Timestamp) }

// RequestBucket is a part of a window with its requests.
type RequestBucket struct {
	Bucket
	Count  rest.Int `json:"count"`
	Counts Counts   `json:"counts"`
}

func (b *RequestBucket) lacks() string { return cmp.Or(b.Bucket.lacks(), missing("count", b.Count)) }

// RequestsByHour counts the requests of a window by the hour. (GET /reports/v2/requests-by-hour[/{type}])
func (c *Client) RequestsByHour(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[RequestBucket, error] {
	return rows[RequestBucket](ctx, c.request("/requests-by-hour", traffic, q, p))
}

// RequestsByTimeRange counts the requests of a window by the minute, hour or day, as TimeRange says.
// (GET /reports/v2/requests-by-timerange[/{type}])
func (c *Client) RequestsByTimeRange(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[RequestBucket, error] {
	return rows[RequestBucket](ctx, c.request("/requests-by-timerange", traffic, q, p))
}

// BandwidthBucket is a part of a window with what was transferred through the secure web gateway.
type BandwidthBucket struct {
	Bucket
	Inbound  rest.Int `json:"inboundbytes"`
	Outbound rest.Int `json:"outboundbytes"`
}

func (b *BandwidthBucket) lacks() string {
	return cmp.Or(b.Bucket.lacks(), missing("inboundbytes", b.Inbound))
}

// BandwidthByHour measures a window by the hour. (GET /reports/v2/bandwidth-by-hour)
func (c *Client) BandwidthByHour(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[BandwidthBucket, error] {
	return rows[BandwidthBucket](ctx, c.request("/bandwidth-by-hour", traffic, q, p))
}

// BandwidthByTimeRange measures a window by the minute, hour or day, as TimeRange says.
// (GET /reports/v2/bandwidth-by-timerange)
func (c *Client) BandwidthByTimeRange(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[BandwidthBucket, error] {
	return rows[BandwidthBucket](ctx, c.request("/bandwidth-by-timerange", traffic, q, p))
}

// CategoryCount is a category with its requests in a part of a window. In a part without any, it is empty.
type CategoryCount struct {
	Bucket   `json:"-"`
	Category Category `json:"category"`
	Requests rest.Int `json:"requests"`
}

// categoryBucket is a part of a window as the API has it, with all its categories.
type categoryBucket struct {
	Bucket
	Counts categoryCounts `json:"counts"`
}

// categoryCounts may be an empty list, or null, but not missing: nobody could tell an hour without requests from an
// answer that has got another form.
type categoryCounts struct {
	list  []CategoryCount
	there bool
}

func (c *categoryCounts) UnmarshalJSON(b []byte) error {
	c.there = true
	return json.Unmarshal(b, &c.list)
}

// Within has the list decoded.
func (c *categoryCounts) Within(byte) any {
	c.there = true
	return &c.list
}

func (b *categoryBucket) lacks() string {
	if b.Counts.there {
		return b.Bucket.lacks()
	}
	return cmp.Or(b.Bucket.lacks(), "counts")
}

// counts are the categories of the bucket, or a single empty one, so that no bucket disappears.
func (b *categoryBucket) counts() []CategoryCount {
	if len(b.Counts.list) == 0 {
		return []CategoryCount{{Bucket: b.Bucket}}
	}
	for i := range b.Counts.list {
		b.Counts.list[i].Bucket = b.Bucket
	}
	return b.Counts.list
}

// CategoriesByHour counts the requests of a window by the hour and the category of their destinations.
// (GET /reports/v2/categories-by-hour[/{type}])
func (c *Client) CategoriesByHour(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[CategoryCount, error] {
	r := c.request("/categories-by-hour", traffic, q, p)
	return unfold(r, rows[categoryBucket](ctx, r), (*categoryBucket).counts)
}

// CategoriesByTimeRange counts the requests of a window by the category of their destinations and by the minute, hour
// or day, as TimeRange says. (GET /reports/v2/categories-by-timerange[/{type}])
func (c *Client) CategoriesByTimeRange(ctx context.Context, traffic Traffic, q Query, p Progress) iter.Seq2[CategoryCount, error] {
	r := c.request("/categories-by-timerange", traffic, q, p)
	return unfold(r, rows[categoryBucket](ctx, r), (*categoryBucket).counts)
}
