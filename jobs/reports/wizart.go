package reports

import (
	"context"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Wizart lists the reports about a catalogue of wall and floor coverings.
func Wizart(c *wizart.Client) []jobs.Job {
	return []jobs.Job{
		wizartProductTypes(c),
		wizartImports(c),
		wizartBrands(c),
		wizartCollections(c),
		wizartArticles(c),
	}
}

const (
	wizartScope  = "any user of the account"
	wizartLimits = "60 requests a minute; pages of the API's own size"
)

// wizartInfo fills what the reports on the API 2.1 have in common.
func wizartInfo(info jobs.Info) jobs.Info {
	info.API, info.Page, info.Scope, info.Limits = "wizart", "https://github.com/wizart-tech/api", wizartScope, wizartLimits
	if info.Every == (jobs.Period{}) {
		info.Every = jobs.Now
	}
	return info
}

// wizartCustomerInfo fills what the reports on the older API have in common.
func wizartCustomerInfo(info jobs.Info) jobs.Info {
	info = wizartInfo(info)
	info.Paging = "page by number; read again if its total is not met"
	info.Parameters = append(info.Parameters,
		jobs.Parameter{Name: "locale", Values: "en, ru", Meaning: "the language of names"},
		jobs.Parameter{Name: "q", Values: `JSON: {"field": "value"}, {"field": {"$like": "v"}}, {"field": {"$in": ["v", "w"]}}`, Meaning: "only what this filter keeps"},
	)
	return info
}

// wizartList is one of the client's listings.
type wizartList[T any] func(context.Context, wizart.Query, wizart.Progress) iter.Seq2[T, error]

// wizartSource is the source of a listing as it stands now.
func wizartSource[T any](c *wizart.Client, info jobs.Info, list wizartList[T]) jobs.Source[T] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[T, error] {
		r.Proof.Account(c.Account())
		return list(ctx, wizart.Query{Filter: apiParams(r.Params), Trial: r.Limit > 0}, r.Proof)
	})
}

func wizartProductTypes(c *wizart.Client) jobs.Job {
	type productType = wizart.ProductType
	info := wizartInfo(jobs.Info{
		Name: "wizart-product-types", Title: "Product types",
		About:    "A row for each type of product that the account may import.",
		Endpoint: wizart.ProductTypesPath,
		Paging:   "none documented; pages are followed if the answer has any",
	})
	return jobs.Report[productType]{
		Info:   info,
		Source: wizartSource(c, info, c.ProductTypes),
		Columns: jobs.Columns[productType]{
			jobs.Code("code", "The code by which imports name the type, such as wallpaper.", func(t *productType) string { return t.Code }),
			jobs.Text("name", "The type's name.", func(t *productType) string { return t.Name }),
			jobs.Code("id", "The type's id.", (*productType).Identifier).From("id, uuid"),
		},
	}.Job()
}

func wizartImports(c *wizart.Client) jobs.Job {
	type imported = wizart.Import
	info := wizartInfo(jobs.Info{
		Name: "wizart-imports", Title: "Imports",
		About: "A row for each upload of a file of products that was begun in the window, and what became of it. " +
			"An import goes on for a while: run the report again to see how it ended. With the window now, all imports.",
		Endpoint:  wizart.ImportsPath,
		Paging:    "none documented, for all types; page by number for one of them",
		Every:     jobs.PreviousDay,
		AnyWindow: true,
		Summary: []exporters.Block{
			{Title: "Rows that were imported", Sum: "imported_rows"},
			{Title: "Rows in the files", Sum: "total_rows"},
			{Title: "Imports by status", By: "status", Chart: exporters.Bars},
			{Title: "Imports over time", By: "created", Every: exporters.HourOrDay, Split: "status", Chart: exporters.Stacked},
		},
		Parameters: []jobs.Parameter{{Name: "product_type", Values: "a code of wizart-product-types",
			Meaning: "only imports of this type, from " + wizart.ImportsPath + "/product-type/{code}"}},
	})
	return jobs.Report[imported]{
		Info:   info,
		Source: checked(info, wizartImportsIn(c)),
		Columns: jobs.Columns[imported]{
			jobs.Time("created", "When the import was begun.", func(i *imported) time.Time { return i.Created }).From("created_at, timezone"),
			jobs.Time("updated", "When its state changed last.", func(i *imported) time.Time { return i.Updated }).From("updated_at, timezone"),
			jobs.Text("file", "The name of the file that was uploaded.", func(i *imported) string { return i.OriginalName }).From("original_name"),
			jobs.Text("status", "How far it is; success, warning (some rows were skipped) and failure (rows before the error stay) are final.",
				func(i *imported) string { return i.Status }).
				Marking(exporters.Marked(exporters.Bad, "failure"), exporters.Marked(exporters.Doubtful, "warning")),
			jobs.Text("message", "What the import says about itself.", func(i *imported) string { return i.StatusMessage }).From("status_message"),
			jobs.Int("total_rows", "The number of rows in the file.", func(i *imported) (int64, bool) { return i.Result.Total.Get() }).In("rows").From("result.total_rows"),
			jobs.Int("imported_rows", "The number of rows that were imported.", func(i *imported) (int64, bool) { return i.Result.Imported.Get() }).In("rows").From("result.imported_rows"),
			jobs.Code("mapping_id", "The id of the mapping from columns to fields that was used.", func(i *imported) string { return string(i.MappingID) }),
			jobs.Text("path", "Where the API keeps the file, if it says so.", func(i *imported) string { return i.Path }),
			jobs.Text("timezone", "The zone in which the API writes this import's times.", func(i *imported) string { return i.Timezone }),
			jobs.Code("id", "The import's id.", func(i *imported) string { return string(i.ID) }),
		},
	}.Job()
}

// wizartImportsIn is the source of the imports that were begun in the window: the API takes no bounds, so that all are
// read.
func wizartImportsIn(c *wizart.Client) jobs.Source[wizart.Import] {
	return func(ctx context.Context, r jobs.Request) iter.Seq2[wizart.Import, error] {
		r.Proof.Account(c.Account())
		q := wizart.Query{Filter: apiParams(r.Params), Trial: r.Limit > 0}
		code := q.Filter.Get("product_type")
		q.Filter.Del("product_type")
		return func(yield func(wizart.Import, error) bool) {
			for i, err := range c.Imports(ctx, code, q, r.Proof) {
				if err == nil && !r.Window.Snapshot() && !r.Window.Contains(i.Created) {
					continue
				}
				if !yield(i, err) {
					return
				}
			}
		}
	}
}

func wizartBrands(c *wizart.Client) jobs.Job {
	type brand = wizart.Brand
	info := wizartCustomerInfo(jobs.Info{
		Name: "wizart-brands", Title: "Brands",
		About:    "A row for each brand of the account.",
		Endpoint: wizart.BrandsPath,
	})
	return jobs.Report[brand]{
		Info:   info,
		Source: wizartSource(c, info, c.Brands),
		Columns: jobs.Columns[brand]{
			jobs.Text("name", "The brand's name.", func(b *brand) string { return b.Name }),
			jobs.Bool("visible", "Whether the brand is shown in the fitting room.", func(b *brand) (bool, bool) { return b.Visible.Get() }).From("is_visible"),
			jobs.Bool("partially_visible", "Whether only some of its products are shown.", func(b *brand) (bool, bool) { return b.PartiallyVisible.Get() }),
			jobs.Bool("default_cover", "Whether its picture is that of one of its articles.", func(b *brand) (bool, bool) { return b.DefaultCover.Get() }).From("is_default_cover"),
			jobs.Text("image", "Where its picture is.", func(b *brand) string { return b.ImagePath }).From("image_path"),
			jobs.Int("order", "The place in which the brand is shown.", func(b *brand) (int64, bool) { return b.Order.Get() }),
			jobs.Code("country_uuid", "The id of the brand's country.", func(b *brand) string { return string(b.CountryUUID) }),
			jobs.Code("uuid", "The brand's id.", func(b *brand) string { return string(b.UUID) }),
		},
	}.Job()
}

func wizartCollections(c *wizart.Client) jobs.Job {
	type collection = wizart.Collection
	info := wizartCustomerInfo(jobs.Info{
		Name: "wizart-collections", Title: "Collections",
		Summary:  []exporters.Block{most("Brands with the most collections", "brand", "visible", "")},
		About:    "A row for each collection of the account's brands.",
		Endpoint: wizart.CollectionsPath,
	})
	return jobs.Report[collection]{
		Info:   info,
		Source: wizartSource(c, info, c.Collections),
		Columns: jobs.Columns[collection]{
			jobs.Text("name", "The collection's name.", func(o *collection) string { return o.Name }),
			jobs.Text("brand", "The name of its brand, if the answer tells it.", func(o *collection) string { return o.Brand.Name }).From("brand.name"),
			jobs.Bool("visible", "Whether the collection is shown in the fitting room.", func(o *collection) (bool, bool) { return o.Visible.Get() }).From("is_visible"),
			jobs.Bool("partially_visible", "Whether only some of its products are shown.", func(o *collection) (bool, bool) { return o.PartiallyVisible.Get() }),
			jobs.Text("image", "Where its picture is.", func(o *collection) string { return o.ImagePath }).From("image_path"),
			jobs.Int("order", "The place in which the collection is shown.", func(o *collection) (int64, bool) { return o.Order.Get() }),
			jobs.Code("brand_uuid", "The brand's id.", func(o *collection) string { return string(o.BrandUUID) }).From("brand.uuid, brand_uuid"),
			jobs.Code("uuid", "The collection's id.", func(o *collection) string { return string(o.UUID) }),
		},
	}.Job()
}
