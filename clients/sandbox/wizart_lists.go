package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// wizartInside is the host that the application takes for its own, behind its proxy. It leaks into links.
const wizartInside = "http://localhost:8051"

func (t wizartType) object() object {
	return object{"type": "product_type", "id": t.id, "attributes": object{"code": t.code, "name": t.name}}
}

func (q *wizartRequest) data(v any) { writeJSON(q.w, http.StatusOK, object{"data": v}) }

func (q *wizartRequest) productTypes() {
	list := []object{}
	for _, t := range q.z.catalog().types {
		list = append(list, t.object())
	}
	q.data(list)
}

// imports are all of them in one answer: no parameter cuts it.
func (q *wizartRequest) imports() {
	list := []object{}
	for _, i := range q.z.imports() {
		list = append(list, i.object)
	}
	q.data(list)
}

func (q *wizartRequest) lastImport() {
	all := q.z.imports()
	if len(all) == 0 {
		q.notFound()
		return
	}
	q.data(all[0].object)
}

func (q *wizartRequest) oneImport() {
	id, err := strconv.ParseInt(q.r.PathValue("id"), 10, 64)
	if err != nil {
		q.problem(http.StatusUnprocessableEntity, "The import id must be an integer.", "importId", "")
		return
	}
	for _, i := range q.z.imports() {
		if i.id == id {
			q.data(i.object)
			return
		}
	}
	q.notFound()
}

// importsOfType pages by twenty. A type that Wizart knows and the account does not sell is forbidden, another one
// not found.
func (q *wizartRequest) importsOfType() {
	code, types := q.r.PathValue("code"), q.z.catalog().types
	n := slices.IndexFunc(types, func(t wizartType) bool { return t.code == code })
	switch {
	case code == "paint":
		q.forbidden()
		return
	case n < 0:
		q.notFound()
		return
	}
	var list []object
	for _, i := range q.z.imports() {
		if i.code == code {
			list = append(list, i.object)
		}
	}
	body := q.paged(list, 20, wizartInside+"/api/v2.1/imports/product-type/"+code)
	body["included"] = []object{types[n].object()}
	writeJSON(q.w, http.StatusOK, body)
}

func (q *wizartRequest) brands()      { q.listing(q.z.catalog().brands, "brands") }
func (q *wizartRequest) collections() { q.listing(q.z.catalog().collections, "collections") }
func (q *wizartRequest) articles()    { q.listing(q.z.catalog().articles, "articles") }

// listing answers for the older API: filtered by q, translated for a locale, paged by fifteen, with the number of
// items on a page as text and links without a host.
func (q *wizartRequest) listing(all []object, name string) {
	locale := q.r.URL.Query().Get("locale")
	if !slices.Contains([]string{"", "en", "ru"}, locale) {
		q.problem(http.StatusUnprocessableEntity, "", "locale", "The selected locale is invalid.")
		return
	}
	keep, err := wizartFilter(q.r.URL.Query().Get("q"))
	if err != nil {
		q.problem(http.StatusUnprocessableEntity, "", "q", "The q field must be a valid JSON string.")
		return
	}
	var list []object
	for _, o := range all {
		if keep(o) {
			list = append(list, o)
		}
	}
	body := q.paged(list, 15, "/api/"+name)
	page := body["data"].([]object)
	for i, o := range page {
		page[i] = q.z.catalog().translated(o, locale)
	}
	body["meta"].(object)["per_page"] = "15"
	writeJSON(q.w, http.StatusOK, body)
}

// translated puts the product's kind in front of an article's name in Russian. Names themselves are never translated.
func (c *wizartCatalogue) translated(o object, locale string) object {
	for _, t := range c.types {
		if locale == "ru" && o["product_type"] == t.code {
			copied := object{}
			for k, v := range o {
				copied[k] = v
			}
			copied["name"] = fmt.Sprintf("%s «%v»", t.russian, o["name"])
			return copied
		}
	}
	return o
}

// wizartFilter reads {"field":"value"}, {"field":{"$like":"v"}} and {"field":{"$in":["v","w"]}}.
func wizartFilter(text string) (keep func(object) bool, err error) {
	conditions := map[string]any{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &conditions); err != nil {
			return nil, fmt.Errorf("filter: %w", err)
		}
	}
	return func(o object) bool {
		for field, want := range conditions {
			if !wizartMeets(fmt.Sprint(o[field]), want) {
				return false
			}
		}
		return true
	}, nil
}

func wizartMeets(have string, want any) bool {
	operators, ok := want.(map[string]any)
	if !ok {
		return have == fmt.Sprint(want)
	}
	if part, ok := operators["$like"].(string); ok {
		return strings.Contains(strings.ToLower(have), strings.ToLower(strings.Trim(part, "%")))
	}
	list, _ := operators["$in"].([]any)
	return slices.ContainsFunc(list, func(v any) bool { return have == fmt.Sprint(v) })
}

// paged cuts one page and describes it as the framework's paginator does: a page below 1, or no number at all, is
// page 1; one past the end is empty; the links carry the page and forget everything else.
func (q *wizartRequest) paged(all []object, size int, path string) object {
	page, err := strconv.Atoi(q.r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	last := max(1, (len(all)+size-1)/size)
	first := len(all)
	if page <= last {
		first = (page - 1) * size
	}
	data := append([]object{}, all[first:min(first+size, len(all))]...)
	link := func(n int, is bool) any {
		if !is {
			return nil
		}
		return path + "?page=" + strconv.Itoa(n)
	}
	meta := object{"current_page": page, "from": nil, "last_page": last, "path": path, "per_page": size, "to": nil, "total": len(all)}
	if len(data) > 0 {
		meta["from"], meta["to"] = first+1, first+len(data)
	}
	return object{"data": data, "meta": meta, "links": object{"first": link(1, true), "last": link(last, true),
		"prev": link(page-1, page > 1), "next": link(page+1, page < last)}}
}
