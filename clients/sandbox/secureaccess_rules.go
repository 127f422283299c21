package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Connectors and rules of private access, and the signatures of intrusion prevention.

func (s *secureAccess) connectorSummary(q *saQuery) any {
	n := len(s.accesses(q, saAny))
	return object{"count": n, "unresolved": n / 50}
}

// connectorRequests are the requests to the busiest connector, or to the busiest group.
func (s *secureAccess) connectorRequests(q *saQuery, groups bool) any {
	hits := hitsBy(s.accesses(q, saAny), func(a *saAccess) int {
		if groups {
			return a.resource.group
		}
		return a.connector
	})
	id, requests := saConnectors[0].id, object{"count": 0}
	if busiest := mostFirst(hits); len(busiest) > 0 {
		id = busiest[0]
		requests["count"] = hits[id].total
	}
	if groups {
		requests["unresolved"] = 0
	}
	return object{"id": id, "requests": requests}
}

func (s *secureAccess) rulesActivity(q *saQuery) any {
	list := []object{}
	for _, a := range slices.Backward(s.accesses(q, saAny)) {
		list = append(list, object{"timestamp": a.at * 1000, "verdict": a.verdict(),
			"rule":     object{"id": a.rule(), "label": saAccessRules[a.rule()], "privateapplicationgroup": object{"id": nil, "label": nil}},
			"resource": object{"id": a.resource.id, "label": a.resource.label}})
	}
	return list
}

// load is how busy the CPU of something is in a bucket, in tenths of a percent. Connector 19 is the weakest.
func (s *secureAccess) load(kind string, id int, at int64) int {
	load := 50 + seeded(s.o.Seed, "secureaccess", "cpu", kind, id, at).IntN(400)
	if hour := time.Unix(at, 0).UTC().Hour(); hour >= 6 && hour < 18 {
		load += 200
	}
	if id == 19 || id == 120 {
		load += 350
	}
	return load
}

// loads is the time series of something, and its mean in percent.
func (s *secureAccess) loads(q *saQuery, kind string, id int, more func(point object, at int64)) (series any, mean float64) {
	sum, n := 0, 0
	series = q.series(func(point object, at int64) {
		load := s.load(kind, id, at)
		delete(point, "date")
		delete(point, "time")
		point["cpuUtilization"] = float64(load) / 10
		more(point, at)
		sum, n = sum+load, n+1
	})
	return series, float64(sum/max(n, 1)) / 10
}

func (s *secureAccess) groupStats(q *saQuery) any {
	is, list := q.wanted("groupids"), []object{}
	threshold, _ := strconv.ParseFloat(q.values.Get("cputhreshold"), 64)
	for _, id := range []int{5, 120} {
		series, mean := s.loads(q, "group", id, func(object, int64) {})
		if is(strconv.Itoa(id)) && mean > threshold {
			list = append(list, object{"groupId": id, "summaryData": object{"cpuUtilization": mean}, "timeSeriesData": series})
		}
	}
	return list
}

func (s *secureAccess) overloadedGroups(q *saQuery) any {
	threshold, _ := strconv.ParseFloat(q.values.Get("cputhreshold"), 64)
	n := 0
	for _, id := range []int{5, 120} {
		if _, mean := s.loads(q, "group", id, func(object, int64) {}); mean > threshold {
			n++
		}
	}
	return object{"count": n}
}

func (s *secureAccess) connectorStats(q *saQuery) any {
	is, list := q.wanted("agentids"), []object{}
	each := int64(q.bucket / time.Second)
	for _, c := range saConnectors {
		if !is(strconv.Itoa(c.id)) {
			continue
		}
		accesses := s.accesses(q, func(a *saAccess) bool { return a.connector == c.id })
		hits := hitsBy(accesses, func(a *saAccess) int64 { return a.at - a.at%each })
		series, mean := s.loads(q, "connector", c.id, func(point object, at int64) {
			point["tunnelStatus"], point["request"] = "UP", cmp.Or(hits[at], &saHits{}).total
			if hits[at] == nil && s.load("tunnel", c.id, at)%7 == 0 {
				point["tunnelStatus"] = "DOWN"
			}
		})
		list = append(list, object{"groupId": c.group, "agentId": c.id,
			"summaryData": object{"cpuUtilization": mean, "requests": object{"count": len(accesses)}}, "timeSeriesData": series})
	}
	return list
}

// ruleHits counts the requests that a rule decided about, under the one or the other of the API's names.
func (s *secureAccess) ruleHits(q *saQuery, name string) any {
	is, list := q.wanted("ruleids"), []object{}
	hits := hitsBy(s.accesses(q, saAny), func(a *saAccess) int { return a.rule() })
	for _, id := range slices.Sorted(maps.Keys(hits)) {
		if is(strconv.Itoa(id)) {
			list = append(list, object{"ruleid": id, name: hits[id].total, "lasteventat": hits[id].last * 1000})
		}
	}
	return list
}

// saSignatures are the signatures that find something now and then, with the rules and lists that they are under.
var saSignatures = []struct{ rule, list, id int }{{47, 1111, 47829}, {47, 1111, 58741}, {47, 1111, 61234}, {48, 1112, 50101}}

func (s *secureAccess) intrusionHits(q *saQuery) any {
	type counts struct{ blocked, detected, wouldBlock, last int64 }
	hits := make([]counts, len(saSignatures))
	for start := q.first - q.first%3600; start <= q.last; start += 3600 {
		r := seeded(s.o.Seed, "secureaccess", "intrusion", start)
		for i := range hits {
			at := start + int64(r.IntN(3600))
			n := int64(r.IntN(4))
			if at < q.first || at > q.last || n == 0 {
				continue
			}
			*pick(r, []*int64{&hits[i].blocked, &hits[i].detected, &hits[i].wouldBlock}) += n
			hits[i].last = at * 1000
		}
	}
	list := []object{}
	for i, h := range hits {
		if h.last == 0 {
			continue
		}
		signature := object{"id": saSignatures[i].id, "generatorid": 1, "lasteventat": h.last,
			"counts": object{"blocked": h.blocked, "detected": h.detected, "wouldblock": h.wouldBlock}}
		if last := len(list) - 1; last >= 0 && i > 0 && saSignatures[i-1].list == saSignatures[i].list {
			list[last]["signatures"] = append(list[last]["signatures"].([]object), signature)
			continue
		}
		list = append(list, object{"rule": object{"id": saSignatures[i].rule}, "signaturelist": object{"id": saSignatures[i].list}, "signatures": []object{signature}})
	}
	return list
}
