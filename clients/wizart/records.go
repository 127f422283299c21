package wizart

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths below the API 2.1, and below the older one.
const (
	ProductTypesPath = "/import/product-types"
	ImportsPath      = "/imports"
	BrandsPath       = customerPath + "/brands"
	CollectionsPath  = customerPath + "/collections"
	ArticlesPath     = customerPath + "/articles"
)

// kind is the name that JSON:API gives the type of a record, such as product_type. It is the same in all of a list.
type kind struct {
	Type rest.Ignored `json:"type"`
}

// ProductType is a kind of product that the account may import, such as wallpaper.
type ProductType struct {
	kind
	ID   rest.ID `json:"id"`
	UUID rest.ID `json:"uuid"` // instead of ID in older answers
	Code string  `json:"code"` // such as "wallpaper"
	Name string  `json:"name"`
}

// Identifier is the type's id, wherever the answer has it.
func (t *ProductType) Identifier() string { return string(cmp.Or(t.ID, t.UUID)) }

func (t *ProductType) key() string { return t.Identifier() }

func (t *ProductType) settle() error {
	if t.Code == "" {
		return fmt.Errorf("no code")
	}
	return nil
}

// ProductTypes lists the product types. See https://github.com/wizart-tech/api.
func (c *Client) ProductTypes(ctx context.Context, q Query, p Progress) iter.Seq2[ProductType, error] {
	return list[ProductType](ctx, c, c.path+ProductTypesPath, q, p)
}

// Import is the upload of one file of products and what became of it.
type Import struct {
	kind
	ID            rest.ID `json:"id"`
	Path          string  `json:"path"`
	OriginalName  string  `json:"original_name"`
	Status        string  `json:"status"` // success, warning and failure are final
	StatusMessage string  `json:"status_message"`
	Result        Result  `json:"result"`
	MappingID     rest.ID `json:"mapping_id"`
	Timezone      string  `json:"timezone"`   // of the times below, such as "UTC"
	CreatedAt     string  `json:"created_at"` // a wall clock in Timezone, as the API writes it
	UpdatedAt     string  `json:"updated_at"`

	Created time.Time `json:"-"` // CreatedAt as an instant
	Updated time.Time `json:"-"` // UpdatedAt as an instant; zero if there is none
}

// Result counts the rows of an import, once it has come that far.
type Result struct {
	Total    rest.Int `json:"total_rows"`
	Imported rest.Int `json:"imported_rows"`
}

// UnmarshalJSON takes an object, null, and the empty list that the server makes of an empty object.
func (r *Result) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("[]")) {
		return nil
	}
	type plain Result
	return json.Unmarshal(b, (*plain)(r))
}

func (i *Import) key() string { return string(i.ID) }

// settle makes instants of the two wall clocks.
func (i *Import) settle() error {
	zone, err := zone(i.Timezone)
	if err != nil {
		return fmt.Errorf("timezone: %w", err)
	}
	if i.Created, err = instant(i.CreatedAt, zone); err != nil {
		return fmt.Errorf("created_at: %w", err)
	}
	if i.Created.IsZero() {
		return fmt.Errorf("no created_at")
	}
	if i.Updated, err = instant(i.UpdatedAt, zone); err != nil {
		return fmt.Errorf("updated_at: %w", err)
	}
	return nil
}

// zone reads the name of a time zone, or an offset such as +03:00.
func zone(name string) (*time.Location, error) {
	if name == "" {
		return nil, fmt.Errorf("there is none, and the times are written without")
	}
	if at, err := time.Parse("-07:00", name); err == nil {
		_, offset := at.Zone()
		return time.FixedZone(name, offset), nil
	}
	if name == "Local" {
		return nil, fmt.Errorf("%q is not the name of a zone", name)
	}
	return time.LoadLocation(name)
}

// instant reads a wall clock in a zone.
func instant(clock string, zone *time.Location) (time.Time, error) {
	if clock == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateTime, clock, zone)
	if err != nil {
		return at, fmt.Errorf("%.40q is not a time such as %s", clock, time.DateTime)
	}
	return at, nil
}

// Imports lists the account's imports, or those of one product type if code is not empty. The API takes no bounds of
// time, and gives the list of all types in one answer.
func (c *Client) Imports(ctx context.Context, code string, q Query, p Progress) iter.Seq2[Import, error] {
	path := c.path + ImportsPath
	if code != "" {
		path += "/product-type/" + url.PathEscape(code)
	}
	return list[Import](ctx, c, path, q, p)
}

// Brand is a maker of products.
type Brand struct {
	UUID             rest.ID   `json:"uuid"`
	Name             string    `json:"name"`
	CountryUUID      rest.ID   `json:"country_uuid"`
	ImagePath        string    `json:"image_path"`
	Visible          rest.Bool `json:"is_visible"`
	PartiallyVisible rest.Bool `json:"partially_visible"`
	DefaultCover     rest.Bool `json:"is_default_cover"`
	Order            rest.Int  `json:"order"`
}

func (b *Brand) key() string   { return string(b.UUID) }
func (b *Brand) settle() error { return nil }

// Brands lists the account's brands, from the older API.
func (c *Client) Brands(ctx context.Context, q Query, p Progress) iter.Seq2[Brand, error] {
	return list[Brand](ctx, c, BrandsPath, q, p)
}

// Collection is a collection of a brand.
type Collection struct {
	UUID             rest.ID   `json:"uuid"`
	Name             string    `json:"name"`
	Brand            Brand     `json:"brand"`
	BrandUUID        rest.ID   `json:"brand_uuid"` // instead of Brand
	ImagePath        string    `json:"image_path"`
	Visible          rest.Bool `json:"is_visible"`
	PartiallyVisible rest.Bool `json:"partially_visible"`
	Order            rest.Int  `json:"order"`
}

func (o *Collection) key() string { return string(o.UUID) }

func (o *Collection) settle() error {
	o.BrandUUID = cmp.Or(o.Brand.UUID, o.BrandUUID)
	return nil
}

// Collections lists the account's collections, from the older API.
func (c *Client) Collections(ctx context.Context, q Query, p Progress) iter.Seq2[Collection, error] {
	return list[Collection](ctx, c, CollectionsPath, q, p)
}

// Article is a product.
type Article struct {
	UUID           rest.ID     `json:"uuid"`
	VendorCode     rest.ID     `json:"vendor_code"`
	SKU            rest.ID     `json:"sku"`
	Name           string      `json:"name"`
	Description    string      `json:"description"`
	Brand          Brand       `json:"brand"`
	BrandUUID      rest.ID     `json:"brand_uuid"` // instead of Brand
	Collection     Collection  `json:"collection"`
	CollectionUUID rest.ID     `json:"collection_uuid"` // instead of Collection
	ProductType    productType `json:"product_type"`
	Width          rest.Number `json:"width"`
	ProductLength  rest.Number `json:"product_length"`
	Length         rest.Number `json:"length"` // instead of ProductLength
	Availability   string      `json:"availability"`
	Visible        rest.Bool   `json:"is_visible"`
	Visisble       rest.Bool   `json:"is_visisble"` // as the API's description spells it
	Mural          rest.Bool   `json:"mural"`
	Repeatable     rest.Bool   `json:"repeatable"`
	Reversed       rest.Bool   `json:"reverse_180"`
	Transparency   rest.Number `json:"transparency"`
	Links          rest.Texts  `json:"link"` // one, or one for each shop
	ContextLinks   rest.Texts  `json:"links_by_context"`
	ImagePath      string      `json:"image_path"`
	Scene          Scene       `json:"scene_data"`

	Patterns       Patterns      `json:"laying_patterns"`
	DefaultPattern string        `json:"default_laying_pattern"`
	CustomizedSize rest.Bool     `json:"customized_size"` // of murals, as are the rest
	Widths         []rest.Number `json:"width_options"`
	Heights        []rest.Number `json:"height_options"`
	Flip           rest.Bool     `json:"flip"`
	BlackWhite     rest.Bool     `json:"black_white"`
}

// Scene is how a product is drawn in the fitting room. The API writes an empty one as a list.
type Scene struct {
	Type    string    `json:"type"`
	Code    string    `json:"code"`
	Default rest.Bool `json:"is_default"`
	Model   string    `json:"model"`
	Maps    struct {
		Specular     string `json:"specular"`
		Displacement string `json:"displacement"`
		Normal       string `json:"normal"`
		Color        string `json:"color"`
		Material     string `json:"material"`
	} `json:"material_maps"`
}

// UnmarshalJSON takes an object, null, and the empty list that the server makes of an empty object.
func (s *Scene) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("[]")) {
		return nil
	}
	type plain Scene
	return json.Unmarshal(b, (*plain)(s))
}

// Pattern is a way to lay planks or tiles.
type Pattern struct {
	UUID  rest.ID `json:"uuid"`
	Type  string  `json:"laying_pattern_type"`
	Image string  `json:"image_path"`
	Model string  `json:"model_path"`
}

// Patterns are documented as one object under a name in the plural.
type Patterns []Pattern

// UnmarshalJSON takes an object, a list of them, or null.
func (p *Patterns) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		return json.Unmarshal(b, (*[]Pattern)(p))
	}
	*p = make(Patterns, 1)
	return json.Unmarshal(b, &(*p)[0])
}

func (a *Article) key() string { return string(a.UUID) }

// settle takes each field from the place where this answer has it.
func (a *Article) settle() error {
	a.BrandUUID = cmp.Or(a.Brand.UUID, a.BrandUUID)
	a.CollectionUUID = cmp.Or(a.Collection.UUID, a.CollectionUUID)
	a.Length = cmp.Or(a.ProductLength, a.Length)
	if _, ok := a.Visible.Get(); !ok {
		a.Visible = a.Visisble
	}
	return nil
}

// Articles lists the account's articles, from the older API.
func (c *Client) Articles(ctx context.Context, q Query, p Progress) iter.Seq2[Article, error] {
	return list[Article](ctx, c, ArticlesPath, q, p)
}

// productType is a code, alone or in an object.
type productType struct {
	Code string  `json:"code"`
	UUID rest.ID `json:"uuid"`
}

// UnmarshalJSON takes "wallpaper", {"uuid": …, "code": "wallpaper"}, or null.
func (t *productType) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		return json.Unmarshal(b, &t.Code)
	}
	type plain productType
	return json.Unmarshal(b, (*plain)(t))
}
