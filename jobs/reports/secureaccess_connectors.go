package reports

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports about resource connectors, which the API calls app connectors or agents.

// saOverloaded is the load in percent above which a group of connectors counts as overloaded unless it is set.
const saOverloaded = "80"

func secureAccessConnectors(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessConnectorTotals(c),
		secureAccessOverloadedGroups(c),
		secureAccessConnectorGroupStats(c),
		secureAccessConnectorStats(c),
	)
}

func secureAccessConnectorTotals(c *secureaccess.Client) []jobs.Job {
	type sum = secureaccess.AppConnectorGroupsSummary
	type one = secureaccess.AppConnectorRequests
	info := jobs.Info{Parameters: saParameters(saFilters + " ruleid"), Paging: saOneAnswer, Limits: saLimits, Scope: saPrivate}

	all := info
	all.Title, all.About = "Requests to connector groups", "One row: the requests of the window to all groups of resource connectors."
	connector := info
	connector.Title = "Requests by connector"
	connector.About = "One row: the requests of the window to a resource connector. The API's reference speaks of each connector, and describes an answer about one."
	group := info
	group.Title = "Requests by connector group"
	group.About = "One row: the requests of the window to a group of resource connectors. The API describes an answer about one group."

	span := saSpan(func(a *one) secureaccess.Span { return a.Span })
	count := saCount("requests", "The requests to it.", func(a *one) rest.Int { return a.Requests.Count }).From("data.requests.count")
	return slices.Concat(
		saReport(all, "requests-summary/appconnector-groups", "", c.AppConnectorGroupsSummary, append(
			saSpan(func(s *sum) secureaccess.Span { return s.Span }),
			saCount("requests", "The requests to all groups.", func(s *sum) rest.Int { return s.Count }).From("data.count"),
			saCount("requests_unresolved", "Requests whose destination had no address.", func(s *sum) rest.Int { return s.Unresolved }).From("data.unresolved"),
		)),
		saReport(connector, "requests-by-appconnector", "", c.RequestsByAppConnector, append(slices.Clone(span),
			jobs.Code("connector_id", "The number of the connector.", func(a *one) string { return string(a.ID) }).From("data.id"),
			count,
		)),
		saReport(group, "requests-by-appconnector-group", "", c.RequestsByAppConnectorGroup, append(slices.Clone(span),
			jobs.Code("group_id", "The number of the group.", func(a *one) string { return string(a.ID) }).From("data.id"),
			count,
			saCount("requests_unresolved", "Requests whose destination had no address.", func(a *one) rest.Int { return a.Requests.Unresolved }).From("data.requests.unresolved"),
		)),
	)
}

func secureAccessOverloadedGroups(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.OverloadedGroups
	info := jobs.Info{
		Title: "Overloaded connector groups",
		About: "One row: how many groups of resource connectors had their CPUs busier than a threshold in the window.",
		Parameters: []jobs.Parameter{{Name: "cputhreshold", Values: "percent; " + saOverloaded + " unless it is set",
			Meaning: "From which load of its CPUs on a group counts as overloaded."}},
		Paging: saOneAnswer, Limits: saLimits, Scope: saPrivate,
	}
	return saSpecial(info, "app-connectors/groups/overloaded-count", c.OverloadedGroups, append(
		saSpan(func(g *T) secureaccess.Span { return g.Span }),
		jobs.Decimal("threshold", "The load above which a group is overloaded.", func(g *T) json.Number { return json.Number(g.Threshold) }).In("percent").From("cputhreshold"),
		saCount("groups", "Groups that were overloaded.", func(g *T) rest.Int { return g.Count }).From("data.count"),
	), saDefault("cputhreshold", saOverloaded))
}

func secureAccessConnectorGroupStats(c *secureaccess.Client) []jobs.Job {
	const path = "app-connectors/groups/detailed-stats-timerange"
	info := jobs.Info{
		Title: "Load of connector groups",
		About: "One row a group of resource connectors and hour: how busy its CPUs were. The report needs groupids, since no report lists groups. " +
			"A group without any hour is one row with the mean of the window.",
		Parameters: []jobs.Parameter{
			{Name: "groupids", Values: "numbers of groups, comma-separated; needed", Meaning: "The groups. The API lists them at GET /deployments/v2/connectorGroups, with another scope."},
			{Name: "cputhreshold", Values: "percent; 0 unless it is set, so that no group is left out", Meaning: "Groups above this load alone."},
			saBuckets,
		},
		Paging: "none: one answer", Limits: saLimits, Scope: saPrivate,
	}
	return saSpecial(info, path, c.ConnectorGroupStats, saLoad(), saNeeds("groupids", path,
		"numbers of connector groups, comma-separated, such as 31,47, which GET /deployments/v2/connectorGroups lists, "+
			"and the dashboard shows under Connect > Network Connections > Connector Groups"),
		saDefault("cputhreshold", "0"), saBucketed())
}

func secureAccessConnectorStats(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ConnectorBucket
	const path = "app-connectors/detailed-stats-timerange"
	info := jobs.Info{
		Title: "Load of connectors",
		About: "One row a resource connector and hour: whether its tunnel was up, how busy its CPU was, and how many requests it had. " +
			"The report needs agentids, since no report lists connectors. A connector without any hour is one row with its sums.",
		Parameters: []jobs.Parameter{
			{Name: "agentids", Values: "numbers of connectors, comma-separated; needed", Meaning: "The connectors. The API lists them at GET /deployments/v2/connectorAgents, with another scope."},
			saBuckets,
		},
		Paging: "none: one answer", Limits: saLimits, Scope: saPrivate,
	}
	columns := slices.Insert(saLoad(), 1,
		jobs.Code("connector_id", "The number of the connector.", func(b *T) string { return string(b.AgentID) }).From("data[].agentId"))
	return saSpecial(info, path, c.ConnectorStats, append(columns,
		jobs.Text("tunnel", "Whether the tunnel was UP or DOWN in the bucket.", func(b *T) string { return b.Bucket.TunnelStatus }).From("data[].timeSeriesData[].tunnelStatus"),
		jobs.Int("requests", "The requests to the connector in the bucket.", func(b *T) (int64, bool) { return b.Bucket.Count() }).From("data[].timeSeriesData[].requests"),
		saCount("window_requests", "The requests to the connector in the whole window.", func(b *T) rest.Int { return b.Summary.Requests.Int }).From("data[].summaryData.requests.count"),
	), saNeeds("agentids", path,
		"numbers of connectors, comma-separated, such as 6,7, which GET /deployments/v2/connectorAgents lists, "+
			"and the dashboard shows under Connect > Network Connections > Connector Groups"),
		saBucketed())
}

// saLoad are the columns of a connector or a group in a stretch of time.
func saLoad() jobs.Columns[secureaccess.ConnectorBucket] {
	type T = secureaccess.ConnectorBucket
	return jobs.Columns[T]{
		jobs.Code("group_id", "The number of the group of connectors.", func(b *T) string { return string(b.GroupID) }).From("data[].groupId"),
		jobs.Time("bucket_start", "The beginning of the hour, or whatever timerange says.", func(b *T) time.Time { return b.Bucket.Start() }).From("data[].timeSeriesData[].timestamp"),
		jobs.Decimal("cpu", "How busy the CPUs were in the bucket.", func(b *T) json.Number { return b.Bucket.CPUUtilization.JSON() }).In("percent").From("data[].timeSeriesData[].cpuUtilization"),
		jobs.Decimal("window_cpu", "How busy the CPUs were in the whole window.", func(b *T) json.Number { return b.Summary.CPUUtilization.JSON() }).In("percent").From("data[].summaryData.cpuUtilization"),
	}
}
