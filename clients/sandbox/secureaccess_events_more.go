package sandbox

import "time"

// The company's firewall, intrusion prevention, private access, decryption, VPN and tunnels. Their events follow from a
// random source of their own, so that those of DNS and proxy stay what they are.

// saInternal is the category of what the company runs itself.
const saInternal = "Internal"

// saOtherDays is how many events of a kind a weekday and a day of the weekend have.
var saOtherDays = []struct {
	kind             saKind
	weekday, weekend float64
}{
	{saFirewall, 6000, 1600}, {saIntrusion, 90, 40}, {saZTNA, 1500, 160}, {saDecryption, 2400, 500}, {saRetrospective, 12, 8},
	{saRemoteAccess, 260, 70}, {saTunnel, 240, 240},
}

// hourOf gives the events of an hour that may be of some kinds.
func (s *secureAccess) eventsOf(kinds saKind, start int64) []saEvent {
	switch {
	case kinds&^saRequests == 0:
		return s.hours.get(start)
	case kinds&saRequests == 0:
		return s.others.get(start)
	}
	return s.mixed.get(start)
}

// mixedHourOf are the events of all kinds.
func (s *secureAccess) mixedHourOf(start int64) []saEvent {
	requests, others := s.hours.get(start), s.others.get(start)
	return saInOrder(append(append(make([]saEvent, 0, len(requests)+len(others)), requests...), others...), start)
}

// otherHourOf makes the events of an hour that are neither DNS nor proxy.
func (s *secureAccess) otherHourOf(start int64) []saEvent {
	hour := time.Unix(start, 0).UTC()
	h := saHour{company: s.company(), start: start, night: hour.Hour() < 5,
		rand: seeded(s.o.Seed, "secureaccess", "others", hour.Format(time.RFC3339))}
	weekend := hour.Weekday() == time.Saturday || hour.Weekday() == time.Sunday
	for _, o := range saOtherDays {
		day, hours := o.weekday, &saWeekdayHours
		if weekend {
			day, hours = o.weekend, &saWeekendHours
		}
		sum := 0
		for _, n := range hours {
			sum += n
		}
		h.fill(o.kind, h.number(day*float64(hours[hour.Hour()])/float64(sum)*s.o.Scale))
	}
	return saInOrder(h.events, start)
}

// other makes an event that is neither DNS nor proxy.
func (h *saHour) other(kind saKind, actor int, at int64) saEvent {
	c := h.company
	e := saEvent{at: at, noise: h.rand.Uint64(), actor: uint16(actor), destination: pick(h.rand, c.day), kind: kind}
	roll := h.rand.IntN(100)
	switch kind {
	case saFirewall:
		e.verdict = saOneOf(roll, 92, saAllowed, 100, saBlocked)
	case saIntrusion:
		e.verdict = saOneOf(roll, 70, saDetected, 90, saBlocked, 100, saWouldBlock)
	case saZTNA:
		e.actor, e.destination = uint16(pick(h.rand, c.people).home), pick(h.rand, c.internal)
		e.verdict = saOneOf(roll, 93, saAllowed, 98, saBlocked, 100, saWarned)
	case saDecryption:
		e.verdict = saOneOf(roll, 4, saDecryptInbound, 80, saDecryptOutbound, 97, saDoNotDecrypt, 100, saDecryptError)
	case saRetrospective:
		e.destination = uint16(pick(h.rand, c.malicious))
	case saRemoteAccess:
		e.actor = uint16(pick(h.rand, c.people).home)
		e.verdict = saOneOf(roll, 49, saConnected, 94, saDisconnected, 100, saFailed)
	case saTunnel:
		e.actor = uint16(c.things[len(c.things)-1-h.rand.IntN(len(saSites))])
	}
	return e
}

// saOneOf is the first verdict whose bound, which stands before it, is above a roll of the dice.
func saOneOf(roll int, bounds ...any) saVerdict {
	for i := 0; i+1 < len(bounds); i += 2 {
		if roll < bounds[i].(int) {
			return bounds[i+1].(saVerdict)
		}
	}
	return saAllowed
}
