package reports

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"net/url"
	"slices"

	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// fieldCode is a code that a field may have.
type fieldCode struct{ field, code, name string }

func sierraBibCodes(c *sierra.Client) jobs.Job {
	return sierraFieldCodes(c, jobs.Info{
		Name: "sierra-bib-codes", Title: "Codes of titles",
		About:    "A row for each code that a field of a title can have, with what it means: kinds of material, levels, languages, countries and more.",
		Endpoint: sierra.BibCodesPath,
		Scope:    sierra.BibsRole,
		Page:     sierraReference + "zAPIs/bibAPI.htm",
	}, c.BibCodes)
}

func sierraPatronCodes(c *sierra.Client) jobs.Job {
	return sierraFieldCodes(c, jobs.Info{
		Name: "sierra-patron-codes", Title: "Codes of patrons",
		About:    "A row for each code that a field of a patron can have, with what it means: patron types, home libraries, blocks and more.",
		Endpoint: sierra.PatronCodesPath,
		Scope:    sierra.PatronsRole,
		Page:     sierraReference + "zAPIs/patronAPI.htm",
	}, c.PatronCodes)
}

// sierraFieldCodes declares a report on the codes of a kind of record, which come in one answer.
func sierraFieldCodes(c *sierra.Client, info jobs.Info, get func(context.Context, url.Values) ([]sierra.FieldCodes, error)) jobs.Job {
	info.API, info.Every = "sierra", jobs.Now
	info.Paging, info.Limits = "none: the whole answer at once", sierraCalm
	info.Parameters = []jobs.Parameter{
		{Name: "fields", Values: "names of fields, parted by commas", Meaning: "only the codes of these fields"},
		sierraLanguage,
	}
	source := checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[fieldCode, error] {
		return func(yield func(fieldCode, error) bool) {
			lists, err := get(ctx, apiParams(r.Params))
			if err != nil {
				yield(fieldCode{}, err)
				return
			}
			r.Proof.Account(c.Account())
			rows := 0
			for _, list := range lists {
				for _, value := range *list.Values {
					rows++
					if !yield(fieldCode{string(list.Field), string(*value.Code), string(value.Desc)}, nil) {
						return
					}
				}
			}
			r.Proof.Complete("the API gives all codes in one answer (fields: %d, rows: %d)", len(lists), rows)
		}
	})
	return jobs.Report[fieldCode]{
		Info:   info,
		Source: source,
		Columns: jobs.Columns[fieldCode]{
			jobs.Text("field", "The field that can have the code.", func(f *fieldCode) string { return f.field }).From("[].field"),
			jobs.Code("code", "The code; empty where it is a blank.", func(f *fieldCode) string { return f.code }).From("[].values[].code"),
			jobs.Text("name", "What the code means.", func(f *fieldCode) string { return f.name }).From("[].values[].desc"),
		},
	}.Job()
}

// seenCode is a code that items have, and how many have it.
type seenCode struct {
	fieldCode
	label string // of the field, in the library's words
	items int64
}

// sierraItemCodes reads all items, since the API has a list of codes for titles, for patrons and for invoices, and none
// for items: neither a documented path nor a permission. What an item's codes mean stands beside them in each item.
func sierraItemCodes(c *sierra.Client) jobs.Job {
	info := jobs.Info{
		Name: "sierra-item-codes", Title: "Codes of items", API: "sierra",
		About: "A row for each code that an item has, with what it means: locations, statuses, item types and what else the library gave names to." +
			" The API has no list of them, so the codes are gathered from all items; one that no item has does not come.",
		Endpoint:   sierra.ItemsPath,
		Scope:      sierra.ItemsRole,
		Page:       sierraReference + "zObjects/itemObjectDescription.htm",
		Paging:     "ranges of ids, 2,000 records a page, to a short page; the API's total counts one page and is not used",
		Limits:     sierraCalm,
		Every:      jobs.Now,
		Costly:     "It reads every item of the library, 2,000 with a request.",
		Parameters: []jobs.Parameter{sierraLocations, sierraSuppressed},
	}
	items := sierraSource(info, sierraWhole(c.ItemCodes))
	source := func(ctx context.Context, r jobs.Request) iter.Seq2[seenCode, error] {
		return func(yield func(seenCode, error) bool) {
			seen := map[fieldCode]*seenCode{}
			for row, err := range items(ctx, r) {
				if err != nil {
					yield(seenCode{}, err)
					return
				}
				sierraGather(seen, &row.record)
			}
			r.Proof.Unproven("the API has no list of the codes of items: these are the codes that items have, and there may be others")
			for _, key := range slices.SortedFunc(maps.Keys(seen), compareCodes) {
				if !yield(*seen[key], nil) {
					return
				}
			}
		}
	}
	return jobs.Report[seenCode]{
		Info:   info,
		Source: source,
		Columns: jobs.Columns[seenCode]{
			jobs.Text("field", "The field that has the code: location, status, or the number of a fixed field, of which 61 is the item type.", func(s *seenCode) string { return s.field }),
			jobs.Text("label", "What the library calls the field, if it has a name of its own.", func(s *seenCode) string { return s.label }).From("fixedFields.*.label"),
			jobs.Code("code", "The code; empty where it is a blank.", func(s *seenCode) string { return s.code }).From("location.code, status.code, fixedFields.*.value"),
			jobs.Text("name", "What the code means.", func(s *seenCode) string { return s.name }).From("location.name, status.display, fixedFields.*.display"),
			jobs.Count("items", "How many items have it.", func(s *seenCode) int64 { return s.items }).In("items"),
		},
	}.Job()
}

// compareCodes puts location and status first, then fixed fields by their numbers.
func compareCodes(a, b fieldCode) int {
	rank := func(field string) int {
		switch field {
		case "location":
			return 0
		case "status":
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a.field), rank(b.field)), cmp.Compare(len(a.field), len(b.field)), cmp.Compare(a.field, b.field),
		cmp.Compare(a.code, b.code), cmp.Compare(a.name, b.name))
}

// Fixed fields that repeat a field with a name, and those that hold numbers of patrons.
var notItemCodes = map[string]bool{"79": true, "88": true, sierra.ItemPatron: true, sierra.ItemLastPatron: true}

// sierraGather notes the codes of an item. Memory grows by the number of codes, not of items.
func sierraGather(seen map[fieldCode]*seenCode, i *sierra.Item) {
	note := func(field, label, code, name string) {
		if code == "" && name == "" {
			return
		}
		key := fieldCode{field, code, name}
		if seen[key] == nil {
			seen[key] = &seenCode{fieldCode: key, label: label}
		}
		seen[key].items++
	}
	note("location", "", string(i.Location.Code), i.Location.Label())
	note("status", "", string(i.Status.Code.Code), i.Status.Label())
	for number, field := range i.Fixed {
		// A field without a name for its value is no code, but a number, a date or the like.
		if field.Display != "" && !notItemCodes[number] {
			note(number, string(field.Label), string(field.Value), string(field.Display))
		}
	}
}
