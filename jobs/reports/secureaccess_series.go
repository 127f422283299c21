package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of a window in parts: by the hour, or by the minute, hour or day, as the parameter timerange says.

func secureAccessSeries(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessRequestsByTimeRange(c),
		secureAccessCategoriesByTime(c),
		secureAccessBandwidth(c),
	)
}

// saRequestSeries are the types of traffic that time series of requests have.
const saRequestSeries = "dns proxy firewall intrusion ip remote-access ztna"

// saOverTime is the summary of a series of requests, whose times stand in a column.
func saOverTime(column string) []exporters.Block {
	return []exporters.Block{
		{Title: "Requests", Sum: "requests"},
		{Title: "Requests that were blocked", Sum: "requests_blocked"},
		{Title: "Requests over time", By: column, Every: exporters.HourOrDay, Sum: "requests", Chart: exporters.Lines},
		{Title: "Blocked requests over time", By: column, Every: exporters.HourOrDay, Sum: "requests_blocked", Chart: exporters.Lines},
	}
}

func secureAccessRequestsByHour(c *secureaccess.Client) []jobs.Job {
	info := jobs.Info{
		Title:      "Requests by hour",
		About:      "One row an hour: how many requests there were, and what became of them.",
		Parameters: saParameters(saTopFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saGranularEvents,
		Summary: saOverTime("hour"),
	}
	return saReport(info, "requests-by-hour", saRequestSeries, c.RequestsByHour, saRequestColumns(saHour))
}

func secureAccessRequestsByTimeRange(c *secureaccess.Client) []jobs.Job {
	const path = "requests-by-timerange"
	info := jobs.Info{
		Title:      "Requests by minute, hour or day",
		Summary:    saOverTime("period_start"),
		About:      "One row a minute, hour or day, as the parameter timerange says: how many requests there were, and what became of them.",
		Parameters: saParameters(saFilters + " " + secureaccess.TimeRange),
		Paging:     saPages, Limits: saPageLimits, Scope: saGranularEvents,
	}
	columns := saRequestColumns(saPeriod)
	twins := saTwins(info, path, saRequestSeries, c.RequestsByTimeRange, columns)
	info.Parameters = append(info.Parameters, saParameters(secureaccess.TrafficType)...) // The paths of types have the type.
	return append([]jobs.Job{saJob(info, path, secureaccess.All, c.RequestsByTimeRange, columns)}, twins...)
}

func saRequestColumns(begins saBucket) jobs.Columns[secureaccess.RequestBucket] {
	type T = secureaccess.RequestBucket
	return append(jobs.Columns[T]{
		saBegins(begins, func(b *T) *secureaccess.Bucket { return &b.Bucket }),
		saCount("requests", "All requests of the "+begins.name+".", func(b *T) rest.Int { return b.Count }).From("data[].count"),
	}, saCounts(func(b *T) *secureaccess.Counts { return &b.Counts })...)
}

func secureAccessCategoriesByTime(c *secureaccess.Client) []jobs.Job {
	const types = "dns proxy ip"
	hour := jobs.Info{
		Title: "Categories by hour",
		About: "One row an hour and category: how many requests there were for destinations of the category. An hour without " +
			"any has one row without a category.",
		Parameters: saParameters(saCategoryFilters + " sha256"),
		Paging:     saPages, Limits: saPageLimits + "; an hour is one of these rows, with all its categories", Scope: saGranularEvents,
	}
	span := jobs.Info{
		Title: "Categories by minute, hour or day",
		About: "One row a minute, hour or day, as the parameter timerange says, and category: how many requests there were for " +
			"destinations of the category. A part of the window without any has one row without a category.",
		Parameters: saParameters(saCategoryFilters + " " + secureaccess.TimeRange),
		Paging:     saPages, Limits: saPageLimits + "; a part of the window is one of these rows, with all its categories", Scope: saGranularEvents,
	}
	return slices.Concat(
		saReport(hour, "categories-by-hour", types, c.CategoriesByHour, saCategoryCountColumns(saHour)),
		saReport(span, "categories-by-timerange", types, c.CategoriesByTimeRange, saCategoryCountColumns(saPeriod)),
	)
}

func saCategoryCountColumns(begins saBucket) jobs.Columns[secureaccess.CategoryCount] {
	type T = secureaccess.CategoryCount
	return slices.Concat(
		jobs.Columns[T]{saBegins(begins, func(n *T) *secureaccess.Bucket { return &n.Bucket })},
		saCategory("data[].counts[].category", func(n *T) *secureaccess.Category { return &n.Category }),
		jobs.Columns[T]{
			saCount("requests", "Requests for destinations of the category.", func(n *T) rest.Int { return n.Requests }).From("data[].counts[].requests"),
		},
	)
}

func secureAccessBandwidth(c *secureaccess.Client) []jobs.Job {
	info := jobs.Info{
		Title:      "Bandwidth by hour",
		About:      "One row an hour: how many bytes went through the secure web gateway. Other traffic is not measured.",
		Parameters: saParameters(saWebFilters + " sha256"),
		Paging:     saPages, Limits: saPageLimits, Scope: saGranularEvents,
	}
	span := info
	span.Title = "Bandwidth by minute, hour or day"
	span.About = "One row a minute, hour or day, as the parameter timerange says: how many bytes went through the secure web gateway. " +
		"Other traffic is not measured."
	span.Parameters = saParameters(saWebFilters + " sha256 " + secureaccess.TimeRange)
	return slices.Concat(
		saReport(info, "bandwidth-by-hour", "", c.BandwidthByHour, saBandwidthColumns(saHour)),
		saReport(span, "bandwidth-by-timerange", "", c.BandwidthByTimeRange, saBandwidthColumns(saPeriod)),
	)
}

func saBandwidthColumns(begins saBucket) jobs.Columns[secureaccess.BandwidthBucket] {
	type T = secureaccess.BandwidthBucket
	return jobs.Columns[T]{
		saBegins(begins, func(b *T) *secureaccess.Bucket { return &b.Bucket }),
		saCount("inbound", "What came in.", func(b *T) rest.Int { return b.Inbound }).In("bytes").From("data[].inboundbytes"),
		saCount("outbound", "What went out.", func(b *T) rest.Int { return b.Outbound }).In("bytes").From("data[].outboundbytes"),
	}
}

// saBucket is what the parts of a time series are called, and the column with their beginnings.
type saBucket struct{ column, name string }

var (
	saHour   = saBucket{"hour", "hour"}
	saPeriod = saBucket{"period_start", "minute, hour or day"}
)

func saBegins[T any](b saBucket, of func(*T) *secureaccess.Bucket) jobs.Column[T] {
	return jobs.Time(b.column, "The beginning of the "+b.name+".", func(r *T) time.Time { return of(r).Start() }).From("data[].timestamp")
}

// saCounts are the columns of requests by what became of them.
func saCounts[T any](of func(*T) *secureaccess.Counts) jobs.Columns[T] {
	return jobs.Columns[T]{
		saCount("requests_counted", "The requests that were either allowed or blocked, as the API counts them for the columns beside this one.",
			func(r *T) rest.Int { return of(r).Requests }).From("data[].counts.requests"),
		saCount("requests_allowed", "Requests that were let through.", func(r *T) rest.Int { return of(r).AllowedRequests }).From("data[].counts.allowedrequests"),
		saCount("requests_blocked", "Requests that were blocked.", func(r *T) rest.Int { return of(r).BlockedRequests }).From("data[].counts.blockedrequests"),
		jobs.Int("connections_made", "Remote access connections that were made.",
			func(r *T) (int64, bool) { return of(r).Connected() }).From("data[].counts.connectedevents"),
		jobs.Int("connections_ended", "Remote access connections that ended.",
			func(r *T) (int64, bool) { return of(r).Disconnected() }).From("data[].counts.disconnectedevents"),
	}
}
