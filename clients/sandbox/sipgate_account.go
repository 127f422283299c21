package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// Telephone numbers come from the ranges that are kept free for fiction.
const (
	sipgateOwnRange    = "+493023125"   // three digits follow
	sipgateMobileRange = "+49171392000" // two digits follow
	sipgateLinks       = "https://api.sipgate.example/v2"
)

// sipgateUser is somebody with a telephone on the desk.
type sipgateUser struct {
	n             int // w0, p0, e0, v0, … have the same number
	first, last   string
	number        string // direct dial
	mobile        string // of the SIM card; empty for none
	fax           string // empty for none
	external      bool   // has a number of another carrier as a device
	admin, london bool
}

func (u sipgateUser) id(kind string) string { return fmt.Sprintf("%s%d", kind, u.n) }
func (u sipgateUser) name() string          { return u.first + " " + u.last }

type sipgateGroup struct {
	id, alias, number string
	users             []int // indices of users
}

// sipgateContact is an entry of the address book and somebody who calls.
type sipgateContact struct {
	id, name, company, number, mobile, scope string
}

// sipgateAccount is what changes only with the seed.
type sipgateAccount struct {
	company  string
	users    []sipgateUser
	groups   []sipgateGroup
	contacts []sipgateContact
	numbers  []object
	answers  map[string]any // by path
}

func newSipgateAccount(seed uint64) *sipgateAccount {
	r := seeded(seed, "sipgate account")
	a := &sipgateAccount{
		company: pick(r, familyNames) + " & " + pick(r, familyNames) + " Werkzeugbau GmbH",
		answers: map[string]any{},
		groups: []sipgateGroup{
			{"g0", "Zentrale", sipgateOwnRange + "000", []int{0, 1, 5}},
			{"g1", "Vertrieb", sipgateOwnRange + "010", []int{2, 3, 4, 6}},
			{"g2", "Störungsannahme \"24/7\"", sipgateOwnRange + "020", []int{8, 9, 10, 11}},
		},
	}
	for i := range 14 {
		a.users = append(a.users, newSipgateUser(r, i))
	}
	for i := range 140 {
		a.contacts = append(a.contacts, newSipgateContact(r, i))
	}
	a.listNumbers()
	a.listAccount()
	a.listGroups()
	for _, u := range a.users {
		a.listUser(r, u)
	}
	return a
}

// newSipgateUser leaves a gap in the numbers, as accounts have it from which somebody has gone.
func newSipgateUser(r *rand.Rand, i int) sipgateUser {
	n := i
	if n >= 7 {
		n++
	}
	u := sipgateUser{n: n, first: pick(r, givenNames), last: pick(r, familyNames), number: fmt.Sprintf("%s%d", sipgateOwnRange, 100+n)}
	if i%4 == 1 {
		u.mobile = fmt.Sprintf("%s%02d", sipgateMobileRange, 10+n)
	}
	if i%7 == 0 {
		u.fax = fmt.Sprintf("%s%d", sipgateOwnRange, 900+n)
	}
	u.external, u.admin, u.london = i == 3, i == 0 || i == 5, i == 12
	return u
}

func newSipgateContact(r *rand.Rand, i int) sipgateContact {
	c := sipgateContact{
		id:     fmt.Sprintf("%08x-78f9-41e6-8b77-%012x", r.Uint32(), r.Uint64()>>16),
		name:   pick(r, givenNames) + " " + pick(r, familyNames),
		number: sipgateStranger(r), scope: []string{"SHARED", "SHARED", "PRIVATE", "INTERNAL"}[r.IntN(4)],
	}
	if chance(r, 2) {
		c.company = pick(r, familyNames) + pick(r, []string{" AG", " & Söhne", " Logistik GmbH", ", Inh. C. Beispiel", " \"Express\" KG"})
	}
	if chance(r, 3) {
		c.mobile = fmt.Sprintf("%s%02d", sipgateMobileRange, 50+r.IntN(50))
	}
	if i == 17 {
		c.name = "=HYPERLINK(\"http://example.invalid\")"
	}
	return c
}

// sipgateStranger is the number of somebody outside.
func sipgateStranger(r *rand.Rand) string {
	switch r.IntN(12) {
	case 0, 1, 2:
		return fmt.Sprintf("%s%02d", sipgateMobileRange, r.IntN(100))
	case 3:
		return fmt.Sprintf("+442079460%03d", r.IntN(1000)) // London's range for fiction
	case 4, 5, 6, 7:
		return fmt.Sprintf("+4930231250%02d", 30+r.IntN(70))
	}
	return fmt.Sprintf("+496990009%03d", r.IntN(1000))
}

// national is the number as people write it in Germany.
func national(number string) string {
	rest, german := strings.CutPrefix(number, "+49")
	if !german {
		return "00" + number[1:]
	}
	area := 2
	if strings.HasPrefix(rest, "1") {
		area = 3
	}
	return "0" + rest[:area] + "-" + rest[area:]
}

func (a *sipgateAccount) addNumber(number, kind, endpoint, alias, path string) {
	link := ""
	if path != "" {
		link = sipgateLinks + "/" + path
	}
	a.numbers = append(a.numbers, object{
		"id": digits(9000001 + len(a.numbers)), "number": number, "localized": national(number), "type": kind,
		"endpointId": endpoint, "endpointAlias": alias, "endpointUrl": link,
		"mnpState": object{"isReleased": false, "releasedUntil": ""},
	})
}

// listNumbers includes one that leads nowhere.
func (a *sipgateAccount) listNumbers() {
	for _, g := range a.groups {
		a.addNumber(g.number, "LANDLINE", g.id, g.alias, "groups/"+g.id)
	}
	a.addNumber(sipgateOwnRange+"077", "LANDLINE", "", "", "")
	for _, u := range a.users {
		a.addNumber(u.number, "LANDLINE", u.id("p"), u.phoneline(), u.id("w")+"/phonelines/"+u.id("p"))
		if u.mobile != "" {
			a.addNumber(u.mobile, "MOBILE", u.id("p"), u.phoneline(), u.id("w")+"/phonelines/"+u.id("p"))
		}
		if u.fax != "" {
			a.addNumber(u.fax, "LANDLINE", u.id("f"), "Fax von "+u.name(), u.id("w")+"/faxlines/"+u.id("f"))
		}
	}
}

func (u sipgateUser) phoneline() string { return "VoIP-Telefon von " + u.name() }

func items(rows any) object { return object{"items": rows} }

// listAccount makes what belongs to the account as a whole.
func (a *sipgateAccount) listAccount() {
	berlin := sipgateAddress("1001", "", "Hinterhaus", "Beispielstraße 1", "10000", "Berlin", "")
	goerlitz := sipgateAddress("1002", "90 01", "", "Am Alten Güterbahnhof 12, Tor 3", "02826", "Görlitz", "Sachsen")
	for path, body := range map[string]any{
		"/authorization/userinfo": object{"sub": "w0", "domain": "sipgate.de", "masterSipId": "2312500", "locale": "de_DE"},
		"/account": object{
			"company": a.company, "mainProductType": "TEAM", "logoUrl": "", "verified": true, "historyLifeTime": "UNLIMITED",
		},
		"/blacklist/incoming": items([]object{
			{"phoneNumber": sipgateOwnRange + "666", "isBlock": false},
			{"phoneNumber": "+4969900096", "isBlock": true},
			{"phoneNumber": "+442079460999", "isBlock": false},
		}),
		"/settings/sipgateio": object{
			"incomingUrl": "https://pbx.example.org/in?key=" + SipgateSecretMark, "outgoingUrl": "https://pbx.example.org/out", "log": true, "whitelist": nil,
		},
		"/portings": items([]object{
			sipgatePorting("40017", "2026-03-31", 500, sipgateOwnRange+"077"),
			sipgatePorting("40031", "2027-02-01", 200, "+496990009500", "+496990009501"),
		}),
		"/addresses":              items([]object{berlin, goerlitz}),
		"/addresses/1001":         berlin,
		"/addresses/1002":         goerlitz,
		"/addresses/itemCount":    object{"itemCount": 2},
		"/addresses/1001/numbers": items(a.numbers),
		"/addresses/1002/numbers": items([]object{}),
		"/channels":               items(a.channels()),
	} {
		a.answers[path] = body
	}
	a.listPeople()
}

// listPeople makes the lists that have a row for every user.
func (a *sipgateAccount) listPeople() {
	users, internal, boxes := []object{}, []object{}, []object{}
	for _, u := range a.users {
		users = append(users, u.describe())
		internal = append(internal, object{
			"id": fmt.Sprintf("%040x", 0xb0b0+u.n), "name": u.name(), "emails": []string{u.email()}, "mobile": list(u.mobile),
			"landline": []string{u.number}, "fax": list(u.fax), "directdial": []string{digits(100 + u.n)},
		})
		owner := object{"extension": u.id("w"), "type": "USER"}
		boxes = append(boxes, object{"id": u.id("v"), "alias": "Voicemail von " + u.name(), "belongsToEndpoint": owner})
		a.answers["/users/"+u.id("w")] = u.describe()
		a.answers["/voicemails/"+u.id("v")] = object{
			"id": u.id("v"), "alias": "Voicemail von " + u.name(), "belongsToEndpoint": owner, "transcription": u.n%2 == 0,
			"canTranscribe": true, "activeGreetingAlias": "Standard", "activeGreetingId": "0", "accessNumber": "50000",
		}
	}
	a.answers["/users"] = items(users)
	a.answers["/contacts/internal"] = items(internal)
	a.answers["/voicemails"] = items(boxes)
}

func sipgateAddress(id, box, extended, street, code, town, region string) object {
	return object{
		"id": id, "poBox": box, "extendedAddress": extended, "streetAddress": street, "locality": town, "region": region,
		"postalCode": code, "country": "DE",
	}
}

func sipgatePorting(id, date string, status int, numbers ...string) object {
	rows := []object{}
	for n, number := range numbers {
		rows = append(rows, object{"id": id + digits(n), "number": number})
	}
	pending := status < 500
	return object{"id": id, "portDate": date, "numbers": rows, "status": status, "revocable": pending, "pending": pending}
}

// list is the text in a list, or an empty one.
func list(text string) []string {
	if text == "" {
		return []string{}
	}
	return []string{text}
}

func (u sipgateUser) email() string { return fmt.Sprintf("w%d@example.com", u.n) }

func (u sipgateUser) describe() object {
	o := object{
		"id": u.id("w"), "firstname": u.first, "lastname": u.last, "email": u.email(), "defaultDevice": u.id("e"), "busyOnBusy": u.n%3 == 0,
		"addressId": "1001", "directDialIds": []string{digits(5000 + u.n)}, "timezone": "Europe/Berlin", "admin": u.admin,
	}
	if u.london {
		o["timezone"] = "Europe/London"
	}
	return o
}

func (a *sipgateAccount) channels() []object {
	rows := []object{}
	for n, g := range a.groups {
		users := []object{}
		for _, i := range g.users {
			users = append(users, object{"id": a.users[i].id("w"), "deviceIds": []string{a.users[i].id("e")}})
		}
		rows = append(rows, object{"id": fmt.Sprintf("c%d", n+1), "name": g.alias, "users": users})
	}
	return rows
}

// endpointNumbers are the numbers that lead to an extension.
func (a *sipgateAccount) endpointNumbers(endpoint string) object {
	rows := []object{}
	for _, n := range a.numbers {
		if n["endpointId"] == endpoint {
			rows = append(rows, object{"number": n["number"], "type": []string{"work"}})
		}
	}
	return items(rows)
}

func (a *sipgateAccount) listGroups() {
	faxlines := []object{{"id": "f90", "alias": "Fax Zentrale", "tagline": a.company, "canSend": true, "canReceive": true, "groupId": "g0"}}
	a.answers["/groupfaxlines"] = items(faxlines)
	a.answers["/groupfaxlines/f90/numbers"] = a.endpointNumbers("f90")
	a.answers["/groupfaxlines/f90/callerid"] = object{"value": sipgateOwnRange + "000"}
	for n, g := range a.groups {
		base, users := "/groups/"+g.id, []object{}
		for _, i := range g.users {
			u := a.users[i]
			users = append(users, object{"id": u.id("w"), "firstname": u.first, "lastname": u.last,
				"userUrl": sipgateLinks + "/users/" + u.id("w")})
		}
		a.answers[base] = object{"id": g.id, "alias": g.alias, "departmentId": n + 1,
			"voicemails": []object{{"id": fmt.Sprintf("v9%d", n), "timeout": 30, "active": n != 1}}}
		a.answers[base+"/users"] = items(users)
		a.answers[base+"/numbers"] = a.endpointNumbers(g.id)
		a.answers[base+"/voicemail"] = items([]object{sipgateBox(fmt.Sprintf("v9%d", n), "Voicemail "+g.alias)})
		a.answers[base+"/faxlines"] = items(faxlines[:1-min(n, 1)])
	}
}

func sipgateBox(id, alias string) object {
	return object{
		"id": id, "alias": alias, "timeout": 20, "active": true, "transcription": false, "canTranscribe": true,
		"activeGreetingId": "0", "activeGreetingAlias": "Standard",
		"accessNumber": "50000", "greetingsUrl": sipgateLinks + "/greetings", "transcriptionsUrl": sipgateLinks + "/transcriptions",
	}
}

// found writes one of the answers that are made beforehand.
func (a *sipgateAccount) found(w http.ResponseWriter, path string) {
	if body, ok := a.answers[strings.TrimSuffix(path, "/")]; ok {
		writeJSON(w, http.StatusOK, body)
		return
	}
	w.WriteHeader(http.StatusNotFound)
}
