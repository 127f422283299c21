package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// The library buys, registers, lends and weeds every day, and what it did on a day follows from the seed and that
// day alone. What it holds on any day is therefore the sum of the days before, back to where its memory ends.
const (
	sierraMemory   = 5 * 365 // days after which a record is gone without a stub
	sierraEpoch    = 14610   // 2010-01-01 as a day of the Unix era; record numbers count from here
	sierraLoanDays = 21      // a loan, and each renewal
	sierraCycle    = 42      // days in which an item is lent at most once
	sierraWeedOut  = 6       // one in so many bibs is deleted at some time
)

// What a number is drawn for, so that draws for one record do not resemble each other.
const (
	sierraHollow uint64 = iota
	sierraBibKind
	sierraItemKind
	sierraPatronKind
	sierraOrderKind
	sierraAuthorityKind
	sierraLoanPhase
	sierraLoanCycle
	sierraBorrower
)

// sierraRecord is what all records have in common.
type sierraRecord struct {
	id         int
	created    time.Time
	updated    time.Time // the last change before today
	changes    time.Time // the change of today, which may lie in the future; zero for none
	deleted    time.Time // midnight of the day of deletion; zero if it never comes
	suppressed bool
}

func (r *sierraRecord) deletedBy(now time.Time) bool {
	return !r.deleted.IsZero() && !now.Before(r.deleted)
}

func (r *sierraRecord) updatedAt(now time.Time) time.Time {
	if !r.changes.IsZero() && !now.Before(r.changes) {
		return r.changes
	}
	return r.updated
}

// sierraLibrary is everything the library knows in the course of one day. Records are in the order of their ids and
// may be created later on that day: visible cuts those off.
type sierraLibrary struct {
	seed        uint64
	today       int // day of the Unix era
	bibs        []*sierraBib
	items       []*sierraItem
	patrons     []*sierraPatron
	orders      []*sierraOrder
	authorities []*sierraAuthority
	holds       []*sierraHold
	fines       []*sierraFine

	patron   map[int]*sierraPatron
	borrower []*sierraPatron          // patrons that are never deleted, by id
	holdable []*sierraBib             // bibs with items that are never deleted, by id
	owed     map[int]cents            // by patron
	lent     map[int][]*sierraLoan    // by patron
	held     map[string][]*sierraHold // by kind and number of the record
}

// sierraDay is what a library follows from.
type sierraDay struct {
	seed  uint64
	today int
}

// sierraLibraries are common to all sandboxes: one of the same seed on the same day holds the same, and nobody changes it.
var sierraLibraries = newMemo(4, func(d sierraDay) *sierraLibrary { return newSierraLibrary(d.seed, d.today) })

func newSierraLibrary(seed uint64, today int) *sierraLibrary {
	l := &sierraLibrary{
		seed: seed, today: today, patron: map[int]*sierraPatron{}, owed: map[int]cents{}, lent: map[int][]*sierraLoan{},
	}
	for d := today - sierraMemory; d <= today; d++ {
		l.acquire(d)
		l.register(d)
		l.order(d)
		l.authorise(d)
	}
	l.index()
	for _, item := range l.items {
		if item.loan = l.lend(item); item.loan != nil {
			l.lent[item.loan.patron] = append(l.lent[item.loan.patron], item.loan)
		}
	}
	l.holds = l.placeHolds()
	l.fines = l.assessFines()
	for _, f := range l.fines {
		l.owed[f.patron] += f.owed()
	}
	return l
}

func (l *sierraLibrary) index() {
	for _, b := range l.bibs {
		if b.deleted.IsZero() && len(b.items) > 0 && !b.suppressed {
			l.holdable = append(l.holdable, b)
		}
	}
	for _, p := range l.patrons {
		l.patron[p.id] = p
		if p.deleted.IsZero() {
			l.borrower = append(l.borrower, p)
		}
	}
}

// visible cuts off the records that are created after now.
func visible[T any](records []T, created func(T) time.Time, now time.Time) []T {
	n := len(records)
	for n > 0 && created(records[n-1]).After(now) {
		n--
	}
	return records[:n]
}

// newRecord makes the n-th record of a day. Its changes are drawn day by day, backwards from today, so that the last
// one does not depend on when it is asked for.
func (l *sierraLibrary) newRecord(r *rand.Rand, kind uint64, id, created, n int) sierraRecord {
	rec := sierraRecord{id: id, created: openingHour(created, r.IntN(3600)+n*3600)}
	rec.updated = rec.created
	rec.suppressed = chance(r, 40)
	for d := l.today; d > created; d-- {
		draw := sierraMix(l.seed, kind, uint64(id), uint64(d))
		if draw%64 != 0 {
			continue
		}
		at := openingHour(d, int(draw>>8%36000))
		if d == l.today {
			rec.changes = at
			continue
		}
		rec.updated = at
		break
	}
	return rec
}

// weed gives one record in so many a day on which it is deleted.
func (rec *sierraRecord) weed(r *rand.Rand, created, oneIn int) {
	after := 20 + r.IntN(sierraMemory)
	if chance(r, oneIn) {
		rec.deleted = unixMidnight(created + after)
	}
}

// busy scales a number of events to the day: the library is closed on Sundays.
func busy(r *rand.Rand, d, mean int) int {
	switch unixMidnight(d).Weekday() {
	case time.Sunday:
		return 0
	case time.Saturday:
		mean = (mean + 1) / 2
	}
	return max(1, mean-mean/3+r.IntN(mean/3*2+1))
}

// recordNumber is the number of the n-th record of a day: numbers ascend with time and leave gaps, as real ones do.
func recordNumber(base, d, n int) int { return base + (d-sierraEpoch)*12 + n }

// openingHour is an instant on a day, seconds after the library opened at 13:00 UTC.
func openingHour(d, seconds int) time.Time {
	return unixMidnight(d).Add(13*time.Hour + time.Duration(seconds%36000)*time.Second)
}

// unixDay is the day of an instant, in UTC, counted from 1970-01-01.
func unixDay(t time.Time) int { return int(t.Unix() / 86400) }

// unixMidnight is the first instant of a day.
func unixMidnight(d int) time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// newYorkFour is 04:00 in New York on a day. Since 2007 summer time holds there from the second Sunday in March to
// the first Sunday in November; the rule is written out so that the sandbox needs no time zone files.
func newYorkFour(d int) time.Time {
	midnight := unixMidnight(d)
	march := time.Date(midnight.Year(), time.March, 8, 0, 0, 0, 0, time.UTC)
	november := time.Date(midnight.Year(), time.November, 1, 0, 0, 0, 0, time.UTC)
	if midnight.Before(nextSunday(march)) || !midnight.Before(nextSunday(november)) {
		return midnight.Add(9 * time.Hour)
	}
	return midnight.Add(8 * time.Hour)
}

// nextSunday is the day itself if it is a Sunday.
func nextSunday(t time.Time) time.Time { return t.AddDate(0, 0, (7-int(t.Weekday()))%7) }

// sierraMix draws a number for the words; it is cheap enough to be asked for every record and every day.
func sierraMix(words ...uint64) uint64 {
	var h uint64
	for _, w := range words {
		h = (h ^ w) + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// cents is money that is written in major units, without zeros at the end, as the API writes it: 10, 1.2, 14.99.
type cents int

// MarshalJSON writes the sum as a JSON number.
func (c cents) MarshalJSON() ([]byte, error) { return []byte(c.major()), nil }

func (c cents) major() string {
	sign, n := "", int(c)
	if n < 0 {
		sign, n = "-", -n
	}
	text := sign + strconv.Itoa(n/100)
	if n%100 == 0 {
		return text
	}
	fraction := strconv.Itoa(n%100 + 100)[1:]
	return text + "." + strings.TrimRight(fraction, "0")
}

// fixed is the sum as fixed fields have it: cents, as text, with six decimals.
func (c cents) fixed() string { return strconv.Itoa(int(c)) + ".000000" }

var _ json.Marshaler = cents(0)

func sierraTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func sierraDate(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func digits(n int) string { return strconv.Itoa(n) }

// sierraCode is a code and its name, as locations, languages and the like are shown.
type sierraCode struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// sierraFixed is one fixed field.
type sierraFixed struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Display string `json:"display,omitempty"`
}

// sierraVar is one field of variable length.
type sierraVar struct {
	FieldTag  string           `json:"fieldTag"`
	MarcTag   string           `json:"marcTag,omitempty"`
	Ind1      string           `json:"ind1,omitempty"`
	Ind2      string           `json:"ind2,omitempty"`
	Content   string           `json:"content,omitempty"`
	Subfields []sierraSubfield `json:"subfields,omitempty"`
}

type sierraSubfield struct {
	Tag     string `json:"tag"`
	Content string `json:"content"`
}

// padded fills a code with blanks, which the library system stores in fields of a fixed width.
func padded(code string, width int) string {
	return code + strings.Repeat(" ", max(0, width-len(code)))
}
