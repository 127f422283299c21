package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Private access: people of the company reach its own resources through connectors, and rules decide whether they may.

type saResource struct {
	id    int
	label string
	rule  int // the one that lets people in
	group int // of connectors
}

var saResources = []saResource{
	{25, "Warenwirtschaft Görlitz", 391301, 5}, {31, "=Wiki, \"intern\"", 391302, 5}, {47, "Gehaltsabrechnung", 391303, 120},
	{90, "Drucker 3. OG", 391302, 120}, {101, "Git 🐙", 391304, 5}, {123, "Zeiterfassung", 391302, 5},
}

// saAccessRules are the rules by their numbers; saNobody blocks what no other one allows.
var saAccessRules = map[int]string{391301: "Einkauf & Vertrieb", 391302: "Alle im Haus", 391303: "Buchhaltung", 391304: "IT", saNobody: "UNKNOWN"}

const saNobody = 391327

// saConnectors are the connectors with their groups.
var saConnectors = []struct{ id, group int }{{6, 5}, {7, 5}, {19, 120}}

func saGroupIDs() string { return "5,120" }

func saConnectorIDs() string {
	var ids []string
	for _, c := range saConnectors {
		ids = append(ids, strconv.Itoa(c.id))
	}
	return strings.Join(ids, ",")
}

func saAccessRuleIDs() string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(saAccessRules)) {
		ids = append(ids, strconv.Itoa(id))
	}
	return strings.Join(ids, ",")
}

// saAccess is one request of somebody for a resource.
type saAccess struct {
	at        int64 // Unix seconds
	resource  *saResource
	identity  int // index
	connector int // its number
	blocked   bool
}

func (a *saAccess) rule() int {
	if a.blocked {
		return saNobody
	}
	return a.resource.rule
}

func (a *saAccess) verdict() string {
	if a.blocked {
		return "blocked"
	}
	return "allowed"
}

// accesses are the requests of the window for resources that are wanted, in the order of time.
func (s *secureAccess) accesses(q *saQuery, wanted func(*saAccess) bool) []saAccess {
	var list []saAccess
	for start := q.first - q.first%3600; start <= q.last; start += 3600 {
		for _, a := range s.accessesOf(q.company, start) {
			if a.at >= q.first && a.at <= q.last && wanted(&a) {
				list = append(list, a)
			}
		}
	}
	return list
}

func saAny(*saAccess) bool { return true }

// accessesOf are the requests of the hour that begins at a number of Unix seconds.
func (s *secureAccess) accessesOf(c *saCompany, start int64) []saAccess {
	r := seeded(s.o.Seed, "secureaccess", "private", start)
	n := r.IntN(4)
	if hour := time.Unix(start, 0).UTC().Hour(); hour >= 6 && hour < 18 {
		n = 10 + r.IntN(30)
	}
	list := make([]saAccess, n)
	for i := range list {
		resource := &saResources[min(r.IntN(len(saResources)), r.IntN(len(saResources)))]
		person := c.actors[pick(r, c.people).home]
		list[i] = saAccess{at: start + int64(r.IntN(3600)), resource: resource, identity: person.identities[0], blocked: chance(r, 9)}
		for list[i].connector == 0 {
			if connector := pick(r, saConnectors); connector.group == resource.group {
				list[i].connector = connector.id
			}
		}
	}
	slices.SortStableFunc(list, func(a, b saAccess) int { return cmp.Compare(a.at, b.at) })
	return list
}

// privateEndpoints are the endpoints below /reports/v2 of private access and of rules.
func (s *secureAccess) privateEndpoints() []saEndpoint {
	paged := []string{"from", "to", "limit", "offset"}
	with := func(needs []string, more ...string) []string { return append(slices.Clone(needs), more...) }
	return []saEndpoint{
		{"top-resources", "", paged, func(q *saQuery) any { return s.topResources(q, saAny) }},
		{"top-resources/firewall", "", paged, func(q *saQuery) any { return s.topResources(q, (*saAccess).routed) }},
		{"top-resources/ztna", "", paged, func(q *saQuery) any { return s.topResources(q, func(a *saAccess) bool { return !a.routed() }) }},
		{"unique-resources", "", saWindow, s.uniqueResources},
		{"private-resources/summary-stats", "", with(saPaged, "privateresourceids"), s.resourceSummaries},
		{"private-resources/detailed-stats-timerange", "", with(saWindow, "privateresourceid"), s.resourceStats},
		{"private-resources/detailed-stats-identities", "", with(saPaged, "privateresourceid"), s.resourceIdentities},
		{"requests-summary/appconnector-groups", "", saWindow, s.connectorSummary},
		{"requests-by-appconnector", "", paged, func(q *saQuery) any { return s.connectorRequests(q, false) }},
		{"requests-by-appconnector-group", "", paged, func(q *saQuery) any { return s.connectorRequests(q, true) }},
		{"rules-activity", "", paged, s.rulesActivity},
		{"app-connectors/groups/overloaded-count", "", with(saWindow, "cputhreshold"), s.overloadedGroups},
		{"app-connectors/groups/detailed-stats-timerange", "", with(saWindow, "groupids", "cputhreshold"), s.groupStats},
		{"app-connectors/detailed-stats-timerange", "", with(saWindow, "agentids"), s.connectorStats},
		{"summaries-by-rule/hitcount", "", with(saWindow, "ruleids"), func(q *saQuery) any { return s.ruleHits(q, "hitcount") }},
		{"summaries-by-rule/firewall-hitcount", "", with(saWindow, "ruleids"), func(q *saQuery) any { return s.ruleHits(q, "hitscount") }},
		{"summaries-by-rule/intrusion", "", saPaged, s.intrusionHits},
	}
}

// saHits counts what became of requests.
type saHits struct {
	total, blocked int
	last           int64
	identities     map[int]bool
}

func (h *saHits) add(a *saAccess) {
	if h.identities == nil {
		h.identities = map[int]bool{}
	}
	h.total++
	if a.blocked {
		h.blocked++
	}
	h.last = max(h.last, a.at)
	h.identities[a.identity] = true
}

// hitsBy counts requests by a key.
func hitsBy[K comparable](list []saAccess, key func(*saAccess) K) map[K]*saHits {
	hits := map[K]*saHits{}
	for i := range list {
		k := key(&list[i])
		if hits[k] == nil {
			hits[k] = &saHits{}
		}
		hits[k].add(&list[i])
	}
	return hits
}

// mostFirst are the keys with the most hits first.
func mostFirst[K cmp.Ordered](hits map[K]*saHits) []K {
	return slices.SortedFunc(maps.Keys(hits), func(a, b K) int { return cmp.Or(hits[b].total-hits[a].total, cmp.Compare(a, b)) })
}

func saResourceLabel(id int) string {
	for _, r := range saResources {
		if r.id == id {
			return r.label
		}
	}
	return ""
}

func byResource(a *saAccess) int { return a.resource.id }

// routed tells whether somebody came through the firewall, and not by zero trust access.
func (a *saAccess) routed() bool { return a.at%3 == 0 }

func (s *secureAccess) topResources(q *saQuery, wanted func(*saAccess) bool) any {
	hits, list := hitsBy(s.accesses(q, wanted), byResource), []object{}
	for i, id := range mostFirst(hits) {
		list = append(list, object{"rank": i + 1, "count": hits[id].total, "application": object{"id": id, "label": saResourceLabel(id), "category": "Private Application"}})
	}
	return list
}

func (s *secureAccess) uniqueResources(q *saQuery) any {
	return object{"count": len(hitsBy(s.accesses(q, saAny), byResource))}
}

func (s *secureAccess) resourceSummaries(q *saQuery) any {
	is := q.wanted("privateresourceids")
	hits, list := hitsBy(s.accesses(q, saAny), byResource), []object{}
	for _, r := range saResources {
		if h := hits[r.id]; h != nil && is(strconv.Itoa(r.id)) {
			list = append(list, object{"privateresourceid": r.id, "idscount": len(h.identities), "hitscount": h.total, "lasteventat": h.last * 1000})
		}
	}
	return list
}

// oneResource are the requests for the resource that a request names, and its number.
func (s *secureAccess) oneResource(q *saQuery) ([]saAccess, int) {
	id, _ := strconv.Atoi(q.values.Get("privateresourceid"))
	return s.accesses(q, func(a *saAccess) bool { return a.resource.id == id }), id
}

func (s *secureAccess) resourceStats(q *saQuery) any {
	list, id := s.oneResource(q)
	if len(list) == 0 {
		return object{}
	}
	each := int64(q.bucket / time.Second)
	hits := hitsBy(list, func(a *saAccess) int64 { return a.at - a.at%each })
	all := hitsBy(list, byResource)[id]
	return object{"privateresourceid": id, "totalHitsCount": object{"total": all.total, "success": all.total - all.blocked, "blocked": all.blocked},
		"timeSeriesHitsCount": q.series(func(bucket object, at int64) {
			h := cmp.Or(hits[at], &saHits{})
			bucket["hitscount"], bucket["success"], bucket["blocked"] = h.total, h.total-h.blocked, h.blocked
		})}
}

func (s *secureAccess) resourceIdentities(q *saQuery) any {
	list, id := s.oneResource(q)
	hits, rows := hitsBy(list, func(a *saAccess) int { return a.identity }), []object{}
	for _, i := range mostFirst(hits) {
		who, h := q.company.identities[i], hits[i]
		rows = append(rows, object{"id": who.ID, "label": who.Label, "type": who.Type, "deleted": who.Deleted,
			"hitscount": h.total, "success": h.total - h.blocked, "blocked": h.blocked})
	}
	return object{"privateresourceid": id, "identities": q.page(rows)}
}
