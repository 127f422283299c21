package secureaccess

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Reports about private access: what is reached through the organisation's own resource connectors.

// AppConnectorGroupsSummary are the requests to all groups of resource connectors.
type AppConnectorGroupsSummary struct {
	Span
	Count      rest.Int `json:"count"`
	Unresolved rest.Int `json:"unresolved"`
}

func (s *AppConnectorGroupsSummary) lacks() string { return missing("count", s.Count) }

// AppConnectorGroupsSummary counts the requests of a window to groups of connectors: one record.
// (GET /reports/v2/requests-summary/appconnector-groups)
func (c *Client) AppConnectorGroupsSummary(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[AppConnectorGroupsSummary, error] {
	return object[AppConnectorGroupsSummary](ctx, c.request("/requests-summary/appconnector-groups", All, q, p), nil)
}

// AppConnectorRequests are the requests to a connector, or to a group of them.
type AppConnectorRequests struct {
	Span
	ID       rest.ID `json:"id"`
	Requests struct {
		Count      rest.Int `json:"count"`
		Unresolved rest.Int `json:"unresolved"` // of groups alone
	} `json:"requests"`
}

func (a *AppConnectorRequests) lacks() string { return missing("requests.count", a.Requests.Count) }

// RequestsByAppConnector counts the requests of a window to a connector: one record, though the reference speaks of
// each connector. (GET /reports/v2/requests-by-appconnector)
func (c *Client) RequestsByAppConnector(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[AppConnectorRequests, error] {
	return object[AppConnectorRequests](ctx, c.request("/requests-by-appconnector", All, q, p), onePage())
}

// RequestsByAppConnectorGroup counts the requests of a window to a group of connectors: one record.
// (GET /reports/v2/requests-by-appconnector-group)
func (c *Client) RequestsByAppConnectorGroup(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[AppConnectorRequests, error] {
	return object[AppConnectorRequests](ctx, c.request("/requests-by-appconnector-group", All, q, p), onePage())
}

// UniqueResources counts the different resources of a window: one record. (GET /reports/v2/unique-resources)
func (c *Client) UniqueResources(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[TotalRequests, error] {
	return object[TotalRequests](ctx, c.request("/unique-resources", All, q, p), nil)
}

// OverloadedGroups is how many groups of connectors had more to do than a threshold.
type OverloadedGroups struct {
	TotalRequests
	Threshold string `json:"-"` // percent, as it was asked for
}

// OverloadedGroups counts the groups of connectors whose CPU is busier than the percentage in cputhreshold: one record.
// (GET /reports/v2/app-connectors/groups/overloaded-count)
func (c *Client) OverloadedGroups(ctx context.Context, q Query, p Progress) iter.Seq2[OverloadedGroups, error] {
	return flat(object[TotalRequests](ctx, c.request("/app-connectors/groups/overloaded-count", All, q, p), nil),
		func(t *TotalRequests) []OverloadedGroups {
			return []OverloadedGroups{{*t, q.Params.Get("cputhreshold")}}
		})
}

// Amount is a number that the API gives as it is, or as {"count": 8}.
type Amount struct{ rest.Int }

// UnmarshalJSON takes either.
func (a *Amount) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		return json.Unmarshal(b, &a.Int)
	}
	var object struct {
		Count rest.Int `json:"count"`
	}
	err := json.Unmarshal(b, &object)
	a.Int = object.Count
	return err
}

// ConnectorBucket is a connector, or a group of them, in one stretch of time. Of a connector without any there is one
// with nothing but the sums.
type ConnectorBucket struct {
	GroupID  rest.ID
	AgentID  rest.ID          // empty for a group
	Summary  ConnectorSummary // of the whole window
	Bucket   ConnectorPoint
	Measured bool // there is a bucket
}

// ConnectorSummary is the load of a whole window.
type ConnectorSummary struct {
	CPUUtilization rest.Number `json:"cpuUtilization"` // percent
	Requests       Amount      `json:"requests"`       // of a connector alone
}

// ConnectorPoint is the load of one bucket. The API's description and its example differ in the name of the requests.
type ConnectorPoint struct {
	Timestamp      rest.Int    `json:"timestamp"`      // milliseconds since 1970
	CPUUtilization rest.Number `json:"cpuUtilization"` // percent
	TunnelStatus   string      `json:"tunnelStatus"`   // UP or DOWN, of a connector alone
	Requests       Amount      `json:"requests"`
	Request        Amount      `json:"request"`
}

// Start is when the bucket begins.
func (p ConnectorPoint) Start() time.Time { return instant(p.Timestamp) }

// Count is the number of requests, under whichever name.
func (p ConnectorPoint) Count() (int64, bool) { return first(p.Requests.Int, p.Request.Int) }

type connectorSeries struct {
	GroupID    rest.ID           `json:"groupId"`
	AgentID    rest.ID           `json:"agentId"`
	Summary    ConnectorSummary  `json:"summaryData"`
	TimeSeries *[]ConnectorPoint `json:"timeSeriesData"`
}

func (s *connectorSeries) lacks() string {
	switch {
	case s.GroupID == "" && s.AgentID == "":
		return "groupId"
	case s.TimeSeries == nil:
		return "timeSeriesData"
	}
	for i := range *s.TimeSeries {
		if _, ok := (*s.TimeSeries)[i].Timestamp.Get(); !ok {
			return fmt.Sprintf("timeSeriesData[%d].timestamp", i)
		}
	}
	return ""
}

func (s *connectorSeries) buckets() []ConnectorBucket {
	bucket := ConnectorBucket{GroupID: s.GroupID, AgentID: s.AgentID, Summary: s.Summary}
	if len(*s.TimeSeries) == 0 {
		return []ConnectorBucket{bucket}
	}
	var buckets []ConnectorBucket
	bucket.Measured = true
	for _, bucket.Bucket = range *s.TimeSeries {
		buckets = append(buckets, bucket)
	}
	return buckets
}

// ConnectorGroupStats lists the load of the groups in groupids, bucket by bucket.
// (GET /reports/v2/app-connectors/groups/detailed-stats-timerange)
func (c *Client) ConnectorGroupStats(ctx context.Context, q Query, p Progress) iter.Seq2[ConnectorBucket, error] {
	return connectorStats(ctx, c.request("/app-connectors/groups/detailed-stats-timerange", All, q, p), "groupids",
		func(s *connectorSeries) rest.ID { return s.GroupID })
}

// ConnectorStats lists the load of the connectors in agentids, bucket by bucket.
// (GET /reports/v2/app-connectors/detailed-stats-timerange)
func (c *Client) ConnectorStats(ctx context.Context, q Query, p Progress) iter.Seq2[ConnectorBucket, error] {
	return connectorStats(ctx, c.request("/app-connectors/detailed-stats-timerange", All, q, p), "agentids",
		func(s *connectorSeries) rest.ID { return s.AgentID })
}

func connectorStats(ctx context.Context, r request, asked string, id func(*connectorSeries) rest.ID) iter.Seq2[ConnectorBucket, error] {
	return func(yield func(ConnectorBucket, error) bool) {
		list, err := sealed[[]connectorSeries](ctx, r, r.window(r.seconds()))
		if err == nil && list == nil {
			list = new([]connectorSeries)
		}
		missed := listOf(r.q.Params.Get(asked))
		for i := 0; err == nil && i < len(*list); i++ {
			s := &(*list)[i]
			if err = r.sound(fmt.Sprintf("data[%d].", i), s); err != nil {
				break
			}
			missed = slices.DeleteFunc(missed, func(m string) bool { return m == string(id(s)) })
			for _, bucket := range s.buckets() {
				if !yield(bucket, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(ConnectorBucket{}, err)
			return
		}
		if len(missed) > 0 {
			r.p.Warn("the API says nothing about %s in %s", strings.Join(missed, ", "), asked)
		}
		r.p.Complete("one answer holds all there is, about %d of what was asked for", len(*list))
	}
}

// RuleActivity is a request for a private resource, with the rule that decided about it.
type RuleActivity struct {
	Timestamp rest.Int `json:"timestamp"` // milliseconds since 1970
	Verdict   string   `json:"verdict"`
	Rule      struct {
		ID           rest.ID `json:"id"`
		Label        string  `json:"label"`
		PrivateGroup struct {
			ID    rest.ID `json:"id"`
			Label string  `json:"label"`
		} `json:"privateapplicationgroup"`
	} `json:"rule"`
	Resource struct {
		ID    rest.ID `json:"id"`
		Label string  `json:"label"`
	} `json:"resource"`
}

// At is when it happened.
func (a *RuleActivity) At() time.Time { return instant(a.Timestamp) }

func (a *RuleActivity) millis() int64      { return a.Timestamp.Or(0) }
func (a *RuleActivity) side(string) string { return a.Verdict }
func (a *RuleActivity) lacks() string      { return missing("timestamp", a.Timestamp) }

func (a *RuleActivity) quick(other *RuleActivity) int {
	return strings.Compare(string(a.Rule.ID)+" "+string(a.Resource.ID)+a.Verdict, string(other.Rule.ID)+" "+string(other.Resource.ID)+other.Verdict)
}

// RulesActivity lists what rules decided about private resources, in the order of time.
// (GET /reports/v2/rules-activity)
func (c *Client) RulesActivity(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[RuleActivity, error] {
	return events[RuleActivity](ctx, c.request("/rules-activity", All, q, p), activity{})
}

// idsAtOnce keeps the address of a request short.
const idsAtOnce = 100

// without is a query without parameters that are not for an endpoint.
func (q Query) without(names ...string) Query {
	q.Params = maps.Clone(q.Params)
	for _, name := range names {
		q.Params.Del(name)
	}
	return q
}

// with is a query with one parameter more.
func (q Query) with(name, value string) Query {
	q.Params = maps.Clone(q.Params)
	if q.Params == nil {
		q.Params = url.Values{}
	}
	q.Params.Set(name, value)
	return q
}

func pageQuery(query url.Values, limit, offset int) url.Values {
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	return query
}
