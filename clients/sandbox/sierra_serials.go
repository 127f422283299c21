package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// sierraAuthority is the form of a name on which catalogues agree.
type sierraAuthority struct {
	sierraRecord
	heading string
}

func (l *sierraLibrary) authorise(d int) {
	r := seeded(l.seed, "sierra authorities", d)
	for n := range busy(r, d, 1) {
		a := &sierraAuthority{sierraRecord: l.newRecord(r, sierraAuthorityKind, recordNumber(sierraAuthorityBase, d, n), d, n)}
		a.weed(r, d, 30)
		a.heading = fmt.Sprintf("%s, %s, %d-", pick(r, familyNames), pick(r, givenNames), 1880+r.IntN(110))
		l.authorities = append(l.authorities, a)
	}
}

func sierraAuthorities() sierraList[*sierraAuthority] {
	type row = *sierraAuthority
	record := func(a row) *sierraRecord { return &a.sierraRecord }
	return sierraList[row]{
		rows: func(v *sierraView) []row {
			return visible(v.authorities, func(a row) time.Time { return a.created }, v.now)
		},
		id: func(a row) int { return a.id }, record: record, filters: sierraRecordFilters[row](record, nil),
		fields: append(sierraRecordFields(record, numberID, true), sierraField[row]{
			"varFields", true, func(_ *sierraView, a row) any {
				fields := []sierraVar{
					{FieldTag: "o", MarcTag: "001", Content: fmt.Sprintf("n%010d", a.id)},
					{FieldTag: "a", MarcTag: "100", Ind1: "1", Ind2: " ", Subfields: []sierraSubfield{{"a", a.heading}}},
				}
				if a.id%3 == 0 {
					fields = append(fields, sierraVar{FieldTag: "b", MarcTag: "400", Ind1: "1", Ind2: " ", Subfields: []sierraSubfield{{"w", "nne"}, {"a", strings.ToUpper(a.heading)}}})
				}
				return fields
			}, []sierraVar{}}),
	}
}

func sierraCourses() sierraList[object] {
	return sierraPlain(func(v *sierraView) (rows []object) {
		r := seeded(v.seed, "sierra courses")
		year := v.now.Year()
		for i, subject := range sierraSubjects {
			teacher := pick(r, familyNames) + ", " + pick(r, givenNames)
			rows = append(rows, object{
				"id": digits(1500001 + i), "locationCode": "ma   ", "ccode1": "-", "ccode2": "-", "ccode3": "-",
				"beginDate": fmt.Sprintf("%d-08-25", year), "endDate": fmt.Sprintf("%d-12-15", year),
				"professorInstructors": []string{teacher}, "courseNames": []string{fmt.Sprintf("%s %d", subject, 100+r.IntN(300))},
				"courseUrls": []string{}, "courseNotes": []string{}, "reserves": reserved(v, i),
			})
		}
		return rows
	}, "id", "beginDate", "endDate", "locationCode", "ccode1", "ccode2", "ccode3",
		"professorInstructors", "courseNames", "courseUrls", "courseNotes", "reserves")
}

// reserved are addresses of what is kept for a course; nobody documents their shape.
func reserved(v *sierraView, course int) []string {
	return append([]string{}, v.itemLinks(v.holdable[course*7%len(v.holdable)])...)
}

// sierraSerial is what stands beside the bib of a periodical: a volume record and a holdings record.
type sierraSerial struct {
	sierraRecord
	bib *sierraBib
}

// serials makes a record of another kind beside every bib of a periodical.
func (v *sierraView) serials(base int) (rows []*sierraSerial) {
	for _, b := range sierraBibs().rows(v) {
		if b.serial {
			s := &sierraSerial{sierraRecord: b.sierraRecord, bib: b}
			s.id = base + b.id - sierraBibBase
			rows = append(rows, s)
		}
	}
	return rows
}

func sierraSerialList(base int, fields ...sierraField[*sierraSerial]) sierraList[*sierraSerial] {
	record := func(s *sierraSerial) *sierraRecord { return &s.sierraRecord }
	return sierraList[*sierraSerial]{
		rows: func(v *sierraView) []*sierraSerial { return v.serials(base) },
		id:   func(s *sierraSerial) int { return s.id }, record: record,
		filters: sierraRecordFilters(record, map[string]sierraFilter[*sierraSerial]{
			"bibIds": sierraIDs(func(s *sierraSerial) int { return s.bib.id }),
		}),
		fields: append(sierraRecordFields(record, numberID, true), fields...),
	}
}

func sierraVolumes() sierraList[*sierraSerial] {
	type row = *sierraSerial
	return sierraSerialList(2100000, []sierraField[row]{
		{"holds", true, func(*sierraView, row) any { return []string{} }, []string{}},
		{"bibs", true, func(v *sierraView, s row) any { return []string{v.link("bibs", s.bib.id)} }, []string{}},
		{"items", true, func(v *sierraView, s row) any { return v.itemLinks(s.bib) }, []string{}},
		{"volume", true, func(_ *sierraView, s row) any { return fmt.Sprintf("v.%d (%d)", 1+s.id%30, s.created.Year()) }, nil},
		{"varFields", false, func(*sierraView, row) any { return []sierraVar{} }, []sierraVar{}},
	}...)
}

func (v *sierraView) itemLinks(b *sierraBib) []string {
	links := []string{}
	for _, i := range b.living(v.now) {
		links = append(links, v.link("items", i.id))
	}
	return links
}

// sierraHoldings is the one list that writes null for what is absent.
func sierraHoldings() sierraList[*sierraSerial] {
	type row = *sierraSerial
	null := json.RawMessage("null")
	constant := func(name string, value any) sierraField[row] {
		return sierraField[row]{name, true, func(*sierraView, row) any { return value }, nil}
	}
	return sierraSerialList(2400000, []sierraField[row]{
		{"bibIds", true, func(_ *sierraView, s row) any { return []int{s.bib.id} }, []int{}},
		{"bibIdLinks", true, func(v *sierraView, s row) any { return []string{v.link("bibs", s.bib.id)} }, []string{}},
		{"itemIds", true, func(v *sierraView, s row) any {
			ids := []int{}
			for _, i := range s.bib.living(v.now) {
				ids = append(ids, i.id)
			}
			return ids
		}, []int{}},
		{"itemIdLinks", true, func(v *sierraView, s row) any { return v.itemLinks(s.bib) }, []string{}},
		constant("inheritLocation", false), constant("allocationRule", null), constant("accountingUnit", 1), constant("labelCode", "n"),
		constant("serialCode1", "-"), constant("serialCode2", "-"), constant("serialCode3", "-"), constant("serialCode4", "-"),
		{"claimOnDate", true, func(_ *sierraView, s row) any { return sierraTime(newYorkFour(unixDay(s.created) + 90)) }, nil},
		constant("receivingLocationCode", "16"), constant("vendorCode", sierraVendorCode(1)), constant("updateCount", "-"),
		constant("pieceCount", 0),
		constant("eCheckInCode", " "), constant("mediaTypeCode", " "),
		{"fixedFields", true, func(_ *sierraView, s row) any {
			return map[string]sierraFixed{"38": {Label: "Copies", Value: "1"}, "40": {Label: "Location", Value: "mamag"}}
		}, object{}},
		{"varFields", true, func(*sierraView, row) any { return []sierraVar{} }, []sierraVar{}},
	}...)
}
