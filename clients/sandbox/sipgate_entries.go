package sandbox

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Entries reach back so many days, today included.
const sipgateHistoryDays = 60

// sipgateDayIDs is how many ids of entries a day has; ids ascend with time.
const sipgateDayIDs = 1_000_000

// sipgateEntry is an entry of the history. Properties of one kind of entry alone are pointers, absent from the
// others.
type sipgateEntry struct {
	ID            string            `json:"id"`
	Source        string            `json:"source"`
	Target        string            `json:"target"`
	SourceAlias   string            `json:"sourceAlias"`
	TargetAlias   string            `json:"targetAlias"`
	Type          string            `json:"type"`
	Created       time.Time         `json:"created"`
	LastModified  time.Time         `json:"lastModified"`
	Direction     string            `json:"direction"`
	Incoming      bool              `json:"incoming"`
	Status        string            `json:"status"`
	ConnectionIDs []string          `json:"connectionIds"`
	Read          bool              `json:"read"`
	Archived      bool              `json:"archived"`
	Note          string            `json:"note"`
	Endpoints     []sipgateEndpoint `json:"endpoints"`
	Starred       bool              `json:"starred"`
	Labels        []string          `json:"labels"`

	CallID         *string             `json:"callId,omitempty"`
	CallStatus     *string             `json:"callStatus,omitempty"`
	Recordings     *[]sipgateRecording `json:"recordings,omitempty"`
	Responder      *string             `json:"responder,omitempty"`
	ResponderAlias *string             `json:"responderAlias,omitempty"`
	RecordingURL   *string             `json:"recordingUrl,omitempty"` // calls and voicemails
	Duration       *int                `json:"duration,omitempty"`     // seconds; calls and voicemails
	Transcription  *string             `json:"transcription,omitempty"`
	FaxStatusType  *string             `json:"faxStatusType,omitempty"`
	DocumentURL    *string             `json:"documentUrl,omitempty"`
	ReportURL      *string             `json:"reportUrl,omitempty"`
	PreviewURL     *string             `json:"previewUrl,omitempty"`
	PageCount      *int                `json:"pageCount,omitempty"`
	SMSContent     *string             `json:"smsContent,omitempty"`
	Scheduled      *string             `json:"scheduled,omitempty"` // faxes and text messages
}

type sipgateEndpoint struct {
	Type     string           `json:"type"`
	Endpoint sipgateExtension `json:"endpoint"`
}

type sipgateExtension struct {
	Extension string `json:"extension"`
	Type      string `json:"type"`
}

type sipgateRecording struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// day makes the entries of one day of the Unix era, oldest first.
func (s *sipgate) day(d int) []sipgateEntry {
	r, a := seeded(s.o.Seed, "sipgate history", d), s.account()
	entries := make([]sipgateEntry, sipgateBusyness(r, d, s.o.Scale))
	for i := range entries {
		entries[i] = a.newEntry(r, sipgateMoment(r, d))
	}
	slices.SortStableFunc(entries, func(a, b sipgateEntry) int { return cmp.Compare(a.Created.Unix(), b.Created.Unix()) })
	for i := range entries {
		entries[i].ID = digits(d*sipgateDayIDs + i)
	}
	return entries
}

// sipgateBusyness is the number of entries of a day.
func sipgateBusyness(r *rand.Rand, d int, scale float64) int {
	mean := 180.0
	switch unixMidnight(d).Weekday() {
	case time.Saturday:
		mean = 32
	case time.Sunday:
		mean = 14
	}
	return int(mean * scale * (0.9 + 0.2*r.Float64()))
}

// sipgateMoment draws an instant of a day: office hours with a dip at noon, and a little at any time.
func sipgateMoment(r *rand.Rand, d int) time.Time {
	second := r.IntN(86400)
	if !chance(r, 14) {
		hours := []int{6, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 11, 12, 12, 12, 13, 13, 13, 14, 14, 15, 15, 16}
		second = pick(r, hours)*3600 + r.IntN(3600)
	}
	return unixMidnight(d).Add(time.Duration(second) * time.Second)
}

// newEntry makes an entry: nearly nine of ten are calls.
func (a *sipgateAccount) newEntry(r *rand.Rand, created time.Time) sipgateEntry {
	e := sipgateEntry{Created: created, LastModified: created, Read: !chance(r, 8), Archived: chance(r, 5),
		Starred: chance(r, 40), Labels: []string{}}
	if chance(r, 30) {
		e.Note = pick(r, sipgateNotes)
	}
	if chance(r, 25) {
		e.Labels = []string{pick(r, []string{"Reklamation", "Angebot", "Rückruf nötig"})}
	}
	u := pick(r, a.users)
	switch n := r.IntN(100); {
	case n < 88:
		a.call(r, &e, u)
	case n < 93:
		a.fax(r, &e)
	case n < 97:
		a.sms(r, &e)
	default:
		a.voicemail(r, &e, u)
	}
	return e
}

var sipgateNotes = []string{"Rückruf, dringend; \"heute noch\"", "=SUM(A1:A3)", "+49 30 23125 ist die alte Nummer",
	"Zeile eins\nZeile zwei", "Grüße 👋", "-", "@Vertrieb bitte prüfen"}

// between fills in both sides: other is outside, own is ours.
func (e *sipgateEntry) between(incoming bool, other, otherAlias, own, ownAlias string) {
	e.Incoming, e.Direction = incoming, "OUTGOING"
	e.Source, e.SourceAlias, e.Target, e.TargetAlias = own, ownAlias, other, otherAlias
	if incoming {
		e.Direction = "INCOMING"
		e.Source, e.SourceAlias, e.Target, e.TargetAlias = other, otherAlias, own, ownAlias
	}
}

// somebody is the other side: a contact, a stranger, a colleague, or a caller who withholds the number.
func (a *sipgateAccount) somebody(r *rand.Rand, incoming bool) (number, alias string) {
	switch n := r.IntN(100); {
	case n < 6 && incoming:
		return "anonymous", ""
	case n < 11:
		colleague := pick(r, a.users)
		return digits(100 + colleague.n), colleague.name()
	case n < 62:
		c := pick(r, a.contacts)
		return c.number, c.name
	}
	return sipgateStranger(r), ""
}

func (a *sipgateAccount) call(r *rand.Rand, e *sipgateEntry, u sipgateUser) {
	incoming := r.IntN(100) < 59
	other, alias := a.somebody(r, incoming)
	own, ownAlias, connection := u.number, u.phoneline(), u.id("p")
	e.Endpoints = []sipgateEndpoint{{"ROUTED", sipgateExtension{u.id("e"), "REGISTER"}}}
	if incoming && chance(r, 3) {
		g := pick(r, a.groups)
		u = a.users[pick(r, g.users)]
		own, ownAlias, connection = g.number, g.alias, g.id
		e.Endpoints = []sipgateEndpoint{{"ROUTED", sipgateExtension{g.id, "GROUP"}}}
	}
	e.Type, e.ConnectionIDs = "CALL", []string{connection}
	e.between(incoming, other, alias, own, ownAlias)
	e.CallID = new(fmt.Sprintf("%016X%05X", r.Uint64(), r.IntN(1<<20)))
	e.RecordingURL, e.Recordings, e.Responder, e.ResponderAlias = new(""), &[]sipgateRecording{}, new(""), new("")
	if r.IntN(100) < 22 {
		e.miss(r)
		return
	}
	e.answer(r, u)
}

// answer makes a call that somebody took. Its end is later than its duration says, by the ringing.
func (e *sipgateEntry) answer(r *rand.Rand, u sipgateUser) {
	seconds := 4 + int(r.ExpFloat64()*170)
	e.Status, e.CallStatus, e.Duration = "PICKUP", new("SUCCESS"), new(seconds)
	if chance(r, 12) {
		e.Status = "FORWARD"
	}
	if e.Incoming {
		e.Responder, e.ResponderAlias = new(u.id("e")), new(u.name())
		e.Endpoints = append(e.Endpoints, sipgateEndpoint{"PICKUP", sipgateExtension{u.id("e"), "REGISTER"}})
	}
	e.LastModified = e.Created.Add(time.Duration(seconds+2+r.IntN(25)) * time.Second)
	if chance(r, 20) {
		id := digits(1_000_000 + r.IntN(8_999_999))
		url := sipgateDownload(r, "recording-"+id+".mp3")
		e.RecordingURL, e.Recordings = &url, &[]sipgateRecording{{id, url}}
	}
}

// miss makes a call that nobody took. Its duration is the ringing, not talk.
func (e *sipgateEntry) miss(r *rand.Rand) {
	e.Direction = "MISSED_" + e.Direction
	statuses := [][2]string{{"NOPICKUP", "FAILURE"}, {"NOPICKUP", "REJECTED"}, {"BUSY", "BUSY"}}
	if e.Incoming {
		statuses = [][2]string{{"NOPICKUP", "MISSED"}, {"NOPICKUP", "MISSED"}, {"NOPICKUP", "VOICEMAIL_NO_MESSAGE"},
			{"NOPICKUP", "REJECTED_DND"}, {"BUSY", "BUSY_ON_BUSY"}, {"BUSY", "BUSY"}}
	}
	status := pick(r, statuses)
	seconds := r.IntN(40)
	e.Status, e.CallStatus, e.Duration = status[0], &status[1], &seconds
	e.LastModified = e.Created.Add(time.Duration(2*seconds) * time.Second)
}

func (a *sipgateAccount) fax(r *rand.Rand, e *sipgateEntry) {
	owners := slices.DeleteFunc(slices.Clone(a.users), func(u sipgateUser) bool { return u.fax == "" })
	u, c := pick(r, owners), pick(r, a.contacts)
	incoming := chance(r, 2)
	e.Type, e.Status, e.ConnectionIDs = "FAX", "PICKUP", []string{u.id("f")}
	e.Endpoints = []sipgateEndpoint{{"ROUTED", sipgateExtension{u.id("f"), "FAX"}}}
	e.between(incoming, c.number, c.name, u.fax, "Fax von "+u.name())
	state := "SENT"
	if !incoming && chance(r, 6) {
		state, e.Status = pick(r, []string{"FAILED", "PENDING", "SENDING", "SCHEDULED"}), "NOPICKUP"
	}
	stamp := e.Created.Format("20060102150405")
	e.FaxStatusType, e.PageCount = &state, new(1+r.IntN(r.IntN(20)+1))
	e.DocumentURL = new(sipgateDownload(r, "fax-"+stamp+".pdf"))
	e.PreviewURL, e.ReportURL = new(sipgateDownload(r, "preview_small_1.jpg")), new("")
	if !incoming {
		e.ReportURL = new(sipgateDownload(r, "report.pdf"))
	}
	if state == "SCHEDULED" {
		e.Scheduled = new(e.Created.Add(time.Hour).Format(time.RFC3339))
	}
	e.LastModified = e.Created.Add(time.Duration(1+r.IntN(90)) * time.Second)
}

func (a *sipgateAccount) sms(r *rand.Rand, e *sipgateEntry) {
	owners := slices.DeleteFunc(slices.Clone(a.users), func(u sipgateUser) bool { return u.mobile == "" })
	u := pick(r, owners)
	e.Type, e.Status, e.ConnectionIDs = "SMS", "PICKUP", []string{u.id("s")}
	e.Endpoints = []sipgateEndpoint{{"ROUTED", sipgateExtension{u.id("s"), "SMS"}}}
	other := fmt.Sprintf("%s%02d", sipgateMobileRange, r.IntN(100))
	e.between(chance(r, 3), other, "", u.mobile, "SMS von "+u.name())
	e.SMSContent, e.Scheduled = new(pick(r, sipgateTexts)), new("")
	if !e.Incoming && chance(r, 15) {
		e.Scheduled = new(e.Created.Add(30 * time.Minute).Format(time.RFC3339))
	}
}

var sipgateTexts = []string{"Bin in 10 Minuten da.", "Ihr Termin: Dienstag, 9:30 Uhr; bitte bestätigen.",
	"Ware ist \"unterwegs\" 🚚", "Danke!\n\nViele Grüße",
	"=1+1 ist 2", "Bitte um Rückruf unter +493023125000", "Äpfel, Öl, Überweisung, Straße"}

func (a *sipgateAccount) voicemail(r *rand.Rand, e *sipgateEntry, u sipgateUser) {
	other, alias := a.somebody(r, true)
	seconds := 3 + r.IntN(90)
	e.Type, e.Status, e.ConnectionIDs = "VOICEMAIL", "NOPICKUP", []string{u.id("p")}
	e.Endpoints = []sipgateEndpoint{{"ROUTED", sipgateExtension{u.id("v"), "VOICEMAIL"}}}
	e.between(true, other, alias, u.number, u.phoneline())
	e.Duration, e.RecordingURL, e.Transcription = &seconds, new(sipgateDownload(r, "voicemail.mp3")), new("")
	if chance(r, 2) {
		e.Transcription = new("Guten Tag, hier ist … äh, es geht um die Bestellung, bitte rufen Sie zurück.")
	}
	e.LastModified = e.Created.Add(time.Duration(seconds+8) * time.Second)
}

// sipgateDownload is an address that opens a file to whoever knows it.
func sipgateDownload(r *rand.Rand, file string) string {
	return fmt.Sprintf("https://secure.sipgate.example/download/%s-%016x/%s", SipgateSecretMark, r.Uint64(), file)
}
