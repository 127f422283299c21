package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// Data loss prevention, which is at the addresses of regions alone.

const (
	saDLPDefault = 50
	saDLPMost    = 500 // the real one's is not known
)

func (s *secureAccess) dlp() http.Handler {
	mux := http.NewServeMux()
	for _, kind := range []string{"realTime", "saasApi", "aiGuardrails"} {
		mux.HandleFunc("GET /dlp/"+kind+"/events", s.dlpEvents(kind))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { saWords(w, http.StatusNotFound) })
	return mux
}

func (s *secureAccess) dlpEvents(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		from, ok := saInstant(query.Get("from"), s.o.Now())
		to, fine := saInstant(query.Get("to"), s.o.Now())
		limit, sound := saNumberIn(query, "limit", saDLPDefault, 1, saDLPMost)
		offset, right := saNumberIn(query, "offset", 0, 0, saMaxOffset)
		if !ok || !fine || !sound || !right {
			saWords(w, http.StatusBadRequest)
			return
		}
		// What is older than the retention is gone, and what is to come has not happened.
		from = max(from, s.o.Now().UTC().Truncate(24*time.Hour).Add(-saRetention).UnixMilli())
		to = min(to, s.o.Now().UnixMilli())
		events := []object{}
		for start := from/1000 - from/1000%3600; start*1000 <= to; start += 3600 {
			for i := range seeded(s.o.Seed, "secureaccess", "dlp", kind, start).IntN(6) {
				e, at := s.dlpEvent(kind, start, i)
				if at >= from && at <= to && (query.Get("severity") == "" || query.Get("severity") == e["severity"]) {
					events = append(events, e)
				}
			}
		}
		first := min(offset, len(events))
		writeJSON(w, http.StatusOK, object{"events": events[first:min(first+limit, len(events))]})
	}
}

// dlpEvent makes the i-th event of an hour.
func (s *secureAccess) dlpEvent(kind string, start int64, i int) (e object, at int64) {
	c, r := s.company(), seeded(s.o.Seed, "secureaccess", "dlp", kind, start, i)
	at = start*1000 + int64(i)*600_000 + int64(r.IntN(600_000))
	person, app := c.identities[c.actors[pick(r, c.people).office].identities[0]], pick(r, c.apps)
	e = object{"eventId": fmt.Sprintf("%s-%d-%d", kind, start, i), "detected": saStamp(time.UnixMilli(at)), "action": pick(r, []string{"MONITOR", "BLOCK"}),
		"severity": pick(r, []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}), "fileName": pick(r, []string{"Löhne.xlsx", "=Plan, \"neu\".pdf", "Content"}),
		"contentType": "application/octet-stream", "totalSizeInBytes": r.Int64N(1 << 31), "sha256Hash": fmt.Sprintf("%064x", r.Uint64()),
		"destinationUrl": "https://ablage.example/up", "application": object{"id": app.ID, "name": app.Label},
		"rule": object{"id": "r-7", "name": "Keine Kartennummern", "classifications": []object{{"id": "c-1", "name": "PCI", "classifiers": []object{
			{"id": "k-1", "name": "Kartennummer", "totalMatches": 1 + r.IntN(9), "matches": []object{}}}}}}}
	switch kind {
	case "saasApi":
		delete(e, "destinationUrl")
		e["actor"] = object{"uid": fmt.Sprint(person.ID), "displayName": person.Label, "email": "u@werk.example"}
		e["owner"], e["exposure"], e["instanceName"] = e["actor"], pick(r, []string{"internal", "external"}), "werk.example"
		e["resourceId"], e["resourceName"] = "https://ablage.example/f/9", "Angebote"
	case "realTime":
		e["fileLabels"] = []string{"vertraulich"}
		e["privateResource"], e["privateResourceGroup"] = nil, nil
		fallthrough
	default:
		e["identity"], e["direction"] = object{"originId": person.ID, "originTypeId": 7}, "upload"
		e["applicationCategory"] = object{"id": app.Category.ID, "name": app.Category.Label}
	}
	return e, at
}
