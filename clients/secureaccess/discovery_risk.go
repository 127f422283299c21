package secureaccess

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Risk is what is known about the danger of an application.
type Risk struct {
	ID                 rest.Ignored `json:"id"`   // the application's
	Name               rest.Ignored `json:"name"` // the application's
	WeightedRisk       string       `json:"weightedRisk"`
	BusinessRisk       string       `json:"businessRisk"` // veryLow to veryHigh, or na
	UsageType          string       `json:"usageType"`    // indirect, personal, corporate, na
	WebReputation      rest.Int     `json:"webReputation"`
	FinancialViability string       `json:"financialViability"` // low to veryHigh, or na
	DataStorage        string       `json:"dataStorage"`        // noStorage, structured, unstructured, na
	VendorCompliance   []Compliance `json:"vendorCompliance"`
}

// Compliance tells whether a vendor has a certificate. The description of the certificate is the same for every vendor.
type Compliance struct {
	Name        string       `json:"name"`
	Description rest.Ignored `json:"description"`
	Status      rest.Bool    `json:"status"`
}

func (r *Risk) lacks() string {
	if r.WeightedRisk == "" {
		return "weightedRisk"
	}
	return ""
}

// Certificates are the names of the certificates that the vendor has, or has not.
func (r *Risk) Certificates(has bool) []string {
	var names []string
	for _, c := range r.VendorCompliance {
		if status, ok := c.Status.Get(); ok && status == has {
			names = append(names, c.Name)
		}
	}
	return names
}

// ApplicationRisk is an application with its risk; Known is false if the API has none.
type ApplicationRisk struct {
	Application FoundApplication
	Risk        Risk
	Known       bool
}

// ApplicationRisks lists every application with its risk.
// (GET /reports/v2/appDiscovery/applications/{applicationId}/risk)
func (c *Client) ApplicationRisks(ctx context.Context, q Query, p Progress) iter.Seq2[ApplicationRisk, error] {
	read := func(a *FoundApplication, p Progress) iter.Seq2[ApplicationRisk, error] {
		return func(yield func(ApplicationRisk, error) bool) {
			r := c.discovery("applications/"+url.PathEscape(string(a.ID))+"/risk", Query{}, p)
			risk, err := plain[Risk](ctx, r, nil)
			if err == nil {
				err = r.sound("", risk)
			}
			switch {
			case gone(err):
				p.Warn("%s: the API lists it and has no risk of it", a.called())
				yield(ApplicationRisk{Application: *a}, nil)
			case err != nil:
				yield(ApplicationRisk{}, err)
			default:
				yield(ApplicationRisk{*a, *risk, true}, nil)
			}
		}
	}
	return each(c.FoundApplications(ctx, q, p), p, "risks", read, (*FoundApplication).called)
}

// ApplicationAttribute is one value of an attribute of an application. Of an attribute without any there is one with
// nothing in it.
type ApplicationAttribute struct {
	Application FoundApplication
	Category    AttributeCategory
	Attribute   Attribute
	Value       AttributeValue
}

// AttributeCategory is a sort of attributes, such as "Data Security".
type AttributeCategory struct {
	ID         rest.ID      `json:"id"`
	Name       string       `json:"name"`
	Attributes *[]Attribute `json:"attributes"`
}

// Attribute is a property of applications, such as "SSL Cert Key Size".
type Attribute struct {
	ID          rest.ID          `json:"id"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Values      []AttributeValue `json:"values"`
}

// AttributeValue is what an application has for an attribute.
type AttributeValue struct {
	Name      string  `json:"name"`
	Value     rest.ID `json:"value"`
	CreatedOn Stamp   `json:"createdOn"`
	UpdatedOn Stamp   `json:"updatedOn"`
}

type attributes struct {
	Categories *[]AttributeCategory `json:"attributesCategories"`
}

func (a *attributes) lacks() string {
	if a.Categories == nil {
		return "attributesCategories"
	}
	for i, c := range *a.Categories {
		if c.Attributes == nil {
			return fmt.Sprintf("attributesCategories[%d].attributes", i)
		}
	}
	return ""
}

func (a *attributes) odd() string {
	for i, c := range *a.Categories {
		for j, attribute := range *c.Attributes {
			for k, v := range attribute.Values {
				if text := cmp.Or(v.CreatedOn.odd("createdOn"), v.UpdatedOn.odd("updatedOn")); text != "" {
					return fmt.Sprintf("attributesCategories[%d].attributes[%d].values[%d].%s", i, j, k, text)
				}
			}
		}
	}
	return ""
}

// AttributeCategories is the parameter that chooses attributes: the API calls it categories, as it does the categories
// of the applications.
const AttributeCategories = "attributeCategories"

// ApplicationAttributes lists the attributes of every application.
// (GET /reports/v2/appDiscovery/applications/{applicationId}/attributes)
func (c *Client) ApplicationAttributes(ctx context.Context, q Query, p Progress) iter.Seq2[ApplicationAttribute, error] {
	var filter url.Values
	if wanted := q.Params.Get(AttributeCategories); wanted != "" {
		filter = url.Values{"categories": {wanted}}
	}
	read := func(a *FoundApplication, p Progress) iter.Seq2[ApplicationAttribute, error] {
		return func(yield func(ApplicationAttribute, error) bool) {
			r := c.discovery("applications/"+url.PathEscape(string(a.ID))+"/attributes", Query{}, p)
			answer, err := plain[attributes](ctx, r, filter)
			if err == nil {
				err = r.sound("", answer)
			}
			if err != nil {
				yield(ApplicationAttribute{}, err)
				return
			}
			for _, row := range answer.rows(a) {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return each(c.FoundApplications(ctx, q.without(AttributeCategories), p), p, "attributes", read, (*FoundApplication).called)
}

func (a *attributes) rows(application *FoundApplication) []ApplicationAttribute {
	var rows []ApplicationAttribute
	for _, category := range *a.Categories {
		for _, attribute := range *category.Attributes {
			values := attribute.Values
			if len(values) == 0 {
				values = []AttributeValue{{}}
			}
			for _, value := range values {
				rows = append(rows, ApplicationAttribute{*application, category, attribute, value})
			}
		}
	}
	return rows
}
