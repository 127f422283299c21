package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// routes lists the paths that take parameters or follow the clock. All other answers are made beforehand and found by
// their path.
func (s *sipgate) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/history", s.history)
	mux.HandleFunc("/history/{id}", s.historyEntry)
	mux.HandleFunc("/balance", s.balance)
	mux.HandleFunc("/contacts", s.contacts)
	mux.HandleFunc("/contacts/{id}", s.contact)
	mux.HandleFunc("/numbers", s.numbers)
	mux.HandleFunc("/groups", s.groups)
	mux.HandleFunc("/calls", s.calls)
	mux.HandleFunc("/log/webhooks", s.webhookLog)
	mux.HandleFunc("/callrestrictions", s.callRestrictions)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if user, rest, _ := strings.Cut(r.URL.Path[1:], "/"); rest == "devices" && s.o.Sipgate.neo() {
			s.devices(w, r, user)
			return
		}
		s.account().found(w, r.URL.Path)
	})
	return mux
}

// balance changes every day, in ten-thousandths of a euro.
func (s *sipgate) balance(w http.ResponseWriter, _ *http.Request) {
	r := seeded(s.o.Seed, "sipgate balance", unixDay(s.o.Now()))
	writeJSON(w, http.StatusOK, object{"amount": 120_0000 + r.IntN(900_0000), "currency": "EUR"})
}

func (s *sipgate) contacts(w http.ResponseWriter, r *http.Request) {
	limit, offset, ok := sipgatePaging(w, r.URL.Query(), 5000, 1<<31-1)
	if !ok {
		return
	}
	wanted, rows := r.URL.Query()["phonenumbers"], []object{}
	for _, c := range s.account().contacts {
		if len(wanted) == 0 || slices.Contains(wanted, c.number) || slices.Contains(wanted, c.mobile) {
			rows = append(rows, c.describe())
		}
	}
	writeJSON(w, http.StatusOK, object{"items": page(rows, limit, offset), "totalCount": len(rows)})
}

func (s *sipgate) contact(w http.ResponseWriter, r *http.Request) {
	for _, c := range s.account().contacts {
		if c.id == r.PathValue("id") {
			writeJSON(w, http.StatusOK, c.describe())
			return
		}
	}
	s.account().found(w, r.URL.Path)
}

func (c sipgateContact) describe() object {
	numbers := []object{{"number": c.number, "type": []string{"work"}}}
	if c.mobile != "" {
		numbers = append(numbers, object{"number": c.mobile, "type": []string{"cell"}})
	}
	o := object{
		"id": c.id, "name": c.name, "picture": nil, "numbers": numbers, "scope": c.scope,
		"emails":    []object{{"email": "contact-" + c.id[:8] + "@example.net", "type": []string{"work"}}},
		"addresses": []object{}, "organization": [][]string{},
	}
	if c.company != "" {
		o["organization"] = [][]string{{c.company, "Einkauf; Versand"}}
		o["addresses"] = []object{{"poBox": "", "extendedAddress": "", "streetAddress": "Musterweg 5", "locality": "Köln",
			"region": "", "postalCode": "50000", "country": "DE"}}
	}
	return o
}

func (s *sipgate) numbers(w http.ResponseWriter, r *http.Request) {
	if limit, offset, ok := sipgatePaging(w, r.URL.Query(), 1<<31-1, 1<<31-1); ok {
		writeJSON(w, http.StatusOK, items(page(s.account().numbers, limit, offset)))
	}
}

// groups can be asked for those of one user.
func (s *sipgate) groups(w http.ResponseWriter, r *http.Request) {
	a, user, rows := s.account(), r.URL.Query().Get("userId"), []object{}
	for n, g := range a.groups {
		if user == "" || slices.ContainsFunc(g.users, func(i int) bool { return a.users[i].id("w") == user }) {
			rows = append(rows, object{
				"id": g.id, "alias": g.alias, "departmentId": n + 1,
				"groupNumbersUrl": sipgateLinks + "/groups/" + g.id + "/numbers",
				"groupUsersUrl":   sipgateLinks + "/groups/" + g.id + "/users",
			})
		}
	}
	writeJSON(w, http.StatusOK, items(rows))
}

// calls are those that run at this moment; they change every quarter of an hour.
func (s *sipgate) calls(w http.ResponseWriter, _ *http.Request) {
	a, quarter := s.account(), s.o.Now().Unix()/900
	r, rows := seeded(s.o.Seed, "sipgate running calls", quarter), []object{}
	for n := range 1 + r.IntN(3) {
		id, other := fmt.Sprintf("%012X%04X", quarter, n), sipgateStranger(r)
		if chance(r, 6) {
			other = "" // somebody who withholds the number
		}
		rows = append(rows, object{"callId": id, "muted": false, "recording": chance(r, 8), "hold": chance(r, 5), "participants": []object{
			{"participantId": id + "A", "phoneNumber": pick(r, a.users).number, "muted": false, "hold": false, "owner": true},
			{"participantId": id + "B", "phoneNumber": other, "muted": chance(r, 9), "hold": false, "owner": false},
		}})
	}
	writeJSON(w, http.StatusOK, object{"data": rows})
}

// webhookLog holds what went out yesterday and today, newest first.
func (s *sipgate) webhookLog(w http.ResponseWriter, _ *http.Request) {
	now := s.o.Now().UTC()
	rows := append(s.webhooks(unixDay(now)-1, now), s.webhooks(unixDay(now), now)...)
	slices.Reverse(rows)
	writeJSON(w, http.StatusOK, items(rows))
}

// webhooks are the calls of a day at the account's own server, oldest first. The status is text.
func (s *sipgate) webhooks(day int, now time.Time) []object {
	r, rows := seeded(s.o.Seed, "sipgate webhooks", day), []object{}
	at := unixMidnight(day).Add(7 * time.Hour)
	for range 60 {
		at = at.Add(time.Duration(60+r.IntN(1200)) * time.Second)
		if at.After(now) {
			break
		}
		form := url.Values{"event": {"newCall"}, "from": {sipgateStranger(r)[1:]}, "to": {sipgateOwnRange[1:] + "000"},
			"direction": {"in"}, "callId": {fmt.Sprintf("%016X", r.Uint64())}, "user[]": {"Zentrale"}}
		row := object{"created": at.Format(time.RFC3339), "url": "https://pbx.example.org/in?key=" + SipgateSecretMark, "request": form.Encode(),
			"response": "HTTP/1.1 200 OK\r\nSet-Cookie: session=" + SipgateSecretMark + "\r\n\r\n<Response/>", "xmlError": "", "status": "200"}
		if chance(r, 15) {
			row["response"], row["xmlError"], row["status"] = "HTTP/1.1 502 Bad Gateway",
				"Response does not have content type application/xml", "502"
		}
		rows = append(rows, row)
	}
	return rows
}

// callRestrictions are those of one user, the token's own unless another is named.
func (s *sipgate) callRestrictions(w http.ResponseWriter, r *http.Request) {
	wanted := r.URL.Query().Get("userIds")
	for _, u := range s.account().users {
		if wanted == "" || wanted == u.id("w") {
			writeJSON(w, http.StatusOK, object{
				"userId": u.id("w"), "foreignSpecial": false, "charged": u.admin, "roaming": u.mobile != "",
				"highCostForeignNumbers": false,
			})
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

// sipgatePaging reads limit and offset. Where they cannot be, it answers 400 and reports false.
func sipgatePaging(w http.ResponseWriter, query url.Values, usual, most int) (limit, offset int, ok bool) {
	limit, ok = sipgateInt(query, "limit", usual, most)
	if !ok {
		sipgateBadRequest(w, "limit")
		return 0, 0, false
	}
	offset, ok = sipgateInt(query, "offset", 0, 1<<31-1)
	if !ok {
		sipgateBadRequest(w, "offset")
	}
	return limit, offset, ok
}

func sipgateInt(query url.Values, name string, usual, most int) (int, bool) {
	if !query.Has(name) {
		return usual, true
	}
	n, err := strconv.Atoi(query.Get(name))
	return n, err == nil && n >= 0 && n <= most
}

func sipgateBadRequest(w http.ResponseWriter, parameter string) {
	writeJSON(w, http.StatusBadRequest, object{"errors": []object{{
		"status": http.StatusBadRequest, "title": "Bad Request",
		"detail": "Invalid value for " + strings.TrimSpace(parameter), "source": object{"pointer": "/" + parameter},
	}}})
}

// page cuts rows.
func page[T any](rows []T, limit, offset int) []T {
	offset = min(offset, len(rows))
	return rows[offset : offset+min(limit, len(rows)-offset)]
}
