package sandbox

import (
	"math/rand/v2"
	"time"
)

// saKind is what an event is about; a set of kinds is their sum.
type saKind uint16

const (
	saDNS saKind = 1 << iota
	saProxy
	saFirewall
	saIntrusion
	saZTNA
	saDecryption
	saRetrospective
	saRemoteAccess
	saTunnel
)

// Kinds that questions without a type are about: requests for aggregations, and everything with times in milliseconds for
// the mixed activity.
const (
	saRequests = saDNS | saProxy
	saMixed    = saRequests | saFirewall | saIntrusion | saZTNA | saDecryption
)

// saAllOf is what a path is about that names no type.
func saAllOf(path string) saKind {
	switch path {
	case "activity":
		return saMixed
	case "remote-access-events":
		return saRemoteAccess
	case "networkTunnelLogs":
		return saTunnel
	}
	return saRequests
}

type saVerdict uint8

// What became of an event: the verdict of requests, and what other kinds have in its place.
const (
	saAllowed saVerdict = iota
	saBlocked
	saProxied
	saWarned
	saDetected
	saWouldBlock
	saDecryptInbound
	saDecryptOutbound
	saDoNotDecrypt
	saDecryptError
	saConnected
	saDisconnected
	saFailed
)

func (v saVerdict) String() string {
	return [...]string{"allowed", "blocked", "proxied", "warn", "detected", "would_block", "Decrypt Inbound", "Decrypt Outbound",
		"Do Not Decrypt", "Decrypt Error", "connected", "disconnected", "failed"}[v]
}

// saEvent is one request of the company. Everything that a row shows besides these fields follows from the noise.
type saEvent struct {
	at          int64 // Unix seconds
	noise       uint64
	actor       uint16
	destination uint16
	kind        saKind
	verdict     saVerdict
}

// saDice rolls the details of an event out of its noise, the same ones every time.
type saDice uint64

func (d *saDice) roll(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return int((z ^ (z >> 31)) % uint64(n))
}

// Rows of a whole day, and how they spread over its hours, in thousandths. People arrive at seven, eat at noon,
// and machines fetch their updates at two at night.
const (
	saWeekdayDNS, saWeekendDNS     = 18_000, 5_000
	saWeekdayProxy, saWeekendProxy = 7_000, 1_500
)

var (
	saWeekdayHours = [24]int{8, 7, 24, 16, 7, 10, 22, 62, 94, 102, 98, 90, 58, 80, 92, 88, 74, 46, 24, 14, 12, 11, 10, 9}
	saWeekendHours = [24]int{38, 34, 80, 58, 32, 30, 32, 34, 38, 42, 44, 46, 42, 40, 40, 42, 44, 46, 48, 50, 48, 42, 38, 36}
)

// saExpected is the mean number of rows of a kind in the hour that begins at an instant.
func saExpected(kind saKind, hour time.Time) float64 {
	day, hours := saWeekdayDNS, &saWeekdayHours
	if kind == saProxy {
		day = saWeekdayProxy
	}
	if w := hour.Weekday(); w == time.Saturday || w == time.Sunday {
		hours = &saWeekendHours
		day = saWeekendDNS
		if kind == saProxy {
			day = saWeekendProxy
		}
	}
	sum := 0
	for _, h := range hours {
		sum += h
	}
	return float64(day) * float64(hours[hour.Hour()]) / float64(sum)
}

// saHour makes the events of one hour in the order of their times.
type saHour struct {
	company *saCompany
	rand    *rand.Rand
	start   int64
	night   bool
	events  []saEvent
}

// hourOf makes the events of the hour that begins at a number of Unix seconds, out of the seed and the calendar
// alone.
func (s *secureAccess) hourOf(start int64) []saEvent {
	hour := time.Unix(start, 0).UTC()
	h := saHour{company: s.company(), start: start, night: hour.Hour() < 5,
		rand: seeded(s.o.Seed, "secureaccess", "hour", hour.Format(time.RFC3339))}
	for _, kind := range []saKind{saDNS, saProxy} {
		h.fill(kind, h.number(saExpected(kind, hour)*s.o.Scale))
	}
	return saInOrder(h.events, start)
}

// number is how many events there are where a number of them is expected.
func (h *saHour) number(mean float64) int {
	mean *= 0.94 + 0.12*h.rand.Float64()
	n := int(mean)
	if h.rand.Float64() < mean-float64(n) {
		n++
	}
	return n
}

// fill adds n events: visits of a handful of requests within a few seconds, and now and then a burst, a page that
// asks for dozens of hosts in the same second.
func (h *saHour) fill(kind saKind, n int) {
	for n > 0 {
		actor, second := h.visitor(), h.rand.IntN(3600)
		requests, spread := 1+h.rand.IntN(6), 3
		if chance(h.rand, 120) {
			requests, spread = 20+h.rand.IntN(25), 1
		}
		for range min(n, requests) {
			at := h.start + int64(min(second+h.rand.IntN(spread), 3599))
			h.events = append(h.events, h.make(kind, actor, at))
			n--
		}
		// A resolver that asks twice within a second leaves two rows that nothing tells apart.
		if n > 0 && chance(h.rand, 300) {
			h.events = append(h.events, h.events[len(h.events)-1])
			n--
		}
	}
}

func (h *saHour) visitor() int {
	c := h.company
	if h.night && !chance(h.rand, 5) || chance(h.rand, 12) {
		return pick(h.rand, c.things)
	}
	person := pick(h.rand, c.people)
	if chance(h.rand, 3) {
		return person.home
	}
	return person.office
}

// make makes an event of any kind.
func (h *saHour) make(kind saKind, actor int, at int64) saEvent {
	if kind&saRequests == 0 {
		return h.other(kind, actor, at)
	}
	return h.event(kind, actor, at)
}

func (h *saHour) event(kind saKind, actor int, at int64) saEvent {
	c := h.company
	liked := c.day
	if h.night && !chance(h.rand, 4) {
		liked = c.night
	}
	e := saEvent{at: at, noise: h.rand.Uint64(), actor: uint16(actor), destination: pick(h.rand, liked), kind: kind}
	if chance(h.rand, 2500) {
		e.destination = uint16(pick(h.rand, c.malicious))
	}
	e.verdict = h.verdict(&c.destinations[e.destination])
	return e
}

func (h *saHour) verdict(d *saDestination) saVerdict {
	switch label := saCategories[d.categories[0]].Label; {
	case d.threat >= 0 && !chance(h.rand, 20), label == saGambling, label == saAdverts && chance(h.rand, 4), chance(h.rand, 900):
		return saBlocked
	case chance(h.rand, 150):
		return saProxied
	}
	return saAllowed
}

// saInOrder sorts the events of an hour by time, those of one second staying as they were made.
func saInOrder(events []saEvent, start int64) []saEvent {
	var next [3601]int
	for _, e := range events {
		next[e.at-start+1]++
	}
	for i := range 3600 {
		next[i+1] += next[i]
	}
	sorted := make([]saEvent, len(events))
	for _, e := range events {
		sorted[next[e.at-start]] = e
		next[e.at-start]++
	}
	return sorted
}
