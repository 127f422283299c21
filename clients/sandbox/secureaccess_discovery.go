package sandbox

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// App Discovery: the applications of the company's services, and the protocols of its machines, as they were seen in the
// last 90 days. It has limits, errors and paging of its own.

const (
	saMostFound    = 100
	saDefaultFound = 20
)

// saFoundThing is an application or a protocol with everything that an answer says about it.
type saFoundThing struct {
	id, name    string
	first, last time.Time
	identities  []int // indices
	item, more  object
	risk        object
	attributes  []object
}

func (s *secureAccess) discovery(mux *http.ServeMux) {
	const base = "GET /appDiscovery/"
	mux.HandleFunc(base+"applications", s.found(func(*http.Request) []saFoundThing { return s.applications() }, saPlain, false))
	mux.HandleFunc(base+"applications/info", s.found(func(*http.Request) []saFoundThing { return s.applications() }, saInformed, true))
	mux.HandleFunc(base+"applications/{id}", s.oneFound(s.applications, func(t *saFoundThing) any { return saInformed(t) }))
	mux.HandleFunc(base+"applications/{id}/risk", s.oneFound(s.applications, func(t *saFoundThing) any { return t.risk }))
	mux.HandleFunc(base+"applications/{id}/attributes", s.oneFound(s.applications, func(t *saFoundThing) any {
		return object{"attributesCategories": t.attributes}
	}))
	mux.HandleFunc(base+"applications/{id}/identities", s.foundIdentities(s.applications))
	mux.HandleFunc(base+"protocols", s.found(func(*http.Request) []saFoundThing { return s.protocols() }, saPlain, false))
	mux.HandleFunc(base+"protocols/{id}", s.oneFound(s.protocols, func(t *saFoundThing) any { return saInformed(t) }))
	mux.HandleFunc(base+"protocols/{id}/identities", s.foundIdentities(s.protocols))
	mux.HandleFunc(base+"applicationCategories", s.found(func(*http.Request) []saFoundThing { return s.foundCategories() }, saPlain, false))
}

func saPlain(t *saFoundThing) object { return t.item }

func saInformed(t *saFoundThing) object {
	all := object{"identitiesCount": len(t.identities)}
	for _, part := range []object{t.item, t.more} {
		for name, value := range part {
			all[name] = value
		}
	}
	return all
}

// saWords answers with the error body of App Discovery.
func saWords(w http.ResponseWriter, status int) {
	writeJSON(w, status, object{"message": http.StatusText(status)})
}

// found serves a list, page by page. Newer answers say how many there are; older ones have the header Link alone, whose
// address is the public one whoever asks.
func (s *secureAccess) found(all func(*http.Request) []saFoundThing, show func(*saFoundThing) object, newer bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		limit, ok := saNumberIn(query, "limit", saDefaultFound, 1, saMostFound)
		offset, fine := saNumberIn(query, "offset", 0, 0, 1<<30)
		list, sound := saFiltered(all(r), query, s.o.Now())
		if !ok || !fine || !sound {
			saWords(w, http.StatusBadRequest)
			return
		}
		page := list[min(offset, len(list)):min(offset+limit, len(list))]
		items := []object{}
		for i := range page {
			items = append(items, show(&page[i]))
		}
		answer := object{"items": items}
		if newer {
			answer["itemsCount"], answer["totalPages"], answer["currentPage"] = len(list), (len(list)+limit-1)/limit, offset/limit+1
		}
		if offset+limit < len(list) && !newer {
			query.Set("offset", strconv.Itoa(offset+limit))
			w.Header().Set("Link", "<https://api.sse.cisco.com/reports/v2"+r.URL.Path+"?"+query.Encode()+`>; rel="next"`)
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

// saNumberIn reads a number of a query that has limits.
func saNumberIn(query url.Values, name string, otherwise, least, most int) (int, bool) {
	text := query.Get(name)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

// saFiltered sorts a list, and keeps what the query asks for. A day that it names must be one.
func saFiltered(list []saFoundThing, query url.Values, now time.Time) ([]saFoundThing, bool) {
	if text := query.Get("date"); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, false
		}
		list = slices.DeleteFunc(list, func(t saFoundThing) bool {
			return day.Before(t.first.Truncate(24*time.Hour)) || day.After(now) || seeded(0, t.id, text).IntN(3) == 0
		})
	}
	for _, name := range []string{"labels", "weightedRisk", "categories", "appTypes"} {
		field := map[string]string{"labels": "label", "categories": "category", "appTypes": "appType"}[name]
		if wanted := query.Get(name); wanted != "" {
			list = slices.DeleteFunc(list, func(t saFoundThing) bool {
				return !slices.Contains(strings.Split(wanted, ","), fmt.Sprint(t.item[cmp.Or(field, name)]))
			})
		}
	}
	by := map[string]func(a, b saFoundThing) int{
		"": func(a, b saFoundThing) int { return cmp.Compare(a.name, b.name) },
		"firstDetected": func(a, b saFoundThing) int {
			return cmp.Or(a.first.Compare(b.first), cmp.Compare(a.id, b.id))
		},
		"lastDetected": func(a, b saFoundThing) int { return cmp.Or(a.last.Compare(b.last), cmp.Compare(a.id, b.id)) },
	}[query.Get("sort")]
	order := query.Get("order")
	if by == nil || !slices.Contains([]string{"", "asc", "desc"}, order) {
		return nil, false
	}
	slices.SortFunc(list, by)
	if order == "desc" {
		slices.Reverse(list)
	}
	return list, true
}

// oneFound serves what there is about one application or protocol.
func (s *secureAccess) oneFound(all func() []saFoundThing, show func(*saFoundThing) any) http.HandlerFunc {
	return ofFound(all, func(w http.ResponseWriter, _ *http.Request, t *saFoundThing) { writeJSON(w, http.StatusOK, show(t)) })
}

// foundIdentities serves who used an application or a protocol.
func (s *secureAccess) foundIdentities(all func() []saFoundThing) http.HandlerFunc {
	return ofFound(all, func(w http.ResponseWriter, r *http.Request, t *saFoundThing) {
		s.found(func(*http.Request) []saFoundThing { return s.users(t) }, saPlain, false)(w, r)
	})
}

// ofFound serves the thing that the request's path names, if there is one.
func ofFound(all func() []saFoundThing, serve func(http.ResponseWriter, *http.Request, *saFoundThing)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		list := all()
		i := slices.IndexFunc(list, func(t saFoundThing) bool { return t.id == r.PathValue("id") })
		if i < 0 {
			saWords(w, http.StatusNotFound)
			return
		}
		serve(w, r, &list[i])
	}
}

func saStamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// seen makes a thing that was seen between two days of the last ninety.
func (s *secureAccess) seen(r *rand.Rand, id, name string) saFoundThing {
	today := s.o.Now().UTC().Truncate(24 * time.Hour)
	t := saFoundThing{id: id, name: name, last: today.Add(-time.Duration(r.IntN(48)) * time.Hour)}
	t.first = today.Add(-time.Duration(24*(3+r.IntN(86))) * time.Hour).Add(time.Duration(r.IntN(86_400)) * time.Second)
	t.item = object{"id": id, "name": name, "firstDetected": saStamp(t.first), "lastDetected": saStamp(t.last)}
	for i := range s.company().identities {
		if chance(r, 6) {
			t.identities = append(t.identities, i)
		}
	}
	return t
}

// saTraffic are the sources of something, each with the numbers of its kind.
func saTraffic(r *rand.Rand) []object {
	n, in, out := 1+r.IntN(900), r.Int64N(1<<33), r.Int64N(1<<30)
	all := []object{
		{"name": "dns", "requests": n, "blockedRequests": n / 9},
		{"name": "swg", "totalTraffic": in + out, "bytesIn": in, "bytesOut": out, "blockedBytesOut": out / 40},
		{"name": "cdfw", "events": n / 2, "blockedEvents": n / 20},
	}
	return all[r.IntN(2) : 1+r.IntN(2)+1]
}

func (s *secureAccess) applications() []saFoundThing {
	var list []saFoundThing
	for _, a := range s.company().apps {
		r := seeded(s.o.Seed, "secureaccess", "found", a.ID)
		t := s.seen(r, fmt.Sprintf("eaq%05d", a.ID), a.Label)
		risk := pick(r, []string{"veryLow", "low", "medium", "high", "veryHigh"})
		t.item["label"], t.item["weightedRisk"] = pick(r, []string{"unreviewed", "approved", "notApproved", "underAudit"}), risk
		t.item["category"], t.item["appType"], t.item["sources"] = a.Category.Label, pick(r, []string{"saas", "paas", "iaas"}), saTraffic(r)
		t.more = object{"description": "Does what " + a.Label + " does.", "vendor": a.Label + " & Söhne", "url": "https://" + strings.ToLower(strings.ReplaceAll(a.Label, " ", "-")) + ".example",
			"subcategory": a.Category.Label, "subcategory_content_types": []string{"Conversational Chat", "Other"}}
		t.risk = object{"id": t.id, "name": a.Label, "weightedRisk": risk, "businessRisk": risk, "usageType": "corporate", "webReputation": r.IntN(100),
			"financialViability": "medium", "dataStorage": "structured", "vendorCompliance": []object{
				{"name": "PCI_DSS", "description": "About payment cards.", "status": chance(r, 2)}, {"name": "HIPAA", "description": "About health.", "status": chance(r, 2)}}}
		t.attributes = []object{{"id": "2", "name": "Data Security", "attributes": []object{{"id": "17", "name": "SSL Cert Key Size", "description": "The length of the key.",
			"values": []object{{"name": "size", "value": pick(r, []string{"2048", "4096"}), "createdOn": "2023-07-06T09:23:53.552924+00:00", "updatedOn": "2023-08-21T16:49:19.151159+00:00"}}}}}}
		list = append(list, t)
	}
	return list
}

func (s *secureAccess) protocols() []saFoundThing {
	var list []saFoundThing
	for i, p := range [][2]string{{"ftp", "File Transfer Protocol"}, {"smb", "Server Message Block"}, {"ssh", "Secure Shell"}, {"rdp", "Remote Desktop Protocol"}, {"ntp", "Network Time Protocol"}} {
		r := seeded(s.o.Seed, "secureaccess", "protocol", p[0])
		t := s.seen(r, fmt.Sprintf("0j1b5E%02d", i), p[0])
		n := 10 + r.IntN(4000)
		t.item["description"], t.item["events"], t.item["blockedEvents"] = p[1], n, n/7
		list = append(list, t)
	}
	return list
}

// users are the identities of an application or a protocol, as things that were seen.
func (s *secureAccess) users(of *saFoundThing) []saFoundThing {
	var list []saFoundThing
	for _, i := range of.identities {
		who := s.company().identities[i]
		r := seeded(s.o.Seed, "secureaccess", "user", of.id, who.ID)
		t := s.seen(r, strconv.FormatInt(who.ID, 10), who.Label)
		t.item["id"] = who.ID
		if of.risk != nil {
			t.item["sources"] = saTraffic(r)
		} else {
			t.item["events"], t.item["blockedEvents"] = 1+r.IntN(90), 0
		}
		list = append(list, t)
	}
	return list
}

func (s *secureAccess) foundCategories() []saFoundThing {
	var list []saFoundThing
	for _, a := range s.company().apps {
		if !slices.ContainsFunc(list, func(t saFoundThing) bool { return t.name == a.Category.Label }) {
			list = append(list, saFoundThing{id: a.Category.Label, name: a.Category.Label, item: object{"name": a.Category.Label}})
		}
	}
	return list
}
