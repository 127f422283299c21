package sandbox

import (
	"slices"
	"strings"
	"time"
)

// textID and numberID are the two forms in which ids come.
func textID(id int) any   { return digits(id) }
func numberID(id int) any { return id }

// some leaves a property out where it is empty.
func some(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func sierraBibs() sierraList[*sierraBib] {
	type row = *sierraBib
	record := func(b row) *sierraRecord { return &b.sierraRecord }
	return sierraList[row]{
		rows: func(v *sierraView) []row {
			return visible(v.bibs, func(b row) time.Time { return b.created }, v.now)
		},
		id: func(b row) int { return b.id }, record: record, emptyDeleted: true,
		filters: sierraRecordFilters(record, map[string]sierraFilter[row]{
			"locations": sierraCodes(func(b row) (codes []string) {
				for _, l := range b.locations() {
					codes = append(codes, l.Code)
				}
				return codes
			}),
		}),
		fields: append(sierraRecordFields(record, textID, true), []sierraField[row]{
			{"isbn", true, func(_ *sierraView, b row) any { return some(b.isbn) }, nil},
			{"issn", true, func(_ *sierraView, b row) any { return some(b.issn) }, nil},
			{"lang", true, func(_ *sierraView, b row) any { return b.language }, nil},
			{"title", true, func(_ *sierraView, b row) any { return b.title }, nil},
			{"author", true, func(_ *sierraView, b row) any { return b.author }, nil},
			{"materialType", true, func(_ *sierraView, b row) any {
				return object{"code": padded(b.material.code, 3), "value": b.material.name}
			}, nil},
			{"bibLevel", true, func(_ *sierraView, b row) any { return b.level() }, nil},
			{"publishYear", true, func(_ *sierraView, b row) any {
				if b.year == 0 {
					return nil
				}
				return b.year
			}, nil},
			{"catalogDate", true, func(_ *sierraView, b row) any { return sierraDate(b.created) }, nil},
			{"country", true, func(_ *sierraView, b row) any { return b.country }, nil},
			{"callNumber", true, func(_ *sierraView, b row) any { return some(b.call) }, nil},
			{"available", false, func(v *sierraView, b row) any { return b.available(v.now) }, nil},
			{"isRequestable", false, func(v *sierraView, b row) any { return len(b.living(v.now)) > 0 }, nil},
			{"normTitle", false, func(_ *sierraView, b row) any { return strings.ToLower(b.title) }, nil},
			{"normAuthor", false, func(_ *sierraView, b row) any { return strings.ToLower(b.author) }, nil},
			{"locations", false, func(_ *sierraView, b row) any { return b.locations() }, []sierraCode{}},
			{"holdCount", false, func(v *sierraView, b row) any { return v.holdsOn("b", b.id) }, nil},
			{"copies", false, func(v *sierraView, b row) any { return len(b.living(v.now)) }, nil},
			{"orders", false, func(v *sierraView, b row) any { return v.ordersOf(b) }, []object{}},
			{"volumes", false, func(_ *sierraView, _ row) any { return []string{} }, []string{}},
			{"items", false, func(v *sierraView, b row) any { return v.itemLinks(b) }, []string{}},
			{"fixedFields", false, func(v *sierraView, b row) any { return b.fixed() }, object{}},
			{"varFields", false, func(_ *sierraView, b row) any { return b.variable() }, []sierraVar{}},
		}...),
	}
}

func (b *sierraBib) level() object {
	if b.serial {
		return object{"code": "s", "value": "SERIAL"}
	}
	return object{"code": "m", "value": "MONOGRAPH"}
}

// living are the copies that are there at this moment.
func (b *sierraBib) living(now time.Time) (items []*sierraItem) {
	for _, i := range b.items {
		if !i.deletedBy(now) && !i.created.After(now) {
			items = append(items, i)
		}
	}
	return items
}

func (b *sierraBib) available(now time.Time) bool {
	return slices.ContainsFunc(b.living(now), func(i *sierraItem) bool { return i.status.Code == "-" && !i.loan.runs(now) })
}

func (b *sierraBib) locations() []sierraCode {
	codes := []sierraCode{}
	for _, i := range b.items {
		if !slices.Contains(codes, i.location) {
			codes = append(codes, i.location)
		}
	}
	return codes
}

func (b *sierraBib) fixed() map[string]sierraFixed {
	suppression := "-"
	if b.suppressed {
		suppression = "n"
	}
	location := "ma   "
	if len(b.items) > 0 {
		location = padded(b.items[0].location.Code, 5)
	}
	return map[string]sierraFixed{
		"24":  {Label: "Language", Value: b.language.Code, Display: b.language.Name},
		"26":  {Label: "Location", Value: location},
		"28":  {Label: "Cat. Date", Value: sierraDate(b.created)},
		"29":  {Label: "Bib Level", Value: padded(b.level()["code"].(string), 3)},
		"30":  {Label: "Material Type", Value: padded(b.material.code, 3), Display: b.material.name},
		"31":  {Label: "Bib Code 3", Value: suppression},
		"81":  {Label: "Record Number", Value: digits(b.id)},
		"83":  {Label: "Created Date", Value: sierraTime(b.created)},
		"107": {Label: "MARC Type", Value: " "},
	}
}

func (b *sierraBib) variable() []sierraVar {
	fields := []sierraVar{{FieldTag: "t", MarcTag: "245", Ind1: "1", Ind2: "0", Subfields: []sierraSubfield{{"a", b.title}}}}
	if b.author != "" {
		fields = append(fields, sierraVar{FieldTag: "a", MarcTag: "100", Ind1: "1", Ind2: " ",
			Subfields: []sierraSubfield{{"a", b.author}}})
	}
	if b.subject != "" {
		fields = append(fields, sierraVar{FieldTag: "d", MarcTag: "650", Ind1: " ", Ind2: "0",
			Subfields: []sierraSubfield{{"a", b.subject + "."}}})
	}
	return fields
}

func sierraItems() sierraList[*sierraItem] {
	type row = *sierraItem
	record := func(i row) *sierraRecord { return &i.sierraRecord }
	return sierraList[row]{
		rows: func(v *sierraView) []row {
			return visible(v.items, func(i row) time.Time { return i.created }, v.now)
		},
		id: func(i row) int { return i.id }, record: record, startless: true,
		filters: sierraRecordFilters(record, map[string]sierraFilter[row]{
			"bibIds":    sierraCodes(func(i row) []string { return i.bibIDs() }),
			"status":    sierraCodes(func(i row) []string { return []string{i.status.Code} }),
			"locations": sierraCodes(func(i row) []string { return []string{i.location.Code} }),
			"duedate":   sierraDueDates,
		}),
		fields: append(sierraRecordFields(record, textID, false), []sierraField[row]{
			{"bibIds", true, func(_ *sierraView, i row) any { return i.bibIDs() }, []string{}},
			{"location", true, func(_ *sierraView, i row) any { return i.location }, nil},
			{"status", true, func(v *sierraView, i row) any {
				status := object{"code": i.status.Code, "display": i.status.Name}
				if i.loan.runs(v.now) {
					status["duedate"] = sierraTime(i.loan.due)
				}
				return status
			}, nil},
			{"volumes", true, func(_ *sierraView, i row) any {
				if i.volume == "" {
					return []string{}
				}
				return []string{i.volume}
			}, []string{}},
			{"barcode", true, func(_ *sierraView, i row) any { return i.barcode }, nil},
			{"callNumber", true, func(_ *sierraView, i row) any { return some(i.call) }, nil},
			{"itemType", false, func(_ *sierraView, i row) any { return i.typeName() }, nil},
			{"transitInfo", false, func(_ *sierraView, i row) any {
				if i.status.Code != "t" {
					return nil
				}
				return object{"to": sierraBranches[i.id%len(sierraBranches)].code(), "forHold": i.id%2 == 0}
			}, nil},
			{"copyNo", false, func(_ *sierraView, i row) any { return i.copy }, nil},
			{"holdCount", false, func(v *sierraView, i row) any { return v.holdsOn("i", i.id) }, nil},
			{"fixedFields", false, func(v *sierraView, i row) any { return i.fixed(v) }, object{}},
			{"varFields", false, func(_ *sierraView, i row) any { return i.variable() }, []sierraVar{}},
		}...),
	}
}

// sierraDueDates reads a range of due dates; nothing stands for any item that is out.
func sierraDueDates(v *sierraView, value string) (func(*sierraItem) bool, *sierraError) {
	if value == "" {
		return func(i *sierraItem) bool { return i.loan.runs(v.now) }, nil
	}
	return sierraTimes(func(v *sierraView, i *sierraItem) time.Time {
		if !i.loan.runs(v.now) {
			return time.Time{}
		}
		return i.loan.due
	})(v, value)
}

func (i *sierraItem) bibIDs() []string {
	ids := make([]string, len(i.bibs))
	for n, b := range i.bibs {
		ids[n] = digits(b.id)
	}
	return ids
}

func (i *sierraItem) typeName() string { return i.bibs[0].material.typeName }

// fixed are the item's fixed fields, all of them text. Two hold patron numbers, which are personal data.
func (i *sierraItem) fixed(v *sierraView) map[string]sierraFixed {
	f := map[string]sierraFixed{
		"57":  {Label: "BIB HOLD", Value: "false"},
		"58":  {Label: "COPY #", Value: digits(i.copy)},
		"59":  {Label: "ICODE1", Value: "0"},
		"60":  {Label: "ICODE2", Value: "-"},
		"61":  {Label: "I TYPE", Value: digits(i.kind), Display: i.typeName()},
		"62":  {Label: "PRICE", Value: i.price.fixed()},
		"64":  {Label: "OUT LOC", Value: "0"},
		"70":  {Label: "IN LOC", Value: digits(i.id % 700)},
		"71":  {Label: "# RENEWALS", Value: "0"},
		"72":  {Label: "# OVERDUE", Value: "0"},
		"74":  {Label: "IUSE3", Value: "0"},
		"76":  {Label: "TOT CHKOUT", Value: digits(i.circs)},
		"77":  {Label: "TOT RENEW", Value: digits(i.circs / 5)},
		"79":  {Label: "LOCATION", Value: padded(i.location.Code, 5), Display: i.location.Name},
		"80":  {Label: "REC TYPE", Value: "i"},
		"81":  {Label: "RECORD #", Value: digits(i.id)},
		"83":  {Label: "CREATED", Value: sierraTime(i.created)},
		"84":  {Label: "UPDATED", Value: sierraTime(i.updatedAt(v.now))},
		"85":  {Label: "REVISIONS", Value: digits(i.circs * 2)},
		"86":  {Label: "AGENCY", Value: "1", Display: sierraAgencies[0].Name},
		"88":  {Label: "STAT", Value: padded(i.status.Code, 3), Display: i.status.Name},
		"93":  {Label: "INTL USE", Value: digits(i.circs / 9)},
		"94":  {Label: "COPY USE", Value: "0"},
		"97":  {Label: "IMESSAGE", Value: "-"},
		"98":  {Label: "PDATE", Value: sierraTime(i.created)},
		"108": {Label: "OPACMSG", Value: "-"},
		"109": {Label: "YTDCIRC", Value: digits(i.circs / 6)},
		"110": {Label: "LYRCIRC", Value: digits(i.circs / 4)},
		"127": {Label: "AGENCY", Value: "1"},
		"306": {Label: "Sticky Status", Value: "   "},
	}
	if i.circs > 0 && i.loan != nil {
		f["67"] = sierraFixed{Label: "LPATRON", Value: digits(i.loan.patron)}
		f["78"] = sierraFixed{Label: "LOUTDATE", Value: sierraTime(i.loan.out)}
	}
	if i.loan.runs(v.now) {
		f["63"] = sierraFixed{Label: "OUT DATE", Value: sierraTime(i.loan.out)}
		f["65"] = sierraFixed{Label: "DUE DATE", Value: sierraTime(i.loan.due)}
		f["66"] = sierraFixed{Label: "PATRON#", Value: digits(i.loan.patron)}
		f["71"] = sierraFixed{Label: "# RENEWALS", Value: digits(i.loan.renewals)}
	}
	if i.loan != nil && !v.now.Before(i.loan.back) {
		f["68"] = sierraFixed{Label: "LCHKIN", Value: sierraTime(i.loan.back)}
	}
	return f
}

func (i *sierraItem) variable() []sierraVar {
	fields := []sierraVar{{FieldTag: "b", Content: i.barcode}}
	if i.call != "" {
		fields = append(fields, sierraVar{FieldTag: "c", MarcTag: "092", Ind1: " ", Ind2: " ", Subfields: []sierraSubfield{{"a", i.call}}})
	}
	if i.volume != "" {
		fields = append(fields, sierraVar{FieldTag: "v", Content: i.volume})
	}
	return fields
}
