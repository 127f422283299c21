package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// What is known about discovered applications, whoever uses them.

func secureAccessApplicationRisks(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ApplicationRisk
	const name = "secureaccess-app-discovery-risk"
	text := func(column, meaning, field string, get func(*secureaccess.Risk) string) jobs.Column[T] {
		return jobs.Text(column, meaning, func(r *T) string { return get(&r.Risk) }).From(field)
	}
	return saSpecial(saNinetyDays(jobs.Info{
		Name:  name,
		Title: "Risk of discovered applications",
		About: "One row an application that was seen in the organisation's traffic, with what is known about its risk; an application without " +
			"such knowledge is a row, too.",
		Parameters: saFoundParameters(),
		Requests:   2, Costly: saEachApplication,
	}), "appDiscovery/applications/{applicationId}/risk", c.ApplicationRisks, append(
		saApplication(func(r *T) *secureaccess.FoundApplication { return &r.Application }),
		text("risk", "The risk by its own report, from veryLow to veryHigh.", "weightedRisk", func(r *secureaccess.Risk) string { return r.WeightedRisk }),
		text("business_risk", "The risk for business, from veryLow to veryHigh, or na.", "businessRisk", func(r *secureaccess.Risk) string { return r.BusinessRisk }),
		text("usage_type", "How it is used: indirect, personal, corporate, or na.", "usageType", func(r *secureaccess.Risk) string { return r.UsageType }),
		saCount("web_reputation", "The reputation of its hosts, by Talos.", func(r *T) rest.Int { return r.Risk.WebReputation }).From("webReputation"),
		text("financial_viability", "The risk that its vendor ceases, from low to veryHigh, or na.", "financialViability", func(r *secureaccess.Risk) string { return r.FinancialViability }),
		text("data_storage", "How it keeps data: noStorage, structured, unstructured, or na.", "dataStorage", func(r *secureaccess.Risk) string { return r.DataStorage }),
		jobs.List("certificates", "The certificates that its vendor has.", func(r *T) []string { return r.Risk.Certificates(true) }).From("vendorCompliance[].name"),
		jobs.List("certificates_missing", "The certificates that its vendor has not.", func(r *T) []string { return r.Risk.Certificates(false) }).From("vendorCompliance[].status"),
	), saOnDay(name))
}

func secureAccessApplicationAttributes(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ApplicationAttribute
	const name = "secureaccess-app-discovery-attributes"
	return saSpecial(saNinetyDays(jobs.Info{
		Name:  name,
		Title: "Attributes of discovered applications",
		About: "One row an application, attribute and value, such as the size of its certificate's key; an attribute without a value is a row, too.",
		Parameters: append(saFoundParameters(), jobs.Parameter{Name: secureaccess.AttributeCategories, Values: "names of categories of attributes, comma-separated",
			Meaning: "Attributes of these categories alone. The API calls it categories."}),
		Requests: 2, Costly: saEachApplication,
	}), "appDiscovery/applications/{applicationId}/attributes", c.ApplicationAttributes, slices.Concat(
		saApplication(func(r *T) *secureaccess.FoundApplication { return &r.Application }),
		jobs.Columns[T]{
			jobs.Code("attribute_category_id", "The number of the category of attributes.", func(r *T) string { return string(r.Category.ID) }).From("attributesCategories[].id"),
			jobs.Text("attribute_category", "The category of attributes.", func(r *T) string { return r.Category.Name }).From("attributesCategories[].name"),
			jobs.Code("attribute_id", "The number of the attribute.", func(r *T) string { return string(r.Attribute.ID) }).From("attributesCategories[].attributes[].id"),
			jobs.Text("attribute", "The name of the attribute.", func(r *T) string { return r.Attribute.Name }).From("attributesCategories[].attributes[].name"),
			jobs.Text("description", "What the attribute means.", func(r *T) string { return r.Attribute.Description }).From("attributesCategories[].attributes[].description"),
			jobs.Text("value_name", "The name of the value.", func(r *T) string { return r.Value.Name }).From("attributesCategories[].attributes[].values[].name"),
			jobs.Text("value", "The value.", func(r *T) string { return string(r.Value.Value) }).From("attributesCategories[].attributes[].values[].value"),
			jobs.Time("value_created", "When the value was noted first.", func(r *T) time.Time { return r.Value.CreatedOn.Time() }).From("attributesCategories[].attributes[].values[].createdOn"),
			jobs.Time("value_updated", "When the value was changed last.", func(r *T) time.Time { return r.Value.UpdatedOn.Time() }).From("attributesCategories[].attributes[].values[].updatedOn"),
		},
	), saOnDay(name))
}

func secureAccessApplicationCategories(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.ApplicationCategory
	const path = "appDiscovery/applicationCategories"
	return saSpecial(saFoundInfo(jobs.Info{
		Title: "Categories of applications",
		About: "One row a category that App Discovery knows, as the parameter categories takes them.",
	}), path, c.ApplicationCategories, jobs.Columns[T]{
		jobs.Text("category", "The name of the category.", func(c *T) string { return c.Name }).From("items[].name"),
	}, saAsOfNow(saName(path)))
}
