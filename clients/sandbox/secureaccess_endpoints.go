package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// saEndpoint is one path below /reports/v2. Adding one is a line in saEndpoints and, if no function there gives its
// data yet, a function: nil means that there is no such thing (404), a list is paged if the endpoint takes a limit.
type saEndpoint struct {
	path  string
	types string   // values of one more path element, which choose what the data is about
	needs []string // parameters without which the API answers 400
	data  func(q *saQuery) any
}

var (
	saWindow = []string{"from", "to"}
	saPaged  = []string{"from", "to", "limit"}
)

// saKinds are the types in paths. This company has nothing of type ip, which is a thing of the past: its answers are empty.
var saKinds = map[string]saKind{"dns": saDNS, "proxy": saProxy, "firewall": saFirewall, "intrusion": saIntrusion, "ztna": saZTNA,
	"decryption": saDecryption, "amp-retrospective": saRetrospective, "remote-access": saRemoteAccess}

var saEndpoints = []saEndpoint{
	{"activity", "dns proxy firewall intrusion ip amp-retrospective ztna decryption", saPaged, (*saQuery).activity},
	{"remote-access-events", "", saPaged, (*saQuery).activity},
	{"networkTunnelLogs", "", saPaged, (*saQuery).activity},
	{"top-identities", "dns proxy firewall ip ztna remote-access", saPaged, (*saQuery).topIdentities},
	{"identity-distribution", "dns proxy", saPaged, (*saQuery).identityDistribution},
	{"top-destinations", "dns proxy firewall ip", saPaged, (*saQuery).topDestinations},
	{"top-urls", "", saPaged, (*saQuery).topURLs},
	{"top-categories", "dns proxy ip", saPaged, (*saQuery).topCategories},
	{"top-eventtypes", "", saWindow, (*saQuery).topEventTypes},
	{"top-dns-query-types", "", saPaged, (*saQuery).topQueryTypes},
	{"top-files", "", saPaged, (*saQuery).topFiles},
	{"top-threats", "dns proxy", saPaged, (*saQuery).topThreats},
	{"top-threat-types", "dns proxy", saPaged, (*saQuery).topThreatTypes},
	{"top-ips", "", saWindow, func(q *saQuery) any { return q.topIPs(func(a *saActor) string { return a.externalIP }) }},
	{"top-ips/internal", "", saWindow, func(q *saQuery) any { return q.topIPs(func(a *saActor) string { return a.internalIP }) }},
	{"requests-by-hour", "dns proxy firewall intrusion ip remote-access ztna", saPaged, (*saQuery).requestsByTime},
	{"requests-by-timerange", "dns proxy firewall intrusion ip remote-access ztna", saPaged, (*saQuery).requestsByTime},
	{"categories-by-hour", "dns proxy ip", saPaged, (*saQuery).categoriesByTime},
	{"categories-by-timerange", "dns proxy ip", saPaged, (*saQuery).categoriesByTime},
	{"bandwidth-by-hour", "", saPaged, (*saQuery).bandwidthByTime},
	{"bandwidth-by-timerange", "", saPaged, (*saQuery).bandwidthByTime},
	{"total-requests", "dns proxy firewall ip", saWindow, (*saQuery).totalRequests},
	{"summary", "dns proxy firewall ip", saPaged, (*saQuery).summary},
	{"summaries-by-category", "dns proxy ip", saPaged, (*saQuery).summariesByCategory},
	{"summaries-by-destination", "dns proxy", saPaged, (*saQuery).summariesByDestination},
	{"deployment-status", "", saWindow, (*saQuery).deploymentStatus},
	{"applications", "", nil, (*saQuery).applications},
	{"categories", "", nil, (*saQuery).categories},
	{"identities", "", []string{"limit"}, (*saQuery).identities},
	{"identities/{id}", "", nil, (*saQuery).identity},
	{"threat-types", "", nil, func(*saQuery) any { return saDescribed(saThreatTypes) }},
	{"threat-types/{id}", "", nil, func(q *saQuery) any { return q.described(saThreatTypes) }},
	{"threat-names", "", nil, func(*saQuery) any { return saDescribed(saThreatNames) }},
	{"threat-names/{id}", "", nil, func(q *saQuery) any { return q.described(saThreatNames) }},
}

// saTally counts requests of one thing.
type saTally struct {
	requests, allowed, blocked int64
	connected, disconnected    int64
	sent, received             int64 // bytes
}

func (t *saTally) add(c *saCompany, e *saEvent) {
	t.requests++
	switch e.verdict {
	case saBlocked, saFailed:
		t.blocked++
	default:
		t.allowed++
	}
	switch e.verdict {
	case saConnected:
		t.connected++
	case saDisconnected:
		t.disconnected++
	}
	if e.kind == saProxy {
		x := e.details(&c.destinations[e.destination])
		t.sent += x.request
		t.received += x.response
	}
}

func (t *saTally) counts() object {
	counts := object{"requests": t.requests, "allowedrequests": t.allowed, "blockedrequests": t.blocked}
	if t.connected+t.disconnected > 0 {
		counts["connectedevents"], counts["disconnectedevents"] = t.connected, t.disconnected
	}
	return counts
}

// bandwidth is null where nothing that counts bytes was asked about.
func (t *saTally) bandwidth(q *saQuery) any {
	if q.kinds&saProxy == 0 {
		return nil
	}
	return t.sent + t.received
}

// tally counts the events of the window by keys, of which an event has none, one or several.
func tally[K cmp.Ordered](q *saQuery, keys func(e *saEvent, count func(K))) map[K]*saTally {
	tallies := map[K]*saTally{}
	for e := range q.matching() {
		keys(e, func(k K) {
			t := tallies[k]
			if t == nil {
				t = &saTally{}
				tallies[k] = t
			}
			t.add(q.company, e)
		})
	}
	return tallies
}

// ranked makes the list of an endpoint: the keys with the most requests first.
func ranked[K cmp.Ordered](tallies map[K]*saTally, item func(rank int, k K, t *saTally) object) []object {
	keys := slices.SortedFunc(maps.Keys(tallies), func(a, b K) int {
		return cmp.Or(cmp.Compare(tallies[b].requests, tallies[a].requests), cmp.Compare(a, b))
	})
	list := []object{}
	for i, k := range keys {
		list = append(list, item(i+1, k, tallies[k]))
	}
	return list
}

func (q *saQuery) destination(e *saEvent) *saDestination {
	return &q.company.destinations[e.destination]
}

func (q *saQuery) byIdentity(e *saEvent, count func(int)) {
	for _, i := range q.company.actors[e.actor].identities {
		count(i)
	}
}

func (q *saQuery) byCategory(e *saEvent, count func(int)) {
	for _, i := range q.destination(e).categories {
		count(i)
	}
}

func (q *saQuery) topIdentities() any {
	return ranked(tally(q, q.byIdentity), func(rank, i int, t *saTally) object {
		return object{"rank": rank, "requests": t.requests, "bandwidth": t.bandwidth(q), "identity": q.company.identities[i], "counts": t.counts()}
	})
}

func (q *saQuery) identityDistribution() any {
	kinds, members := map[string]saIDType{}, map[string]map[int]bool{}
	tallies := tally(q, func(e *saEvent, count func(string)) {
		for _, i := range q.company.actors[e.actor].identities {
			kind := q.company.identities[i].Type
			if kinds[kind.Type] = kind; members[kind.Type] == nil {
				members[kind.Type] = map[int]bool{}
			}
			members[kind.Type][i] = true
			count(kind.Type)
		}
	})
	return ranked(tallies, func(_ int, name string, t *saTally) object {
		return object{"identitytype": kinds[name], "requests": t.requests, "unique_identity_count": len(members[name]), "counts": t.counts()}
	})
}

func (q *saQuery) topDestinations() any {
	tallies := tally(q, func(e *saEvent, count func(uint16)) { count(e.destination) })
	return ranked(tallies, func(rank int, i uint16, t *saTally) object {
		d, blockedFor := q.company.destinations[i], []saCategory{}
		if t.blocked > 0 {
			blockedFor = saCategoriesOf(d.categories)
		}
		return object{"rank": rank, "domain": d.domain, "count": t.requests, "bandwidth": t.bandwidth(q), "counts": t.counts(),
			"categories": saCategoriesOf(d.categories), "policycategories": blockedFor}
	})
}

func (q *saQuery) topURLs() any {
	q.kinds &= saProxy
	categories := map[string][]int{}
	tallies := tally(q, func(e *saEvent, count func(string)) {
		x := e.details(q.destination(e))
		path := q.destination(e).domain + x.path
		categories[path] = q.destination(e).categories
		count(path)
	})
	return ranked(tallies, func(rank int, path string, t *saTally) object {
		return object{"rank": rank, "path": path, "count": t.requests, "categories": saCategoriesOf(categories[path])}
	})
}

func (q *saQuery) topCategories() any {
	return ranked(tally(q, q.byCategory), func(rank, i int, t *saTally) object {
		return object{"rank": rank, "category": saCategories[i], "count": t.requests, "bandwidth": t.bandwidth(q)}
	})
}

func (q *saQuery) topQueryTypes() any {
	q.kinds &= saDNS
	tallies := tally(q, func(e *saEvent, count func(string)) {
		x := e.details(q.destination(e))
		count(x.queryType)
	})
	return ranked(tallies, func(_ int, name string, t *saTally) object { return object{"querytype": name, "requests": t.requests} })
}

func (q *saQuery) topFiles() any {
	q.kinds &= saProxy
	type seen struct {
		names      map[string]bool
		people     map[uint16]bool
		categories []int
	}
	files := map[string]*seen{}
	tallies := tally(q, func(e *saEvent, count func(string)) {
		x := e.details(q.destination(e))
		if x.sha256 == "" {
			return
		}
		if files[x.sha256] == nil {
			files[x.sha256] = &seen{map[string]bool{}, map[uint16]bool{}, q.destination(e).categories}
		}
		files[x.sha256].names[x.file] = true
		files[x.sha256].people[e.actor] = true
		count(x.sha256)
	})
	return ranked(tallies, func(_ int, sum string, t *saTally) object {
		f := files[sum]
		return object{"requests": t.requests, "sha256": sum, "identitycount": len(f.people), "filenames": slices.Sorted(maps.Keys(f.names)),
			"filetypes": []string{"PDF"}, "categories": saCategoriesOf(f.categories)}
	})
}

func (q *saQuery) byThreat(e *saEvent, count func(int)) {
	if t := q.destination(e).threat; t >= 0 {
		count(t)
	}
}

func (q *saQuery) topThreats() any {
	return ranked(tally(q, q.byThreat), func(_, i int, t *saTally) object {
		return object{"threat": saThreatNames[i].Label, "threattype": saThreatNames[i].Type, "count": t.requests}
	})
}

func (q *saQuery) topThreatTypes() any {
	names := map[string]map[int]bool{}
	tallies := tally(q, func(e *saEvent, count func(string)) {
		q.byThreat(e, func(i int) {
			kind := saThreatNames[i].Type
			if names[kind] == nil {
				names[kind] = map[int]bool{}
			}
			names[kind][i] = true
			count(kind)
		})
	})
	return ranked(tallies, func(_ int, kind string, t *saTally) object {
		return object{"threattype": kind, "threatscount": len(names[kind]), "count": t.requests}
	})
}

func (q *saQuery) topIPs(of func(a *saActor) string) any {
	tallies := tally(q, func(e *saEvent, count func(string)) { count(of(&q.company.actors[e.actor])) })
	return ranked(tallies, func(_ int, ip string, t *saTally) object { return object{"ip": ip, "count": t.requests} })
}

// series makes one object for every stretch of time that the window touches, empty ones too, oldest first.
func (q *saQuery) series(item func(bucket object, at int64)) any {
	each, list := int64(q.bucket/time.Second), []object{}
	for at := q.first - q.first%each; at <= q.last; at += each {
		t := time.Unix(at, 0).In(q.zone)
		bucket := object{"timestamp": at * 1000, "date": t.Format(time.DateOnly), "time": t.Format(time.TimeOnly)}
		item(bucket, at)
		list = append(list, bucket)
	}
	return list
}

func (q *saQuery) byTime(e *saEvent, count func(int64)) {
	count(e.at - e.at%int64(q.bucket/time.Second))
}

func (q *saQuery) requestsByTime() any {
	tallies := tally(q, q.byTime)
	return q.series(func(bucket object, at int64) {
		t := cmp.Or(tallies[at], &saTally{})
		bucket["count"], bucket["counts"] = t.requests, t.counts()
	})
}

func (q *saQuery) bandwidthByTime() any {
	q.kinds &= saProxy
	tallies := tally(q, q.byTime)
	return q.series(func(bucket object, at int64) {
		t := cmp.Or(tallies[at], &saTally{})
		bucket["inboundbytes"], bucket["outboundbytes"] = t.received, t.sent
	})
}

func (q *saQuery) categoriesByTime() any {
	counts := map[int64]map[int]int64{}
	for e := range q.matching() {
		q.byTime(e, func(at int64) {
			if counts[at] == nil {
				counts[at] = map[int]int64{}
			}
			q.byCategory(e, func(i int) { counts[at][i]++ })
		})
	}
	return q.series(func(bucket object, at int64) {
		list := []object{}
		for _, i := range slices.Sorted(maps.Keys(counts[at])) {
			list = append(list, object{"category": saCategories[i], "requests": counts[at][i]})
		}
		bucket["counts"] = list
	})
}

func (q *saQuery) totalRequests() any {
	n := 0
	for range q.matching() {
		n++
	}
	return object{"count": n}
}

// saSummary collects what the fourteen numbers of a summary count.
type saSummary struct {
	q                              *saQuery
	t                              saTally
	apps, allowedApps, blockedApps map[int]bool
	domains                        map[uint16]bool
	categories, policyCategories   map[int]bool
	files, identityTypes           map[string]bool
	identities                     map[int]bool
}

func newSASummary(q *saQuery) *saSummary {
	ints := func() map[int]bool { return map[int]bool{} }
	return &saSummary{q: q, apps: ints(), allowedApps: ints(), blockedApps: ints(), domains: map[uint16]bool{}, categories: ints(),
		policyCategories: ints(), files: map[string]bool{}, identityTypes: map[string]bool{}, identities: ints()}
}

func (s *saSummary) add(e *saEvent) {
	c, d := s.q.company, s.q.destination(e)
	s.t.add(c, e)
	s.domains[e.destination] = true
	blocked := e.verdict == saBlocked
	if d.app >= 0 {
		s.apps[d.app] = true
		if blocked {
			s.blockedApps[d.app] = true
		} else {
			s.allowedApps[d.app] = true
		}
	}
	s.q.byCategory(e, func(i int) {
		s.categories[i] = true
		if blocked {
			s.policyCategories[i] = true
		}
	})
	s.q.byIdentity(e, func(i int) {
		s.identities[i] = true
		s.identityTypes[c.identities[i].Type.Type] = true
	})
	if e.kind == saProxy {
		if x := e.details(d); x.sha256 != "" {
			s.files[x.sha256] = true
		}
	}
}

func (s *saSummary) object() object {
	return object{"applications": len(s.apps), "applicationsallowed": len(s.allowedApps), "applicationsblocked": len(s.blockedApps),
		"categories": len(s.categories), "domains": len(s.domains), "files": len(s.files), "filetypes": min(1, len(s.files)),
		"identities": len(s.identities), "identitytypes": len(s.identityTypes), "policycategories": len(s.policyCategories),
		"policyrequests": s.t.blocked, "requests": s.t.requests, "requestsallowed": s.t.allowed, "requestsblocked": s.t.blocked}
}

func (q *saQuery) summary() any {
	s := newSASummary(q)
	for e := range q.matching() {
		s.add(e)
	}
	return s.object()
}

// summaries makes a summary for every key, those with the most requests first.
func summaries(q *saQuery, keys func(e *saEvent, count func(int)), head func(k int) object) any {
	all := map[int]*saSummary{}
	for e := range q.matching() {
		keys(e, func(k int) {
			if all[k] == nil {
				all[k] = newSASummary(q)
			}
			all[k].add(e)
		})
	}
	order := slices.SortedFunc(maps.Keys(all), func(a, b int) int {
		return cmp.Or(cmp.Compare(all[b].t.requests, all[a].t.requests), cmp.Compare(a, b))
	})
	list := []object{}
	for _, k := range order {
		item := head(k)
		item["summary"] = all[k].object()
		list = append(list, item)
	}
	return list
}

func (q *saQuery) summariesByCategory() any {
	return summaries(q, q.byCategory, func(i int) object { return object{"category": saCategories[i]} })
}

func (q *saQuery) summariesByDestination() any {
	byDestination := func(e *saEvent, count func(int)) { count(int(e.destination)) }
	return summaries(q, byDestination, func(i int) object { return object{"domain": q.company.destinations[i].domain} })
}
