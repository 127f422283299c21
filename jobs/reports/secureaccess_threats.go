package reports

import (
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of threats: those that requests met, and those that there are.

func secureAccessThreats(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		secureAccessTopThreats(c),
		secureAccessTopThreatTypes(c),
		secureAccessThreatLists(c),
	)
}

func secureAccessTopThreats(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopThreat
	info := jobs.Info{
		Title: "Top threats",
		Summary: []exporters.Block{
			total("Requests", "requests"), each("Requests by type of threat", "threat_type", "", "requests"), most("Threats with the most requests", "threat", "", "requests"),
		},
		About:      "One row a threat that DNS or web requests met, those with the most requests first.",
		Parameters: saParameters(saThreatFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-threats", "dns proxy", c.TopThreats, jobs.Columns[T]{
		jobs.Text("threat", "The name of the threat.", func(t *T) string { return t.Threat }).From("data[].threat"),
		jobs.Text("threat_type", "The type of the threat, such as Ransomware.", func(t *T) string { return t.Type }).From("data[].threattype"),
		saCount("requests", "Requests that met the threat.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
	})
}

func secureAccessTopThreatTypes(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.TopThreatType
	info := jobs.Info{
		Title:      "Top threat types",
		Summary:    []exporters.Block{each("Requests by type of threat", "threat_type", "", "requests")},
		About:      "One row a type of threats that DNS or web requests met, those with the most requests first.",
		Parameters: saParameters(saThreatFilters),
		Paging:     saPages, Limits: saPageLimits, Scope: saAggregations,
	}
	return saReport(info, "top-threat-types", "dns proxy", c.TopThreatTypes, jobs.Columns[T]{
		jobs.Text("threat_type", "The type of threats, such as Ransomware.", func(t *T) string { return t.Type }).From("data[].threattype"),
		saCount("threats", "Different threats of the type.", func(t *T) rest.Int { return t.Threats }).From("data[].threatscount"),
		saCount("requests", "Requests that met a threat of the type.", func(t *T) rest.Int { return t.Count }).From("data[].count"),
	})
}

func secureAccessThreatLists(c *secureaccess.Client) []jobs.Job {
	types := saPresent(jobs.Info{Title: "Threat types", About: "One row a type of threats that there is, and what it means."})
	names := saPresent(jobs.Info{Title: "Threat names", About: "One row a threat that is known by name, and what it does."})
	return slices.Concat(
		saReport(types, "threat-types", "", c.ThreatTypes, saDescribed("threat_type", "type of threats")),
		saReport(names, "threat-names", "", c.ThreatNames, saDescribed("threat", "threat")),
	)
}

func saDescribed(column, what string) jobs.Columns[secureaccess.Described] {
	type T = secureaccess.Described
	return jobs.Columns[T]{
		jobs.Text(column, "The name of the "+what+".", func(d *T) string { return d.Name }).From("data[].name"),
		jobs.Text("description", "The "+what+" in words.", func(d *T) string { return d.Description }).From("data[].description"),
	}
}
