package reports

import (
	"strconv"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func sierraBibs(c *sierra.Client) jobs.Job {
	type bib = sierra.Bib
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-bibs", Title: "Titles",
		Summary:  []exporters.Block{each("Titles by material", "material_type_name", "", ""), most("Languages with the most titles", "language_name", "", "")},
		About:    "A row for each bibliographic record.",
		Endpoint: sierra.BibsPath,
		Scope:    sierra.BibsRole,
		Page:     sierraReference + "zObjects/bibObjectDescription.htm",
		Parameters: []jobs.Parameter{
			sierraLocations, sierraMade, sierraSuppressed,
		},
	})
	return sierraJob(info, c.Bibs, columns(jobs.Columns[sierraRow[bib]]{
		jobs.Code("id", "The record's number, without the letter b and without a check digit.", of(func(b *bib) string { return string(b.ID) })),
		jobs.Text("title", "The title.", of(func(b *bib) string { return string(b.Title) })),
		jobs.Text("author", "The author.", of(func(b *bib) string { return string(b.Author) })),
		jobs.Code("isbn", "The international number of a book.", of(func(b *bib) string { return string(b.ISBN) })),
		jobs.Code("issn", "The international number of a serial.", of(func(b *bib) string { return string(b.ISSN) })),
		jobs.Code("upc", "The bar code of the trade, of discs and the like.", of(func(b *bib) string { return string(b.UPC) })),
		jobs.Text("call_number", "Where it stands on the shelf, without marks of subfields.", of((*bib).CallNumber)).From("callNumber"),
		jobs.Text("language", "The language's code.", of(func(b *bib) string { return string(b.Language.Code) })).From("lang.code"),
		jobs.Text("language_name", "The language.", of(func(b *bib) string { return b.Language.Label() })).From("lang.name"),
		jobs.Text("material_type", "The code of the kind of material.", of(func(b *bib) string { return string(b.Material.Code) })).From("materialType.code"),
		jobs.Text("material_type_name", "The kind of material.", of(func(b *bib) string { return b.Material.Label() })).From("materialType.value"),
		jobs.Text("bib_level", "The code of the bibliographic level, such as m for a book by itself or s for a serial.", of(func(b *bib) string { return string(b.Level.Code) })).From("bibLevel.code"),
		jobs.Text("bib_level_name", "The bibliographic level.", of(func(b *bib) string { return b.Level.Label() })).From("bibLevel.value"),
		jobs.Int("publish_year", "The year of publication.", maybe(func(b *bib) (int64, bool) { return b.PublishYear.Get() })).From("publishYear"),
		jobs.Text("country", "The code of the country of publication.", of(func(b *bib) string { return string(b.Country.Code) })).From("country.code"),
		jobs.Text("country_name", "The country of publication.", of(func(b *bib) string { return b.Country.Label() })).From("country.name"),
		jobs.Date("cataloged", "The day on which it was catalogued.", dayOf(func(b *bib) sierra.Instant { return b.Cataloged })).From("catalogDate"),
		jobs.Bool("available", "Whether a copy is on the shelf.", maybe(func(b *bib) (bool, bool) { return b.Available.Get() })),
		jobs.Int("copies", "The number of copies.", maybe(func(b *bib) (int64, bool) { return b.Copies.Get() })).In("items"),
		jobs.Int("holds", "The number of holds on the title.", maybe(func(b *bib) (int64, bool) { return b.Holds.Get() })).In("holds").From("holdCount"),
		jobs.List("locations", "The codes of the locations that have it.", of(func(b *bib) []string { return sierraCodes(b.Locations) })).From("locations[].code"),
		jobs.List("location_names", "The locations that have it.", of(func(b *bib) []string { return sierraLabels(b.Locations) })).From("locations[].name"),
	}, sierraBibParts(), sierraHead(func(b *bib) *sierra.Head { return &b.Head })))
}

// sierraBibParts are what stands below a title, and what the catalogue makes of it.
func sierraBibParts() jobs.Columns[sierraRow[sierra.Bib]] {
	type bib = sierra.Bib
	fixed := func(number string) func(*sierraRow[bib]) string {
		return of(func(b *bib) string { return b.Fixed.Text(number) })
	}
	return jobs.Columns[sierraRow[bib]]{
		jobs.List("item_ids", "The numbers of its copies.", idsOf(func(b *bib) []rest.ID { return b.Items })).From("items"),
		jobs.List("volumes", "Its volumes, as the API names them.", of(func(b *bib) []string { return sierraTexts(b.Volumes) })),
		jobs.List("order_ids", "The numbers of its orders.", of(sierraBibOrders(func(o *bibOrder) string { return o.id }))).From("orders[].orderId"),
		jobs.List("order_dates", "The days of its orders, in the same order; a hyphen stands for none.", of(sierraBibOrders(func(o *bibOrder) string { return o.date }))).From("orders[].date"),
		jobs.List("order_locations", "The codes of the locations that they are for, in the same order; a hyphen stands for none.", of(sierraBibOrders(func(o *bibOrder) string { return o.location }))).From("orders[].location.code"),
		jobs.List("order_copies", "How many copies were ordered, in the same order; a hyphen stands for none.", of(sierraBibOrders(func(o *bibOrder) string { return o.copies }))).From("orders[].copies"),
		jobs.Text("sorted_title", "The title as it is sorted.", textOf(func(b *bib) sierra.Text { return b.NormTitle })).From("normTitle"),
		jobs.Text("sorted_author", "The author as it is sorted.", textOf(func(b *bib) sierra.Text { return b.NormAuthor })).From("normAuthor"),
		jobs.Text("record_location", "The code of the location of the record itself.", fixed(sierra.BibLocation)).From("fixedFields.26.value"),
		jobs.Text("suppression_code", "The code by which the library hides titles, whose meaning each library sets.", fixed(sierra.BibSuppression)).From("fixedFields.31.value"),
		jobs.Text("marc_type", "The code of the kind of MARC record.", fixed(sierra.BibMARCType)).From("fixedFields.107.value"),
	}
}

// bibOrder is an order of a title, as text.
type bibOrder struct{ id, date, location, copies string }

// sierraBibOrders takes one thing of each order.
func sierraBibOrders(get func(*bibOrder) string) func(*sierra.Bib) []string {
	return func(b *sierra.Bib) []string {
		var list []string
		for _, o := range b.Orders {
			one := bibOrder{id: o.ID.Last(), location: string(o.Location.Code)}
			if n, ok := o.Copies.Get(); ok {
				one.copies = strconv.FormatInt(n, 10)
			}
			// The zone is of no matter: an order of a title has a day.
			if day := o.Date.Day(time.UTC); !day.IsZero() {
				one.date = day.Format(time.DateOnly)
			}
			list = append(list, orHyphen(get(&one)))
		}
		return list
	}
}
