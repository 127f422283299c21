package sandbox

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// wizartCatalogue is what the account sells: brands, their collections, and the articles in them.
type wizartCatalogue struct {
	types                         []wizartType
	brands, collections, articles []object
}

type wizartType struct{ id, code, name, russian string }

// wizartUUID makes a version 4 UUID out of a source of random numbers.
func wizartUUID(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

var (
	wizartBrandNames = []string{"Tapetenwerk Elbe", "Fliesen Grünhain", "Parkett & Söhne", "Papierhaus Marlène", "O'Rourke Floors",
		"Керамика Север", "Lino \"Vierzehn\"", "Studio Ångström", "Casa Azulejo", "Nordholz", "=Design", "Teppich, Tuch & Co."}
	wizartCollectionNames = []string{"Aurora", "Birke", "Cirrus", "Drift", "Éclat", "Föhn", "Gneis", "Harmonie", "Indigo", "Jade", "Kiesel",
		"Lärche", "Mosaik", "Nebel", "Opal", "Prisma", "Quarz", "Rauhfaser", "Salz", "Terrazzo", "Ufer", "Veloursglanz", "Wildeiche", "Zebrano"}
	wizartColours = []string{"Anthracite", "Ivory", "Moss", "Oxblood", "Sand", "Slate", "Teal", "Weiß", "Zimt", "Крем"}
)

func newWizartCatalogue(seed uint64) *wizartCatalogue {
	c := &wizartCatalogue{}
	r := seeded(seed, "wizart", "catalogue")
	for _, t := range [][3]string{{"wallpaper", "Wallpaper", "Обои"}, {"laminate", "Laminate", "Ламинат"}, {"tile", "Tile", "Плитка"},
		{"carpet", "Carpet", "Ковёр"}} {
		c.types = append(c.types, wizartType{wizartUUID(r), t[0], t[1], t[2]})
	}
	for i, name := range wizartBrandNames {
		brand := c.brand(r, i, name)
		for j := range 5 + r.IntN(6) {
			collection, kind := c.collection(r, brand, wizartCollectionNames[(7*i+j)%len(wizartCollectionNames)], j), pick(r, c.types)
			for k := range 18 + r.IntN(18) {
				c.article(r, brand, collection, kind, k)
			}
		}
	}
	return c
}

func (c *wizartCatalogue) brand(r *rand.Rand, i int, name string) object {
	b := object{"uuid": wizartUUID(r), "name": name, "country_uuid": wizartUUID(r), "image_path": fmt.Sprintf("brands/%d.jpg", i+1),
		"is_visible": i != 7, "partially_visible": i == 3, "is_default_cover": i%2 == 0, "order": i + 1}
	c.brands = append(c.brands, b)
	return b
}

func (c *wizartCatalogue) collection(r *rand.Rand, brand object, name string, i int) object {
	o := object{"uuid": wizartUUID(r), "name": name, "brand": brand, "image_path": nil, "is_visible": !chance(r, 9), "partially_visible": chance(r, 9),
		"order": i + 1}
	c.collections = append(c.collections, o)
	return o
}

// article is a product; its visibility has the name that the API's own description gives it.
func (c *wizartCatalogue) article(r *rand.Rand, brand, collection object, kind wizartType, i int) {
	mural := kind.code == "wallpaper" && chance(r, 6)
	a := object{"uuid": wizartUUID(r), "name": fmt.Sprintf("%s %s", collection["name"], pick(r, wizartColours)), "description": nil,
		"vendor_code": fmt.Sprintf("%04d-%02d", r.IntN(10_000), i), "sku": fmt.Sprintf("40%011d", r.Int64N(1e11)),
		"brand_uuid": brand["uuid"], "collection_uuid": collection["uuid"], "product_type": kind.code,
		"width": json.Number(fmt.Sprintf("%d.%d", 20+r.IntN(100), r.IntN(10))), "product_length": 30 + r.IntN(1000),
		"is_visisble": !chance(r, 8), "image_path": nil, "availability": pick(r, []string{"in_stock", "in_stock", "out_of_stock", "preorder"}),
		"mural": mural, "repeatable": !mural, "reverse_180": chance(r, 5), "transparency": nil, "link": "https://shop.example/" + strconv.Itoa(i),
		"links_by_context": []string{}, "scene_data": wizartScene(kind), "laying_patterns": nil, "default_laying_pattern": nil,
		"customized_size": mural, "width_options": []int{}, "height_options": []int{}, "flip": mural, "black_white": false}
	if mural {
		a["width_options"], a["height_options"] = []json.Number{"250.5", "300"}, []int{250, 280}
	}
	if kind.code == "laminate" {
		a["laying_patterns"] = object{"uuid": wizartUUID(r), "laying_pattern_type": "herringbone", "image_path": "patterns/h.jpg", "model_path": nil}
		a["default_laying_pattern"] = "herringbone"
	}
	if chance(r, 30) {
		a["vendor_code"] = fmt.Sprintf("=%04d+%02d", r.IntN(10_000), i) // A code that a spreadsheet would add up.
	}
	if chance(r, 4) {
		a["image_path"] = "articles/" + wizartUUID(r) + ".jpg"
	}
	c.articles = append(c.articles, a)
}

// wizartScene is how an article is drawn.
func wizartScene(kind wizartType) object {
	return object{"type": kind.code, "code": "default", "is_default": true, "model": nil, "material_maps": object{
		"specular": nil, "displacement": nil, "normal": "maps/" + kind.code + "_n.jpg", "color": nil, "material": nil}}
}

// wizartImport is one upload of a file, with the state it has at an instant.
type wizartImport struct {
	id      int64
	code    string // of the product type
	created time.Time
	object  object
}

// The states that an import goes through before its last one.
var wizartStates = []string{"uploading_files", "validating_csv", "unpacking_archive", "checking_images", "waiting_queue", "importing_data"}

var wizartFiles = []string{"wallpaper.csv", "neuheiten_frühjahr.csv", "=preise.csv", "catalogue \"2026\", final.csv", "плитка.csv", "floors-🪵.csv"}

// imports lists the imports of the last year, newest first. Those of a day follow from the seed and the day, their
// states from the time that has passed since.
func (z *wizart) imports() []wizartImport {
	now := z.o.Now().UTC()
	var list []wizartImport
	for day := now.Truncate(24*time.Hour).AddDate(-1, 0, 0); day.Before(now); day = day.AddDate(0, 0, 1) {
		list = append(list, z.importsOf(day, now)...)
	}
	slices.Reverse(list)
	return list
}

func (z *wizart) importsOf(day, now time.Time) []wizartImport {
	r := seeded(z.o.Seed, "wizart", "imports", day.Format(time.DateOnly))
	n := []int{0, 0, 0, 1, 1, 1, 2, 2}[r.IntN(8)]
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		n /= 2
	}
	var list []wizartImport
	at := day.Add(6 * time.Hour)
	for i := range n {
		at = at.Add(time.Duration(r.IntN(6*3600)) * time.Second)
		if one := z.newImport(r, day.Unix()/86400*10+int64(i), at, now); !at.After(now) {
			list = append(list, one)
		}
	}
	return list
}

// newImport makes an import that began at an instant. Its draws are the same at every time of asking.
func (z *wizart) newImport(r *rand.Rand, id int64, at, now time.Time) wizartImport {
	code := pick(r, z.catalog().types).code
	took := time.Duration(120+r.IntN(2400)) * time.Second
	rows, skipped := 20+r.IntN(2000), 1+r.IntN(20)
	fate, stuck, zone, file := r.IntN(20), pick(r, wizartStates), r.IntN(10), pick(r, wizartFiles)
	a := object{"path": nil, "original_name": file, "status_message": "", "result": nil, "mapping_id": 1 + id%3, "timezone": "UTC"}
	where := time.UTC
	if zone == 0 {
		where = time.FixedZone("Europe/Minsk", 3*3600)
		a["timezone"] = where.String()
	}
	updated := at.Add(took)
	switch age := now.Sub(at); {
	case age < took:
		step := max(0, int(age*time.Duration(len(wizartStates))/took)) // one of the future is drawn too, and left out
		a["status"], updated = wizartStates[step], at.Add(took*time.Duration(step)/time.Duration(len(wizartStates)))
	case fate == 0:
		a["status"] = stuck // A worker that died left it so.
	case fate == 1:
		a["status"], a["status_message"] = "failure", fmt.Sprintf("Row %d: unknown column; rows before it stay imported", skipped)
	case fate < 6:
		a["status"], a["status_message"] = "warning", "Some rows were skipped"
		a["result"] = object{"total_rows": strconv.Itoa(rows), "imported_rows": strconv.Itoa(rows - skipped)}
	default:
		a["status"], a["status_message"] = "success", fmt.Sprintf("Total rows imported: %d out of %d", rows, rows)
		a["result"] = object{"total_rows": strconv.Itoa(rows), "imported_rows": strconv.Itoa(rows)}
	}
	a["created_at"], a["updated_at"] = at.In(where).Format(time.DateTime), updated.In(where).Format(time.DateTime)
	return wizartImport{id: id, code: code, created: at, object: object{"type": "import_data", "id": strconv.FormatInt(id, 10), "attributes": a}}
}
