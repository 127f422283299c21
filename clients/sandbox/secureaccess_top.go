package sandbox

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
