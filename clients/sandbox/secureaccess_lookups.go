package sandbox

import (
	"maps"
	"slices"
	"strconv"
)

// What the company has, as against what it did: answers that list people, categories, applications and threats.

// deploymentStatus counts the identities of every type, and those that were heard of in the window.
func (q *saQuery) deploymentStatus() any {
	active := tally(q, q.byIdentity)
	counts, activeCounts := map[saIDType]int{}, map[saIDType]int{}
	for i, identity := range q.company.identities {
		counts[identity.Type]++
		if active[i] != nil {
			activeCounts[identity.Type]++
		}
	}
	list := []object{}
	for _, kind := range slices.SortedFunc(maps.Keys(counts), func(a, b saIDType) int { return a.ID - b.ID }) {
		list = append(list, object{"type": kind, "count": counts[kind], "activecount": activeCounts[kind]})
	}
	return list
}

func (q *saQuery) applications() any {
	seen, list := map[int]bool{}, []object{}
	for _, a := range q.company.apps {
		if !seen[a.Category.ID] {
			seen[a.Category.ID] = true
			list = append(list, object{"id": a.Category.ID, "name": a.Category.Label})
		}
	}
	return object{"applications": q.company.apps, "categories": list}
}

func (q *saQuery) categories() any {
	list := []object{}
	for _, c := range saCategories {
		list = append(list, object{"id": c.ID, "legacyid": c.ID % 100, "label": c.Label, "type": c.Type, "integration": c.Integration, "deprecated": c.Deprecated})
	}
	return list
}

func (q *saQuery) identities() any {
	list, is, search := []object{}, q.wanted("identitytypes"), saSearch(q.values.Get("search"))
	for _, i := range q.company.identities {
		if (is == nil || is(i.Type.Type)) && search(i.Label) {
			list = append(list, object{"id": i.ID, "label": i.Label, "type": i.Type, "deleted": i.Deleted})
		}
	}
	return list
}

func (q *saQuery) identity() any {
	for _, i := range q.company.identities {
		if strconv.FormatInt(i.ID, 10) == q.id {
			return i
		}
	}
	return nil
}

func saDescribed(list []saThreat) any {
	var all []object
	for _, t := range list {
		all = append(all, object{"name": t.Label, "description": t.Type})
	}
	return all
}

// described looks up one threat by its name.
func (q *saQuery) described(list []saThreat) any {
	for _, t := range list {
		if t.Label == q.id {
			return object{"name": t.Label, "description": t.Type}
		}
	}
	return nil
}
