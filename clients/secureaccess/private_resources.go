package secureaccess

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// PrivateResource is a private resource with a name, which is known if the resource was looked up.
type PrivateResource struct {
	ID   rest.ID
	Name string
}

// topResource is a resource that was asked for in a window.
type topResource struct {
	Application struct {
		ID       rest.ID      `json:"id"`
		Label    string       `json:"label"`
		Category rest.Ignored `json:"category"` // that it is a private application
	} `json:"application"`
	Rank  rest.Ignored `json:"rank"`  // what the list is sorted by is no matter here
	Count rest.Ignored `json:"count"` // the reports that follow count themselves
}

func (t *topResource) lacks() string {
	if t.Application.ID == "" {
		return "application.id"
	}
	return ""
}

// resources are the private resources that a query asks about: those that its parameter names, or else all that were
// asked for in the window, which is all about which there is something to tell.
func (c *Client) resources(ctx context.Context, parameter string, q Query, p Progress) ([]PrivateResource, error) {
	var list []PrivateResource
	for _, id := range listOf(q.Params.Get(parameter)) {
		list = append(list, PrivateResource{ID: rest.ID(id)})
	}
	if list != nil {
		return list, nil
	}
	q.Params = nil
	r := c.request("/top-resources", All, q, parts{p, "the list of private resources"})
	for t, err := range rows[topResource](ctx, r) {
		if err != nil {
			return nil, fmt.Errorf("private resources of the window: %w", err)
		}
		list = append(list, PrivateResource{t.Application.ID, t.Application.Label})
	}
	return list, nil
}

// eachResource reads a report about one private resource after the other. It says at the end that all were read.
func eachResource[T any](
	ctx context.Context, c *Client, q Query, p Progress, read func(PrivateResource, Query, Progress) iter.Seq2[T, error],
) iter.Seq2[T, error] {
	const parameter = "privateresourceid"
	return func(yield func(T, error) bool) {
		list, err := c.resources(ctx, parameter, q, p)
		if err != nil {
			failing[T](err)(yield)
			return
		}
		for _, resource := range list {
			part := parts{p, "private resource " + string(resource.ID)}
			for row, err := range read(resource, q.with(parameter, string(resource.ID)), part) {
				if err != nil {
					err = fmt.Errorf("%s: %w", part.name, err)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
		p.Complete("every one of %s private resources was read to its end", grouped(len(list)))
	}
}

// Hits are requests for a private resource by what became of them.
type Hits struct {
	Total   rest.Int `json:"total"`
	Success rest.Int `json:"success"`
	Blocked rest.Int `json:"blocked"`
}

// HitsPoint are the hits of one bucket. Its date and time are the timestamp once more.
type HitsPoint struct {
	Timestamp rest.Int     `json:"timestamp"` // milliseconds since 1970
	Date      rest.Ignored `json:"date"`
	Time      rest.Ignored `json:"time"`
	Hits      rest.Int     `json:"hitscount"`
	Success   rest.Int     `json:"success"`
	Blocked   rest.Int     `json:"blocked"`
}

// Start is when the bucket begins.
func (h HitsPoint) Start() time.Time { return instant(h.Timestamp) }

// ResourceBucket is a private resource in one stretch of time. Of a resource without any there is one with nothing but
// the sums.
type ResourceBucket struct {
	Resource PrivateResource
	Total    Hits // of the whole window
	Bucket   HitsPoint
}

type resourceSeries struct {
	ID         rest.ID      `json:"privateresourceid"`
	Total      Hits         `json:"totalHitsCount"`
	TimeSeries *[]HitsPoint `json:"timeSeriesHitsCount"`
}

func (s *resourceSeries) lacks() string {
	if s.TimeSeries == nil {
		return "timeSeriesHitsCount"
	}
	for i := range *s.TimeSeries {
		if _, ok := (*s.TimeSeries)[i].Timestamp.Get(); !ok {
			return fmt.Sprintf("timeSeriesHitsCount[%d].timestamp", i)
		}
	}
	return ""
}

// ResourceStats counts the requests for private resources, bucket by bucket: those for the resources in
// privateresourceid, or for all that were asked for. (GET /reports/v2/private-resources/detailed-stats-timerange)
func (c *Client) ResourceStats(ctx context.Context, q Query, p Progress) iter.Seq2[ResourceBucket, error] {
	return eachResource(ctx, c, q, p, func(resource PrivateResource, q Query, p Progress) iter.Seq2[ResourceBucket, error] {
		return func(yield func(ResourceBucket, error) bool) {
			r := c.request("/private-resources/detailed-stats-timerange", All, q, p)
			series, err := sealed[resourceSeries](ctx, r, r.window(r.seconds()))
			if err == nil && series != nil {
				err = r.sound("data.", series)
			}
			if err != nil {
				yield(ResourceBucket{}, err)
				return
			}
			if series == nil {
				return // An empty object is how the API says that nobody asked for it.
			}
			points := *series.TimeSeries
			if len(points) == 0 {
				points = []HitsPoint{{}}
			}
			for _, point := range points {
				if !yield(ResourceBucket{resource, series.Total, point}, nil) {
					return
				}
			}
		}
	})
}

// ResourceIdentity is somebody who asked for a private resource.
type ResourceIdentity struct {
	Resource PrivateResource `json:"-"`
	Identity
	Hits    rest.Int `json:"hitscount"`
	Success rest.Int `json:"success"`
	Blocked rest.Int `json:"blocked"`
}

func (i *ResourceIdentity) lacks() string { return missing("hitscount", i.Hits) }

// ResourceIdentities lists who asked for private resources: for those in privateresourceid, or for all.
// (GET /reports/v2/private-resources/detailed-stats-identities)
func (c *Client) ResourceIdentities(ctx context.Context, q Query, p Progress) iter.Seq2[ResourceIdentity, error] {
	return eachResource(ctx, c, q, p, func(resource PrivateResource, q Query, p Progress) iter.Seq2[ResourceIdentity, error] {
		r := c.request("/private-resources/detailed-stats-identities", All, q, p)
		return func(yield func(ResourceIdentity, error) bool) {
			var before []ResourceIdentity
			for offset, total, page := 0, 0, 1; ; page++ {
				list, err := identitiesOf(ctx, r, offset)
				if err == nil {
					err = follows(r, list, before, r.size())
				}
				if err != nil {
					yield(ResourceIdentity{}, fmt.Errorf("page %d: %w", page, err))
					return
				}
				for _, identity := range list {
					identity.Resource = resource
					if !yield(identity, nil) {
						return
					}
				}
				before, total, offset = list, total+len(list), offset+r.size()
				if r.ended(page, len(list), total, offset) {
					return
				}
			}
		}
	})
}

// identitiesOf reads a page of the list inside of an object.
func identitiesOf(ctx context.Context, r request, offset int) ([]ResourceIdentity, error) {
	type page struct {
		ID         rest.ID             `json:"privateresourceid"`
		Identities *[]ResourceIdentity `json:"identities"`
	}
	answer, err := sealed[page](ctx, r, pageQuery(r.window(r.seconds()), r.size(), offset))
	switch {
	case err != nil || answer == nil:
		return nil, err
	case answer.Identities == nil:
		return nil, r.unexpected("data.identities: missing")
	}
	list := *answer.Identities
	for i := range list {
		if err := r.sound(fmt.Sprintf("data.identities[%d].", i), &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ResourceSummary is a private resource with its hits.
type ResourceSummary struct {
	Name       string   `json:"-"` // if the resource was looked up
	ID         rest.ID  `json:"privateresourceid"`
	Identities rest.Int `json:"idscount"`
	Hits       rest.Int `json:"hitscount"`
	LastEvent  rest.Int `json:"lasteventat"` // milliseconds since 1970
}

// Last is when somebody asked for the resource last.
func (s *ResourceSummary) Last() time.Time { return instant(s.LastEvent) }

func (s *ResourceSummary) lacks() string { return missing("hitscount", s.Hits) }

// ResourceSummaries sums private resources up: those in privateresourceids, or all that were asked for.
// (GET /reports/v2/private-resources/summary-stats)
func (c *Client) ResourceSummaries(ctx context.Context, q Query, p Progress) iter.Seq2[ResourceSummary, error] {
	const parameter = "privateresourceids"
	return func(yield func(ResourceSummary, error) bool) {
		list, err := c.resources(ctx, parameter, q, p)
		if err != nil {
			failing[ResourceSummary](err)(yield)
			return
		}
		names := map[rest.ID]string{}
		for _, resource := range list {
			names[resource.ID] = resource.Name
		}
		for some := range slices.Chunk(list, idsAtOnce) {
			ids := idsOf(some)
			r := c.request("/private-resources/summary-stats", All, q.with(parameter, ids), parts{p, "private resources " + ids})
			for summary, err := range rows[ResourceSummary](ctx, r) {
				summary.Name = names[summary.ID]
				if !yield(summary, err) || err != nil {
					return
				}
			}
		}
		p.Complete("every one of %s private resources was asked about, to a short page", grouped(len(list)))
	}
}

func idsOf(list []PrivateResource) string {
	ids := make([]string, len(list))
	for i, resource := range list {
		ids[i] = string(resource.ID)
	}
	return strings.Join(ids, ",")
}
