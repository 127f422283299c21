package sandbox

import "strings"

// saInternal is the category of what the company runs itself: its private resources.
const saInternal = "Internal"

// topResources counts the connections to the company's own services by service: intranet, ERP and so on.
func (q *saQuery) topResources() any {
	tallies := tally(q, func(e *saEvent, count func(uint16)) {
		if saCategories[q.destination(e).categories[0]].Label == saInternal {
			count(e.destination)
		}
	})
	return ranked(tallies, func(rank int, i uint16, t *saTally) object {
		name, _, _ := strings.Cut(q.company.destinations[i].domain, ".")
		return object{"rank": rank, "count": t.requests, "application": object{"id": 25_000 + int(i), "label": name, "category": "Private Application"}}
	})
}

// topEventTypes counts requests that met something known to be bad, by what knew it: Cisco's lists or those of an
// integration, of domains or of addresses. What the proxy blocks because of a threat, the virus scanner knew too.
func (q *saQuery) topEventTypes() any {
	tallies := tally(q, func(e *saEvent, count func(string)) {
		d := q.destination(e)
		if d.threat < 0 {
			return
		}
		about := "domain"
		if e.kind == saProxy {
			about = "url"
			if e.verdict == saBlocked {
				count("antivirus")
			}
		}
		count(about + "_security")
		if saCategories[d.categories[0]].Integration {
			count(about + "_integration")
		}
	})
	return ranked(tallies, func(_ int, name string, t *saTally) object { return object{"eventtype": name, "count": t.requests} })
}
