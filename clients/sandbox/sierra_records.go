package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Numbers from which records of a kind count.
const (
	sierraBibBase       = 1000000
	sierraItemBase      = 3000000
	sierraPatronBase    = 1200000
	sierraOrderBase     = 1700000
	sierraAuthorityBase = 1900000
	sierraCopies        = 8 // most items of one bib
)

type sierraBib struct {
	sierraRecord
	title, author, isbn, issn string
	language, country         sierraCode
	material                  sierraMaterial
	serial                    bool
	year                      int // 0: not known
	call                      string
	subject                   string
	items                     []*sierraItem
}

type sierraItem struct {
	sierraRecord
	bibs          []*sierraBib // two and more for volumes bound together
	location      sierraCode
	kind          int // item type
	status        sierraCode
	volume        string
	barcode, call string
	copy          int
	price         cents
	circs         int // check-outs in its life
	loan          *sierraLoan
}

type sierraPatron struct {
	sierraRecord
	given, family string
	barcode       string
	email, phone  string
	street, city  string
	kind          int // patron type
	home          sierraCode
	born, expires time.Time
	block         string
	circs         int
}

// acquire makes the bibs of a day and their items.
func (l *sierraLibrary) acquire(d int) {
	r := seeded(l.seed, "sierra bibs", d)
	for n := range busy(r, d, 3) {
		b := &sierraBib{sierraRecord: l.newRecord(r, sierraBibKind, recordNumber(sierraBibBase, d, n), d, n)}
		b.weed(r, d, sierraWeedOut)
		b.describe(r)
		l.addItems(r, b, d, n)
		l.bibs = append(l.bibs, b)
	}
}

func (b *sierraBib) describe(r *rand.Rand) {
	b.serial = chance(r, 25)
	b.title, b.subject = sierraTitle(r, b.serial)
	b.language, b.country = sierraLanguages[0], pick(r, sierraCountries)
	if chance(r, 9) {
		b.language = pick(r, sierraLanguages)
	}
	b.material = sierraMaterials[0]
	if !b.serial && chance(r, 3) {
		b.material = pick(r, sierraMaterials)
	}
	if !chance(r, 20) {
		b.year = b.created.Year() - r.IntN(r.IntN(60)+1)
	}
	if b.serial {
		b.issn = fmt.Sprintf("%08d", r.IntN(100000000))
	} else {
		b.isbn = isbn13(r)
		given, family := pick(r, givenNames), pick(r, familyNames)
		b.author = family + ", " + given + "."
		if chance(r, 4) {
			b.author = fmt.Sprintf("%s, %s, %d-", family, given, 1930+r.IntN(65))
		}
		b.call = "FIC " + strings.ToUpper(string([]rune(family)[:3]))
	}
	if b.subject != "" {
		b.call = fmt.Sprintf("%03d.%d %s%d", 100+r.IntN(890), 1+r.IntN(99), strings.ToUpper(b.title[:1]), 10+r.IntN(90))
	}
}

// addItems buys copies. Titles that everybody wants get many, and now and then a volume is bound together with the
// bib before. An item goes with its bib at the latest.
func (l *sierraLibrary) addItems(r *rand.Rand, b *sierraBib, d, n int) {
	copies := 1 + r.IntN(4)
	switch {
	case chance(r, 12):
		copies = 5 + r.IntN(sierraCopies-5)
	case chance(r, 30):
		copies = 0
	}
	for c := range copies {
		id := sierraItemBase + (b.id-sierraBibBase)*sierraCopies + c
		i := &sierraItem{sierraRecord: l.newRecord(r, sierraItemKind, id, d, n), bibs: []*sierraBib{b}, copy: c + 1}
		i.weed(r, d, 2*sierraWeedOut)
		if !b.deleted.IsZero() && (i.deleted.IsZero() || b.deleted.Before(i.deleted)) {
			i.deleted = b.deleted
		}
		if before := len(l.bibs) - 1; before >= 0 && chance(r, 150) {
			i.bibs = append(i.bibs, l.bibs[before])
		}
		i.describe(r, b)
		b.items = append(b.items, i)
		l.items = append(l.items, i)
	}
}

func (i *sierraItem) describe(r *rand.Rand, b *sierraBib) {
	i.location = pick(r, sierraLocations)
	i.kind = b.material.itemType
	i.status = sierraStatuses[0]
	if chance(r, 16) {
		i.status = pick(r, sierraStatuses[1:])
	}
	if b.serial {
		i.volume = fmt.Sprintf("v.%d no.%d", 1+r.IntN(40), 1+r.IntN(12))
	}
	i.barcode = fmt.Sprintf("3%04d%09d", 1520+r.IntN(12), r.IntN(1e9))
	if chance(r, 20) {
		i.barcode = fmt.Sprintf("A%013d", r.Int64N(1e13))
	} else if chance(r, 20) {
		i.barcode = "0" + i.barcode[1:]
	}
	if i.call = b.call; i.call != "" && chance(r, 3) {
		i.call = "|a" + strings.Replace(b.call, " ", " |b", 1)
	}
	i.price = cents(499 + r.IntN(60)*100)
	i.circs = r.IntN(r.IntN(90) + 1)
}

// isbn13 returns thirteen digits with a check digit that holds. 979-0 numbers music, not books, so that none is a
// real book's.
func isbn13(r *rand.Rand) string {
	text := fmt.Sprintf("9790%08d", r.IntN(1e8))
	sum := 0
	for i, c := range text {
		sum += int(c-'0') * (1 + i%2*2)
	}
	return text + digits((10-sum%10)%10)
}

// register makes the patrons of a day.
func (l *sierraLibrary) register(d int) {
	r := seeded(l.seed, "sierra patrons", d)
	for n := range busy(r, d, 2) {
		p := &sierraPatron{sierraRecord: l.newRecord(r, sierraPatronKind, recordNumber(sierraPatronBase, d, n), d, n)}
		p.weed(r, d, 8)
		p.suppressed = false
		p.given, p.family = pick(r, givenNames), pick(r, familyNames)
		p.barcode = fmt.Sprintf("2%04d%09d", 1520, r.IntN(1e9))
		p.email = fmt.Sprintf("reader%d@example.org", p.id)
		p.phone = fmt.Sprintf("555-01%02d", r.IntN(100))
		p.street = fmt.Sprintf("%d %s", 1+r.IntN(999), pick(r, sierraStreets))
		p.city = pick(r, sierraTowns)
		p.kind = pick(r, sierraPatronTypes).number
		p.home = pick(r, sierraBranches).code()
		p.born = unixMidnight(d - 365*6 - r.IntN(365*80))
		p.expires = unixMidnight(d).AddDate(3+r.IntN(3), 0, 0)
		p.block = "-"
		if chance(r, 30) {
			p.block = pick(r, []string{"c", "m", "v"})
		}
		p.circs = r.IntN(r.IntN(400) + 1)
		l.patrons = append(l.patrons, p)
	}
}

// name is the patron's as the library writes it, at times with a blank at the end that nobody sees.
func (p *sierraPatron) name() string {
	name := strings.ToUpper(p.family) + ", " + strings.ToUpper(p.given)
	if p.id%9 == 0 {
		name += " "
	}
	return name
}

// Every title of the library is made of these words and exists nowhere else.
var (
	sierraAdjectives = []string{"silent", "borrowed", "seventh", "unlikely", "paper", "crooked", "patient",
		"half-remembered", "amber", "wandering"}
	sierraNouns = []string{"lighthouse", "orchard", "cartographer", "ferry", "apprentice", "almanac", "weathervane",
		"clockmaker's daughter", "tide", "archive"}
	sierraPlaces = []string{"Quellmoor", "Saint-Élan", "the Lower Reaches", "Brindle Bay", "Øststrand", "Thornby",
		"the Ninth Canal", "Łabędzie"}
	sierraSubjects = []string{"Bees", "Tidal power", "Clocks and watches", "Bridges", "Bread", "Knitting", "Lighthouses",
		"Moss", "Typography", "Weather"}
	sierraRareTitles = []string{"=SUM(A1:A9) and other spells", "\"Quoted\", he said", "Über die Müßigkeit; ein Versuch",
		"Тихий маяк", "@ the end of the line",
		"Owls 🦉, a field guide", "-1 and counting",
		"A title, with commas, and \"quotes\" : and a subtitle that goes on for a good while so that a column has to be wide / somebody"}
)

func sierraTitle(r *rand.Rand, serial bool) (title, subject string) {
	switch {
	case chance(r, 90):
		return pick(r, sierraRareTitles), ""
	case serial:
		subject = pick(r, sierraSubjects)
		return pick(r, []string{"Journal of ", "Annals of ", "Quarterly of "}) + strings.ToLower(subject) + ".", subject
	case chance(r, 3):
		subject = pick(r, sierraSubjects)
		return fmt.Sprintf("%s : a %s history of %s", subject, pick(r, sierraAdjectives), pick(r, sierraPlaces)), subject
	case chance(r, 2):
		return fmt.Sprintf("The %s %s", pick(r, sierraAdjectives), pick(r, sierraNouns)), ""
	}
	return fmt.Sprintf("The %s of %s", pick(r, sierraNouns), pick(r, sierraPlaces)), ""
}
