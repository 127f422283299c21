package reports

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of data loss prevention. The published description of these lists is not complete: what is known of their
// fields comes from the models of Cisco's own libraries.

const saDLPAbout = " The events are at the addresses of regions: set SECUREACCESS_REGION to us or eu, unless the API redirects to the right one by itself. " +
	"Cisco publishes only a part of the fields that events have; excerpts of what was found are left out."

const saDLPReference = "https://developer.cisco.com/docs/cloud-security/secure-access-api-reference-dlp-events-overview/"

func secureAccessDLP(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.DLPEvent
	traffic := saDLPTraffic()
	services := saDLPFilters("applicationId", "applicationCategoryId")
	return slices.Concat(
		saDLPEvents(c, "realTime", "Data loss prevention in traffic", "One row an event: something that traffic was about to carry away.",
			saDLPFilters("applicationId", "applicationCategoryId"), slices.Concat(traffic, jobs.Columns[T]{
				jobs.List("file_labels", "The labels of the file.", func(e *T) []string { return e.FileLabels }).From("events[].fileLabels"),
				saDLPNamed("private_resource", "The private resource that it was meant for.", "privateResource", func(e *T) secureaccess.Named { return e.PrivateResource }),
				saDLPNumber("private_resource_id", "The id of the private resource.", "privateResource", func(e *T) secureaccess.Named { return e.PrivateResource }),
				saDLPNamed("private_resource_group", "The group of private resources that it was meant for.", "privateResourceGroup", func(e *T) secureaccess.Named { return e.PrivateResourceGroup }),
				saDLPNumber("private_resource_group_id", "The id of the group of private resources.", "privateResourceGroup", func(e *T) secureaccess.Named { return e.PrivateResourceGroup }),
			})),
		saDLPEvents(c, "saasApi", "Data loss prevention in services", "One row an event: something that lies in a service of the cloud.",
			append(services, jobs.Parameter{Name: "exposure", Values: "such as internal, external", Meaning: "Events about files that can be seen so."}),
			saDLPServices()),
		saDLPEvents(c, "aiGuardrails", "AI guardrails", "One row an event: something that was about to be told to, or was told by, an artificial intelligence.",
			saDLPFilters(), traffic),
	)
}

func saDLPFilters(more ...string) []jobs.Parameter {
	list := []jobs.Parameter{
		{Name: "action", Values: "blocked, deleted, monitored, quarantined, restored, revoked", Meaning: "Events that ended so."},
		{Name: "severity", Values: "such as LOW, HIGH, CRITICAL", Meaning: "Events of rules of this severity alone."},
		{Name: "identityType", Values: "such as directory_user, directory_group, network", Meaning: "Events of identities of this type alone."},
	}
	for _, name := range more {
		switch name {
		case "applicationId":
			list = append(list, jobs.Parameter{Name: name, Values: "an application's number", Meaning: "Events of this application alone."})
		case "applicationCategoryId":
			list = append(list, jobs.Parameter{Name: name, Values: "a category's number", Meaning: "Events of applications of this category alone."})
		}
	}
	return list
}

func saDLPEvents(c *secureaccess.Client, sort, title, about string, filters []jobs.Parameter, more jobs.Columns[secureaccess.DLPEvent]) []jobs.Job {
	type T = secureaccess.DLPEvent
	path := "dlp/" + sort + "/events"
	info := jobs.Info{
		Title: title, About: about + saDLPAbout, Parameters: filters,
		Endpoint: "/reports.{region}/v2/" + path, Page: saDLPReference,
		Paging: "limit and offset, 50 rows a page, to a short page", Limits: "the API names neither a rate nor the largest page", Scope: saDLP,
	}
	list := func(ctx context.Context, q secureaccess.Query, p secureaccess.Progress) iter.Seq2[T, error] {
		return c.DLPEvents(ctx, sort, q, p)
	}
	return saSpecial(info, path, list, slices.Concat(saDLPHead(), more))
}

func saDLPNamed(name, meaning, field string, of func(*secureaccess.DLPEvent) secureaccess.Named) jobs.Column[secureaccess.DLPEvent] {
	return jobs.Text(name, meaning, func(e *secureaccess.DLPEvent) string { return of(e).Name }).From("events[]." + field + ".name")
}

func saDLPNumber(name, meaning, field string, of func(*secureaccess.DLPEvent) secureaccess.Named) jobs.Column[secureaccess.DLPEvent] {
	return jobs.Code(name, meaning, func(e *secureaccess.DLPEvent) string { return string(of(e).ID) }).From("events[]." + field + ".id")
}

// saDLPHead are the columns that all events have.
func saDLPHead() jobs.Columns[secureaccess.DLPEvent] {
	type T = secureaccess.DLPEvent
	name := func(n *secureaccess.Named) string { return n.Name }
	id := func(n *secureaccess.Named) rest.ID { return n.ID }
	rule := func(e *T) secureaccess.Named { return e.Rule.Named }
	application := func(e *T) secureaccess.Named { return e.Application }
	return jobs.Columns[T]{
		jobs.Code("event_id", "The id of the event.", func(e *T) string { return string(e.EventID) }).From("events[].eventId"),
		jobs.Time("detected", "When it was found.", func(e *T) time.Time { return e.Detected.Time() }).From("events[].detected"),
		jobs.Text("action", "What was done, such as BLOCK or MONITOR.", func(e *T) string { return e.Action }).From("events[].action"),
		jobs.Text("severity", "The severity of the rule.", func(e *T) string { return e.Severity }).From("events[].severity"),
		saDLPNamed("rule", "The rule that found it.", "rule", rule),
		saDLPNumber("rule_id", "The id of the rule.", "rule", rule),
		saJoined("classifications", "The classifications of data that matched.", func(e *T) exporters.Cell { return exporters.ListOf(e.Rule.Classified(), name) }).From("events[].rule.classifications[].name"),
		saJoined("classification_ids", "The ids of the classifications.", func(e *T) exporters.Cell { return exporters.ListOf(e.Rule.Classified(), id) }).From("events[].rule.classifications[].id"),
		saJoined("classifiers", "The parts of the classifications that matched.", func(e *T) exporters.Cell { return exporters.ListOf(e.Rule.Classifiers(), name) }).From("events[].rule.classifications[].classifiers[].name"),
		saJoined("classifier_ids", "The ids of the parts.", func(e *T) exporters.Cell { return exporters.ListOf(e.Rule.Classifiers(), id) }).From("events[].rule.classifications[].classifiers[].id"),
		jobs.Int("matches", "How many places matched.", func(e *T) (int64, bool) { return e.Rule.Matches() }).From("events[].rule.classifications[].classifiers[].totalMatches"),
		saDLPNamed("application", "The application.", "application", application),
		saDLPNumber("application_id", "The number of the application.", "application", application),
		jobs.Text("file", "The name of the file; Content for a message, Form for a form.", func(e *T) string { return e.FileName }).From("events[].fileName"),
		jobs.Text("content_type", "The type of the data.", func(e *T) string { return e.ContentType }).From("events[].contentType"),
		saCount("size", "The size of the file.", func(e *T) rest.Int { return e.Size }).In("bytes").From("events[].totalSizeInBytes"),
		jobs.Code("sha256", "The SHA-256 hash of the file.", func(e *T) string { return e.SHA256 }).From("events[].sha256Hash"),
		jobs.Text("destination_url", "The address that it was sent to.", func(e *T) string { return e.DestinationURL }).From("events[].destinationUrl"),
	}
}

// saDLPTraffic are the columns of events in traffic.
func saDLPTraffic() jobs.Columns[secureaccess.DLPEvent] {
	type T = secureaccess.DLPEvent
	category := func(e *T) secureaccess.Named { return e.ApplicationCategory }
	return jobs.Columns[T]{
		jobs.Text("direction", "The direction of the traffic.", func(e *T) string { return e.Direction }).From("events[].direction"),
		jobs.Code("identity_id", "The number of the identity whose traffic it was.", func(e *T) string { return string(e.Identity.OriginID) }).From("events[].identity.originId"),
		jobs.Code("identity_type_id", "The number of the identity's type; 7 is a user of the directory.", func(e *T) string { return string(e.Identity.OriginTypeID) }).From("events[].identity.originTypeId"),
		saDLPNamed("application_category", "The category of the application.", "applicationCategory", category),
		saDLPNumber("application_category_id", "The number of the category.", "applicationCategory", category),
	}
}

// saDLPServices are the columns of events in services.
func saDLPServices() jobs.Columns[secureaccess.DLPEvent] {
	type T = secureaccess.DLPEvent
	user := func(who, of string, get func(*T) *secureaccess.DLPUser) jobs.Columns[T] {
		return jobs.Columns[T]{
			jobs.Text(who, "The name of "+of+".", func(e *T) string { return get(e).DisplayName }).From("events[]." + who + ".displayName"),
			jobs.Text(who+"_email", "The e-mail address of "+of+".", func(e *T) string { return get(e).Email }).From("events[]." + who + ".email"),
			jobs.Code(who+"_id", "The id of "+of+" in the service.", func(e *T) string { return string(get(e).UID) }).From("events[]." + who + ".uid"),
		}
	}
	return slices.Concat(
		user("actor", "whoever did it", func(e *T) *secureaccess.DLPUser { return &e.Actor }),
		user("owner", "the owner of the file", func(e *T) *secureaccess.DLPUser { return &e.Owner }),
		jobs.Columns[T]{
			jobs.Text("exposure", "Who can see the file.", func(e *T) string { return e.Exposure }).From("events[].exposure"),
			jobs.Text("instance", "The name of the organisation's part of the service.", func(e *T) string { return e.InstanceName }).From("events[].instanceName"),
			jobs.Text("resource", "The name of the place where the file lies.", func(e *T) string { return e.ResourceName }).From("events[].resourceName"),
			jobs.Text("resource_address", "The address of the place where the file lies.", func(e *T) string { return string(e.ResourceID) }).From("events[].resourceId"),
		},
	)
}
