package reports

import (
	"encoding/json"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

func wizartArticles(c *wizart.Client) jobs.Job {
	type article = wizart.Article
	info := wizartCustomerInfo(jobs.Info{
		Name: "wizart-articles", Title: "Articles",
		Summary:  []exporters.Block{each("Articles by type", "product_type", "availability", ""), most("Brands with the most articles", "brand", "availability", "")},
		About:    "A row for each product of the account.",
		Endpoint: wizart.ArticlesPath,
	})
	return jobs.Report[article]{
		Info:   info,
		Source: wizartSource(c, info, c.Articles),
		Columns: columns(jobs.Columns[article]{
			jobs.Code("vendor_code", "The maker's number for the product.", func(a *article) string { return string(a.VendorCode) }),
			jobs.Code("sku", "The shop's number for the product.", func(a *article) string { return string(a.SKU) }),
			jobs.Text("name", "The product's name.", func(a *article) string { return a.Name }),
			jobs.Text("description", "What the maker says about the product.", func(a *article) string { return a.Description }),
			jobs.Text("product_type", "The code of its type, such as wallpaper.", func(a *article) string { return a.ProductType.Code }).From("product_type.code"),
			jobs.Text("brand", "The name of its brand, if the answer tells it.", func(a *article) string { return a.Brand.Name }).From("brand.name"),
			jobs.Text("collection", "The name of its collection, if the answer tells it.", func(a *article) string { return a.Collection.Name }).From("collection.name"),
			jobs.Text("availability", "in_stock, out_of_stock or preorder.", func(a *article) string { return a.Availability }),
			jobs.Bool("visible", "Whether the product is shown in the fitting room.", func(a *article) (bool, bool) { return a.Visible.Get() }).From("is_visible"),
			jobs.Decimal("width", "The product's width, in the unit of its catalogue.", func(a *article) json.Number { return a.Width.JSON() }),
			jobs.Decimal("length", "The product's length, in the unit of its catalogue.", func(a *article) json.Number { return a.Length.JSON() }).From("product_length, length"),
			jobs.Bool("mural", "Whether it is a picture in panels.", func(a *article) (bool, bool) { return a.Mural.Get() }),
			jobs.Bool("repeatable", "Whether its pattern may be repeated.", func(a *article) (bool, bool) { return a.Repeatable.Get() }),
			jobs.Bool("reversed", "Whether every other strip is hung upside down.", func(a *article) (bool, bool) { return a.Reversed.Get() }).From("reverse_180"),
			jobs.Decimal("transparency", "How much shines through.", func(a *article) json.Number { return a.Transparency.JSON() }).In("percent"),
			jobs.List("links", "Where the product is sold.", func(a *article) []string { return a.Links }).From("link"),
			jobs.Text("image", "Where its picture is.", func(a *article) string { return a.ImagePath }).From("image_path"),
			jobs.Code("brand_uuid", "The brand's id.", func(a *article) string { return string(a.BrandUUID) }).From("brand.uuid, brand_uuid"),
			jobs.Code("collection_uuid", "The collection's id.", func(a *article) string { return string(a.CollectionUUID) }).From("collection.uuid, collection_uuid"),
			jobs.Code("product_type_uuid", "The type's id.", func(a *article) string { return string(a.ProductType.UUID) }).From("product_type.uuid"),
			jobs.Code("uuid", "The product's id.", func(a *article) string { return string(a.UUID) }),
		}, wizartArticleLooks()),
	}.Job()
}

// wizartArticleLooks are the sizes in which a product can be had, and how it is drawn.
func wizartArticleLooks() jobs.Columns[wizart.Article] {
	type article = wizart.Article
	return jobs.Columns[article]{
		jobs.Bool("customized_size", "Whether murals are made to measure.", func(a *article) (bool, bool) { return a.CustomizedSize.Get() }),
		jobs.List("width_options", "The widths in which murals can be had.", func(a *article) []string { return wizartNumbers(a.Widths) }),
		jobs.List("height_options", "The heights in which murals can be had.", func(a *article) []string { return wizartNumbers(a.Heights) }),
		jobs.Bool("flip", "Whether murals can be had the other way round.", func(a *article) (bool, bool) { return a.Flip.Get() }),
		jobs.Bool("black_white", "Whether murals can be had in black and white.", func(a *article) (bool, bool) { return a.BlackWhite.Get() }),
		jobs.List("laying_patterns", "The ways in which it can be laid.", wizartPatterns(func(p *wizart.Pattern) string { return p.Type })).From("laying_patterns.laying_pattern_type"),
		jobs.List("laying_pattern_images", "Pictures of them.", wizartPatterns(func(p *wizart.Pattern) string { return p.Image })).From("laying_patterns.image_path"),
		jobs.List("laying_pattern_models", "How they are drawn.", wizartPatterns(func(p *wizart.Pattern) string { return p.Model })).From("laying_patterns.model_path"),
		jobs.List("laying_pattern_uuids", "The ids of these ways.", wizartPatterns(func(p *wizart.Pattern) string { return string(p.UUID) })).From("laying_patterns.uuid"),
		jobs.Text("default_laying_pattern", "The way in which it is laid unless somebody chooses.", func(a *article) string { return a.DefaultPattern }),
		jobs.List("context_links", "Where the product is sold, by context.", func(a *article) []string { return a.ContextLinks }).From("links_by_context"),
		jobs.Text("scene_type", "The kind of scene in which it is drawn.", func(a *article) string { return a.Scene.Type }).From("scene_data.type"),
		jobs.Text("scene_code", "The scene's code.", func(a *article) string { return a.Scene.Code }).From("scene_data.code"),
		jobs.Bool("scene_is_default", "Whether that is the usual scene.", func(a *article) (bool, bool) { return a.Scene.Default.Get() }).From("scene_data.is_default"),
		jobs.Text("scene_model", "Where its model in three dimensions is.", func(a *article) string { return a.Scene.Model }).From("scene_data.model"),
		jobs.List("material_maps", "The pictures of its surface: what they say, and where they are.", wizartMaps).From("scene_data.material_maps"),
	}
}

func wizartNumbers(list []rest.Number) []string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = string(n)
	}
	return texts
}

func wizartPatterns(get func(*wizart.Pattern) string) func(*wizart.Article) []string {
	return func(a *wizart.Article) []string {
		texts := make([]string, len(a.Patterns))
		for i := range a.Patterns {
			texts[i] = get(&a.Patterns[i])
		}
		return texts
	}
}

func wizartMaps(a *wizart.Article) []string {
	var list []string
	m := a.Scene.Maps
	for _, one := range [][2]string{{"color", m.Color}, {"displacement", m.Displacement}, {"material", m.Material}, {"normal", m.Normal}, {"specular", m.Specular}} {
		if one[1] != "" {
			list = append(list, one[0]+" "+one[1])
		}
	}
	return list
}
