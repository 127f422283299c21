package sandbox

import (
	"iter"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	saMaxLimit  = 5000
	saMaxOffset = 10_000
	// saRetention is how far back events reach, counted from the beginning of the sandbox's day.
	saRetention = 30 * 24 * time.Hour
)

// saQuery is one reporting request, checked and ready to be answered.
type saQuery struct {
	company *saCompany
	hour    func(start int64) []saEvent
	values  url.Values
	id      string // the last path element of look-ups by id

	kinds         saKind
	first, last   int64 // seconds of the window, both included
	limit, offset int
	ascending     bool
	zone          *time.Location
	bucket        time.Duration
	turn          uint64 // number of the request, which shuffles the rows of a second
	keep          []func(*saEvent) bool

	meta object
}

// saProblem is one entry of the list in a 400 answer.
type saProblem struct {
	Param string `json:"param"`
	Value string `json:"value"`
	Error string `json:"error"`
}

// query reads a request for an endpoint. It returns the body of a 400 answer if something is wrong.
func (s *secureAccess) query(r *http.Request, e saEndpoint, kinds saKind) (*saQuery, object) {
	now := s.o.Now()
	q := &saQuery{company: s.company(), values: r.URL.Query(), id: r.PathValue("id"), kinds: kinds,
		limit: 100, zone: time.UTC, bucket: time.Hour, turn: s.turns.Add(1), meta: object{}}
	q.hour = func(start int64) []saEvent { return s.eventsOf(kinds, start) }
	if missing := q.missing(e.needs); len(missing) > 0 {
		return nil, object{"meta": object{}, "data": object{"errors": "Missing required parameters", "requiredParameters": missing}}
	}
	var problems []saProblem
	refuse := func(param, text string) {
		problems = append(problems, saProblem{param, q.values.Get(param), text})
	}
	q.window(now, refuse)
	q.number("limit", &q.limit, 1, saMaxLimit, refuse)
	q.number("offset", &q.offset, 0, saMaxOffset, refuse)
	q.looks(r.Header, refuse)
	q.filter()
	q.otherFilters()
	switch {
	case kinds == saMixed:
		q.meta = object{"successful": q.names(), "failed": []string{}}
	case kinds == saRemoteAccess && e.path == "remote-access-events":
		q.single(refuse)
	}
	if len(problems) > 0 {
		return nil, object{"meta": object{}, "data": object{"errors": problems}}
	}
	return q, nil
}

func (q *saQuery) missing(needs []string) []string {
	var missing []string
	for _, name := range needs {
		if q.values.Get(name) == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

// window reads from and to, in milliseconds or relative to now. Both ends belong to the window. Events lie on
// whole seconds, between the end of retention and now.
func (q *saQuery) window(now time.Time, refuse func(param, text string)) {
	at := func(param string) int64 {
		text := q.values.Get(param)
		if text == "" {
			return 0
		}
		ms, ok := saInstant(text, now)
		if !ok {
			refuse(param, "invalid timestamp specified")
		}
		return ms
	}
	from, to := at("from"), at("to")
	oldest := now.UTC().Truncate(24 * time.Hour).Add(-saRetention)
	if q.first = from / 1000; from%1000 > 0 {
		q.first++ // The first whole second that is not before the window.
	}
	q.first = max(q.first, oldest.Unix())
	q.last = min(to/1000, now.Unix())
}

var saUnits = map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour, "weeks": 7 * 24 * time.Hour}

// saInstant reads "now", "-90minutes" or a number of milliseconds. A number of seconds is a number of milliseconds
// too, of a day in January 1970, and is not refused.
func saInstant(text string, now time.Time) (ms int64, ok bool) {
	if text == "now" {
		return now.UnixMilli(), true
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms, ms >= 0
	}
	unit := strings.TrimLeft(text, "-0123456789")
	n, err := strconv.Atoi(strings.TrimSuffix(text, unit))
	each, known := saUnits[unit]
	if err != nil || !known || n > 0 || n < -100_000 {
		return 0, false
	}
	return now.Add(time.Duration(n) * each).UnixMilli(), true
}

func (q *saQuery) number(param string, into *int, least, most int, refuse func(param, text string)) {
	text := q.values.Get(param)
	if text == "" {
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		refuse(param, "invalid "+param+": should be integer between "+strconv.Itoa(least)+" and "+strconv.Itoa(most)+" inclusive")
	}
	*into = n
}

// looks reads what changes the form of an answer and not what is in it.
func (q *saQuery) looks(header http.Header, refuse func(param, text string)) {
	switch q.values.Get("order") {
	case "", "desc":
	case "asc":
		q.ascending = true
	default:
		refuse("order", "invalid order: should be asc or desc")
	}
	if name := q.values.Get("timezone"); name != "" {
		zone, err := saZone(name)
		if err != nil {
			refuse("timezone", "invalid timezone specified")
			return
		}
		q.zone = zone
	}
	if each, ok := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[header.Get("timerange")]; ok {
		q.bucket = each
	}
	if traffic := header.Get("x-traffic-type"); traffic != "" {
		var kinds saKind
		for name := range strings.SplitSeq(traffic, ",") {
			kinds |= saKinds[strings.TrimSpace(name)]
		}
		q.kinds &= kinds
	}
}

// saZone finds a zone by its name in any case, as the API does: ASIA/CALCUTTA.
func saZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err == nil {
		return zone, nil
	}
	parts := strings.Split(strings.ToLower(name), "/")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return time.LoadLocation(strings.Join(parts, "/"))
}

// filter turns the filters of the request into conditions on events.
func (q *saQuery) filter() {
	c := q.company
	q.destinations("domains", func(d *saDestination, is func(string) bool) bool { return is(d.domain) })
	q.destinations("categories", func(d *saDestination, is func(string) bool) bool { return d.hasCategory(is) })
	q.destinations("threats", func(d *saDestination, is func(string) bool) bool {
		return d.threat >= 0 && is(saThreatNames[d.threat].Label)
	})
	q.destinations("threattypes", func(d *saDestination, is func(string) bool) bool {
		return d.threat >= 0 && is(saThreatNames[d.threat].Type)
	})
	q.destinations("applicationid", func(d *saDestination, is func(string) bool) bool {
		return d.app >= 0 && is(strconv.Itoa(c.apps[d.app].ID))
	})
	q.destinations("filternoisydomains", func(d *saDestination, is func(string) bool) bool { return !is("true") || !d.noisy })
	q.actors("identityids", func(a *saActor, is func(string) bool) bool {
		return slices.ContainsFunc(a.identities, func(i int) bool { return is(strconv.FormatInt(c.identities[i].ID, 10)) })
	})
	q.actors("identitytypes", func(a *saActor, is func(string) bool) bool {
		return slices.ContainsFunc(a.identities, func(i int) bool { return is(c.identities[i].Type.Type) })
	})
	q.actors("ip", func(a *saActor, is func(string) bool) bool { return is(a.internalIP) || is(a.externalIP) })
	q.events("verdict", func(e *saEvent, is func(string) bool) bool { return is(e.verdict.String()) })
	q.events("policycategories", func(e *saEvent, is func(string) bool) bool {
		return e.verdict == saBlocked && c.destinations[e.destination].hasCategory(is)
	})
	q.events("ruleid", func(e *saEvent, is func(string) bool) bool { return is(saRuleIDs[e.verdict]) })
	q.events("exists", func(e *saEvent, is func(string) bool) bool { return c.has(e, is) })
	q.proxied("urls", func(d *saDestination, x *saDetails, is func(string) bool) bool {
		return is("https://"+d.domain+x.path) || is(d.domain+x.path)
	})
	q.proxied("sha256", func(_ *saDestination, x *saDetails, is func(string) bool) bool { return is(x.sha256) })
	q.proxied("filename", func(_ *saDestination, x *saDetails, is func(string) bool) bool { return is(x.file) })
}

func (d *saDestination) hasCategory(is func(string) bool) bool {
	return slices.ContainsFunc(d.categories, func(n int) bool { return is(strconv.Itoa(saCategories[n].ID)) })
}

// has says whether an event has one of the fields that a request wants filled.
func (c *saCompany) has(e *saEvent, is func(string) bool) bool {
	d := &c.destinations[e.destination]
	x := e.details(d)
	return is("categories") || is("policycategories") && e.verdict == saBlocked || is("applicationid") && d.app >= 0 ||
		(is("threats") || is("threattypes")) && d.threat >= 0 || (is("sha256") || is("filename")) && e.kind == saProxy && x.file != ""
}

// wanted returns a test for the values of a comma-separated parameter, nil if it is not given.
func (q *saQuery) wanted(param string) func(string) bool {
	text := q.values.Get(param)
	if text == "" {
		return nil
	}
	set := map[string]bool{}
	for v := range strings.SplitSeq(text, ",") {
		set[strings.ToLower(strings.TrimSpace(v))] = true
	}
	return func(v string) bool { return v != "" && set[strings.ToLower(v)] }
}

func (q *saQuery) events(param string, ok func(e *saEvent, is func(string) bool) bool) {
	if is := q.wanted(param); is != nil {
		q.keep = append(q.keep, func(e *saEvent) bool { return ok(e, is) })
	}
}

// destinations asks a question about every destination once, however many events there are.
func (q *saQuery) destinations(param string, ok func(d *saDestination, is func(string) bool) bool) {
	if is := q.wanted(param); is != nil {
		yes := make([]bool, len(q.company.destinations))
		for i := range yes {
			yes[i] = ok(&q.company.destinations[i], is)
		}
		q.keep = append(q.keep, func(e *saEvent) bool { return yes[e.destination] })
	}
}

func (q *saQuery) actors(param string, ok func(a *saActor, is func(string) bool) bool) {
	if is := q.wanted(param); is != nil {
		yes := make([]bool, len(q.company.actors))
		for i := range yes {
			yes[i] = ok(&q.company.actors[i], is)
		}
		q.keep = append(q.keep, func(e *saEvent) bool { return yes[e.actor] })
	}
}

func (q *saQuery) proxied(param string, ok func(d *saDestination, x *saDetails, is func(string) bool) bool) {
	q.events(param, func(e *saEvent, is func(string) bool) bool {
		if e.kind != saProxy {
			return false
		}
		d := &q.company.destinations[e.destination]
		x := e.details(d)
		return ok(d, &x, is)
	})
}

// saSearch tests names for a part of them, in any case. Percent signs around it change nothing.
func saSearch(part string) func(string) bool {
	part = strings.ToLower(strings.Trim(part, "%"))
	return func(name string) bool { return strings.Contains(strings.ToLower(name), part) }
}

func (q *saQuery) matches(e *saEvent) bool {
	if e.kind&q.kinds == 0 || e.at < q.first || e.at > q.last {
		return false
	}
	for _, ok := range q.keep {
		if !ok(e) {
			return false
		}
	}
	return true
}

// matching yields the events of the window in the order of time.
func (q *saQuery) matching() iter.Seq[*saEvent] {
	return func(yield func(*saEvent) bool) {
		for start := q.first - q.first%3600; start <= q.last; start += 3600 {
			events := q.hour(start)
			for i := range events {
				if e := &events[i]; q.matches(e) && !yield(e) {
					return
				}
			}
		}
	}
}

// seconds yields the events of the window grouped by their second, newest first unless asked otherwise. The group
// is valid until the next one.
func (q *saQuery) seconds() iter.Seq[[]*saEvent] {
	return func(yield func([]*saEvent) bool) {
		var group []*saEvent
		for start := range q.hourStarts() {
			events := q.hour(start)
			for i := range events {
				if !q.ascending {
					i = len(events) - 1 - i
				}
				e := &events[i]
				if !q.matches(e) {
					continue
				}
				if len(group) > 0 && group[0].at != e.at {
					if !yield(group) {
						return
					}
					group = group[:0]
				}
				group = append(group, e)
			}
		}
		if len(group) > 0 {
			yield(group)
		}
	}
}

func (q *saQuery) hourStarts() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		first, last := q.first-q.first%3600, q.last-q.last%3600
		for i := int64(0); first+i <= last; i += 3600 {
			start := last - i
			if q.ascending {
				start = first + i
			}
			if !yield(start) {
				return
			}
		}
	}
}

// activity is one page of rows. The real service promises no order within a second, so every request gets another.
func (q *saQuery) activity() any {
	if q.kinds&^(saRequests|saTunnel) != 0 {
		q.ascending = false // Other listings know no order.
	}
	skip, left := q.offset, q.limit
	rows := append(make([]byte, 0, 64<<10), '[')
	for group := range q.seconds() {
		if skip >= len(group) {
			skip -= len(group)
			continue
		}
		r := rand.New(rand.NewPCG(q.turn, uint64(group[0].at)))
		r.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		group, skip = group[skip:], 0
		for _, e := range group[:min(left, len(group))] {
			rows = append(q.company.row(rows, e, q.zone), ',')
		}
		if left -= len(group); left <= 0 {
			break
		}
	}
	if rows[len(rows)-1] == ',' {
		rows = rows[:len(rows)-1]
	}
	return saRows(append(rows, ']'))
}
