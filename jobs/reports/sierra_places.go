package reports

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// sierraLanguage is the parameter of lists whose names the API translates.
var sierraLanguage = jobs.Parameter{Name: "language", Values: "such as eng", Meaning: "the language of the names"}

func sierraDeletedBibs(c *sierra.Client) jobs.Job {
	return sierraDeletions(jobs.Info{
		Name: "sierra-deleted-bibs", Title: "Deleted titles",
		About:    "A row for each bibliographic record that was deleted.",
		Endpoint: sierra.BibsPath,
		Scope:    sierra.BibsRole,
		Page:     sierraReference + "zObjects/bibObjectDescription.htm",
	}, c.DeletedBibs)
}

func sierraDeletedItems(c *sierra.Client) jobs.Job {
	return sierraDeletions(jobs.Info{
		Name: "sierra-deleted-items", Title: "Deleted items",
		About:    "A row for each copy whose record was deleted.",
		Endpoint: sierra.ItemsPath,
		Scope:    sierra.ItemsRole,
		Page:     sierraReference + "zObjects/itemObjectDescription.htm",
	}, c.DeletedItems)
}

// sierraDeletions declares a report on deleted records, of which the API keeps the number and the day alone.
func sierraDeletions(info jobs.Info, list sierraList[sierra.Deletion]) jobs.Job {
	info.API, info.Every, info.AnyWindow = "sierra", jobs.PreviousDay, true
	info.About += " The API knows no more than its number and the day, so windows should be whole days: a shorter one holds the deletions" +
		" of all the day that it is part of. With the window now, all that the API still knows of."
	info.Paging = "ranges of ids, 2,000 records a page, to a short page"
	info.Limits = sierraCalm
	return sierraJob(info, list, jobs.Columns[sierraRow[sierra.Deletion]]{
		jobs.Code("id", "The number that the record had, without its letter and without a check digit.", of(func(d *sierra.Deletion) string { return string(d.ID) })),
		jobs.Date("deleted", "The day on which it was deleted.", dayOf(func(d *sierra.Deletion) sierra.Instant { return d.Date })).From("deletedDate"),
	})
}

func sierraBranches(c *sierra.Client) jobs.Job {
	type branch = sierra.Branch
	info := jobs.Info{
		Name: "sierra-branches", Title: "Branches", API: "sierra",
		About:    "A row for each building of the library.",
		Endpoint: sierra.BranchesPath,
		Scope:    sierra.BranchesRole,
		Paging:   "limit and offset, 2,000 rows a page, to a short page",
		Limits:   sierraCalm,
		Page:     sierraReference + "zObjects/branchObjectDescription.htm",
		Every:    jobs.Now,
	}
	return sierraJob(info, c.Branches, jobs.Columns[sierraRow[branch]]{
		jobs.Code("id", "The branch's number.", of(func(b *branch) string { return string(b.ID) })),
		jobs.Text("name", "The branch's name.", of(func(b *branch) string { return string(b.Name) })),
		jobs.Text("address", "The branch's address, in one line.", of(func(b *branch) string { return strings.Join(b.Lines(), ", ") })),
		jobs.Text("email_from", "The e-mail address from which the branch writes.", of(func(b *branch) string { return string(b.EmailSource) })).From("emailSource"),
		jobs.Text("email_reply_to", "The e-mail address that answers go to.", of(func(b *branch) string { return string(b.EmailReply) })).From("emailReplyTo"),
		jobs.Decimal("latitude", "Where it is, north of the equator.", of(func(b *branch) json.Number { return b.Latitude.JSON() })).In("degrees"),
		jobs.Decimal("longitude", "Where it is, east of Greenwich.", of(func(b *branch) json.Number { return b.Longitude.JSON() })).In("degrees"),
		jobs.List("locations", "The codes of the branch's locations.", of(func(b *branch) []string { return sierraCodes(b.Locations) })).From("locations[].code"),
		jobs.List("location_names", "The branch's locations.", of(func(b *branch) []string { return sierraLabels(b.Locations) })).From("locations[].name"),
	})
}

func sierraCodes(list []sierra.Code) []string {
	codes := make([]string, len(list))
	for i, c := range list {
		codes[i] = string(c.Code)
	}
	return codes
}

func sierraLabels(list []sierra.Code) []string {
	labels := make([]string, len(list))
	for i, c := range list {
		labels[i] = c.Label()
	}
	return labels
}

func sierraPickupLocations(c *sierra.Client) jobs.Job {
	return sierraCodeList(c, jobs.Info{
		Name: "sierra-pickup-locations", Title: "Pickup locations",
		About:    "A row for each place where holds can be picked up.",
		Endpoint: sierra.PickupLocationsPath,
		Scope:    sierra.BranchesRole,
		Page:     sierraReference + "zAPIs/branchAPI.htm",
	}, c.PickupLocations, "The location's code.", "The location's name.", "name")
}

func sierraAgencies(c *sierra.Client) jobs.Job {
	return sierraCodeList(c, jobs.Info{
		Name: "sierra-agencies", Title: "Agencies",
		About:    "A row for each agency: the parts of a library, or of a consortium, that keep their patrons apart.",
		Endpoint: sierra.AgenciesPath,
		Scope:    sierra.AgenciesRole,
		Page:     sierraReference + "zAPIs/operations.htm",
	}, c.Agencies, "The agency's number.", "The agency's name.", "display")
}

// sierraCodeList declares a report on codes and their names, which come in one answer.
func sierraCodeList(
	c *sierra.Client, info jobs.Info, get func(context.Context, url.Values) ([]sierra.Code, error), code, name, field string,
) jobs.Job {
	info.API, info.Every = "sierra", jobs.Now
	info.Paging, info.Limits = "none: the whole answer at once", sierraCalm
	info.Parameters = []jobs.Parameter{sierraLanguage}
	source := checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[sierra.Code, error] {
		return func(yield func(sierra.Code, error) bool) {
			codes, err := get(ctx, apiParams(r.Params))
			if err != nil {
				yield(sierra.Code{}, err)
				return
			}
			r.Proof.Account(c.Account())
			for _, one := range codes {
				if !yield(one, nil) {
					return
				}
			}
			r.Proof.Complete("the API gives the whole list in one answer (rows: %d)", len(codes))
		}
	})
	return jobs.Report[sierra.Code]{
		Info:   info,
		Source: source,
		Columns: jobs.Columns[sierra.Code]{
			jobs.Code("code", code, func(c *sierra.Code) string { return string(c.Code) }),
			jobs.Text("name", name, func(c *sierra.Code) string { return c.Label() }).From(field),
		},
	}.Job()
}
