package sandbox

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sipgateExtensionID is what connectionIds may hold; a letter says what kind of thing it is. Devices are refused.
var sipgateExtensionID = regexp.MustCompile(`^[a-z](0|[1-9][0-9]*)$`)

var (
	sipgateTypes      = []string{"CALL", "VOICEMAIL", "SMS", "FAX"}
	sipgateDirections = []string{"INCOMING", "OUTGOING", "MISSED_INCOMING", "MISSED_OUTGOING"}
	sipgateStars      = []string{"STARRED", "UNSTARRED"}
)

// sipgateQuery is what a request asks of the history.
type sipgateQuery struct {
	from, to                           time.Time // both included
	types, directions, stars, channels []string
	archived                           bool
	number                             string // digits of a telephone number; empty for all
	limit, offset                      int
}

// history answers one page, newest first.
func (s *sipgate) history(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	q, wrong := s.parse(values)
	if wrong != "" {
		sipgateBadRequest(w, wrong)
		return
	}
	for _, id := range q.channels {
		if strings.Contains("eyx", id[:1]) {
			http.Error(w, "Forbidden", http.StatusForbidden)
			return
		}
	}
	limit, offset, ok := sipgatePaging(w, values, 10, 1000)
	if !ok {
		return
	}
	q.limit, q.offset = limit, offset
	rows, total := s.find(q)
	writeJSON(w, http.StatusOK, object{"items": rows, "totalCount": total})
}

// parse reads the parameters but those of paging, and names the one that cannot be understood.
func (s *sipgate) parse(values url.Values) (q sipgateQuery, wrong string) {
	q = sipgateQuery{from: time.Unix(0, 0), to: s.o.Now(), number: onlyDigits(values.Get("phonenumber"))}
	for _, list := range []struct {
		name  string
		known []string
		into  *[]string
	}{{"types", sipgateTypes, &q.types}, {"directions", sipgateDirections, &q.directions}, {"starred", sipgateStars, &q.stars}} {
		*list.into = values[list.name]
		if slices.ContainsFunc(values[list.name], func(v string) bool { return !slices.Contains(list.known, v) }) {
			return q, list.name
		}
	}
	q.channels = values["connectionIds"]
	if slices.ContainsFunc(q.channels, func(id string) bool { return !sipgateExtensionID.MatchString(id) }) {
		return q, "connectionIds"
	}
	for name, into := range map[string]*time.Time{"from": &q.from, "to": &q.to} {
		if !values.Has(name) {
			continue
		}
		at, err := time.Parse(time.RFC3339, values.Get(name))
		if err != nil {
			return q, name
		}
		*into = at
	}
	if values.Has("archived") {
		archived, err := strconv.ParseBool(values.Get("archived"))
		if err != nil {
			return q, "archived"
		}
		q.archived = archived
	}
	return q, ""
}

// find returns the entries of a page and counts those of all pages. Entries of today are not archived yet.
func (s *sipgate) find(q sipgateQuery) (rows []sipgateEntry, total int) {
	now := s.o.Now()
	today := unixDay(now)
	if q.to.After(now) {
		q.to = now
	}
	rows = []sipgateEntry{}
	for d := min(today, unixDay(q.to)); d > today-sipgateHistoryDays && d >= unixDay(q.from); d-- {
		entries := s.days.get(d)
		for i := len(entries) - 1; i >= 0; i-- {
			e := &entries[i]
			if archived := e.Archived && d < today; archived != q.archived || !q.matches(e) || s.o.Sipgate == SipgateNeo && e.Type == "CALL" {
				continue
			}
			if total++; total > q.offset && len(rows) < q.limit {
				rows = append(rows, *e)
				rows[len(rows)-1].Archived = q.archived
			}
		}
	}
	return rows, total
}

func (q *sipgateQuery) matches(e *sipgateEntry) bool {
	star := "UNSTARRED"
	if e.Starred {
		star = "STARRED"
	}
	return !e.Created.Before(q.from) && !e.Created.After(q.to) &&
		wants(q.types, e.Type) && wants(q.directions, e.Direction) && wants(q.stars, star) &&
		(len(q.channels) == 0 || slices.ContainsFunc(e.ConnectionIDs, func(id string) bool { return slices.Contains(q.channels, id) })) &&
		(q.number == "" || onlyDigits(e.Source) == q.number || onlyDigits(e.Target) == q.number)
}

// wants is true if the value is wanted; nothing named means that everything is.
func wants(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

// onlyDigits reduces a German number, in either form, to its digits behind the country code 49.
func onlyDigits(number string) string {
	kept := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, number)
	if rest, ok := strings.CutPrefix(kept, "00"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(kept, "0"); ok {
		return "49" + rest
	}
	return kept
}

// historyEntry answers one entry by its id, whose first digits are its day.
func (s *sipgate) historyEntry(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	d, now := id/sipgateDayIDs, s.o.Now()
	today := unixDay(now)
	if err == nil && d <= today && d > today-sipgateHistoryDays {
		if entries, n := s.days.get(d), id%sipgateDayIDs; n >= 0 && n < len(entries) && !entries[n].Created.After(now) {
			e := entries[n]
			e.Archived = e.Archived && d < today
			writeJSON(w, http.StatusOK, e)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}
