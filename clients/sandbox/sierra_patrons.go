package sandbox

import "time"

func sierraPatrons() sierraList[*sierraPatron] {
	type row = *sierraPatron
	record := func(p row) *sierraRecord { return &p.sierraRecord }
	return sierraList[row]{
		rows: func(v *sierraView) []row {
			return visible(v.patrons, func(p row) time.Time { return p.created }, v.now)
		},
		id: func(p row) int { return p.id }, record: record,
		filters: sierraRecordFilters(record, map[string]sierraFilter[row]{
			"agencyCodes": sierraCodes(func(p row) []string { return []string{p.agency().Code} }),
		}),
		fields: append(sierraRecordFields(record, numberID, true), []sierraField[row]{
			{"names", true, func(_ *sierraView, p row) any { return []string{p.name()} }, nil},
			{"barcodes", true, func(_ *sierraView, p row) any { return []string{p.barcode} }, []string{}},
			{"expirationDate", true, func(_ *sierraView, p row) any { return sierraDate(p.expires) }, nil},
			{"birthDate", true, func(_ *sierraView, p row) any { return sierraDate(p.born) }, nil},
			{"emails", false, func(_ *sierraView, p row) any { return p.emails() }, nil},
			{"patronType", true, func(_ *sierraView, p row) any { return p.kind }, nil},
			{"patronCodes", true, func(_ *sierraView, p row) any {
				return object{"pcode1": p.wish(2), "pcode2": p.wish(3), "pcode3": 1, "pcode4": 0}
			}, nil},
			{"homeLibraryCode", true, func(_ *sierraView, p row) any { return p.home.Code }, nil},
			{"homeLibrary", false, func(_ *sierraView, p row) any { return p.home }, nil},
			{"message", true, func(_ *sierraView, p row) any { return object{"code": "-"} }, nil},
			{"blockInfo", true, func(_ *sierraView, p row) any { return object{"code": p.block} }, nil},
			{"autoBlockInfo", false, func(v *sierraView, p row) any {
				if v.owed[p.id] >= 1000 {
					return object{"code": "blockedByFines"}
				}
				return object{"code": "-"}
			}, object{"code": "-"}},
			{"addresses", false, func(_ *sierraView, p row) any {
				return []object{{"lines": []string{p.street, p.city}, "type": "a"}}
			}, nil},
			{"phones", false, func(_ *sierraView, p row) any { return []object{{"number": p.phone, "type": "t"}} }, nil},
			{"uniqueIds", false, func(_ *sierraView, p row) any { return []string{digits(p.id * 7)} }, nil},
			{"moneyOwed", true, func(v *sierraView, p row) any { return v.owed[p.id] }, nil},
			{"pMessage", false, func(_ *sierraView, p row) any { return "-" }, nil},
			{"langPref", false, func(_ *sierraView, p row) any { return "eng" }, nil},
			{"fixedFields", false, func(v *sierraView, p row) any { return p.fixed(v) }, object{}},
			{"varFields", false, func(_ *sierraView, p row) any { return p.variable() }, []sierraVar{}},
		}...),
	}
}

// emails are absent with one patron in seven.
func (p *sierraPatron) emails() any {
	if p.id%7 == 0 {
		return nil
	}
	return []string{p.email}
}

// wish is one of the one-letter answers that patrons gave on a form.
func (p *sierraPatron) wish(divisor int) string {
	if p.id%divisor == 0 {
		return "y"
	}
	return "n"
}

func (p *sierraPatron) agency() sierraCode { return sierraAgencies[p.id%len(sierraAgencies)] }

func (p *sierraPatron) fixed(v *sierraView) map[string]sierraFixed {
	return map[string]sierraFixed{
		"43":  {Label: "Expiration Date", Value: sierraTime(newYorkFour(unixDay(p.expires)))},
		"44":  {Label: "E-Mail Newsletter? (P1)", Value: p.wish(2)},
		"45":  {Label: "Friends? (P2)", Value: p.wish(3)},
		"46":  {Label: "County (P3)", Value: "1"},
		"47":  {Label: "Patron Type", Value: digits(p.kind)},
		"48":  {Label: "Total Checkouts", Value: digits(p.circs)},
		"49":  {Label: "Total Renewals", Value: digits(p.circs / 4)},
		"50":  {Label: "Current Checkouts", Value: digits(v.loansOf(p.id))},
		"51":  {Label: "Birth Date", Value: sierraDate(p.born)},
		"53":  {Label: "Home Library", Value: padded(p.home.Code, 5), Display: p.home.Name},
		"54":  {Label: "Patron Message", Value: "-"},
		"55":  {Label: "Highest Overdues", Value: digits(p.circs % 4)},
		"56":  {Label: "Manual Block", Value: p.block},
		"80":  {Label: "Record Type", Value: "p"},
		"81":  {Label: "Record Number", Value: digits(p.id)},
		"83":  {Label: "Created Date", Value: sierraTime(p.created)},
		"84":  {Label: "Updated Date", Value: sierraTime(p.updatedAt(v.now))},
		"95":  {Label: "Claims Returned", Value: "0"},
		"96":  {Label: "Money Owed", Value: v.owed[p.id].fixed()},
		"98":  {Label: "PDATE", Value: sierraTime(p.updatedAt(v.now))},
		"102": {Label: "New Rel DVDs (A)", Value: digits(p.id % 2)},
		"103": {Label: "Hotspots (B)", Value: "0"},
		"104": {Label: "PIUSE", Value: "0"},
		"105": {Label: "Overdue Penalty", Value: "0"},
		"122": {Label: "ILL Request", Value: "0"},
		"123": {Label: "Debit Balance", Value: cents(0).fixed()},
		"124": {Label: "Scores (C)", Value: "0"},
		"125": {Label: "Things (D)", Value: "0"},
		"126": {Label: "County (P4)", Value: "0"},
		"158": {Label: "Patron Agency", Value: p.agency().Code, Display: p.agency().Name},
		"163": {Label: "Last Circ Activity", Value: sierraTime(p.updatedAt(v.now))},
		"269": {Label: "Registrations on Record", Value: "0"},
		"270": {Label: "Total Registrations", Value: digits(p.id % 5)},
		"271": {Label: "Total Programs Attended", Value: digits(p.id % 5 / 2)},
		"297": {Label: "Waitlists on Record", Value: "0"},
		"263": {Label: "Preferred Language", Value: "   "},
		"268": {Label: "Notice Preference", Value: "z"},
	}
}

func (p *sierraPatron) variable() []sierraVar {
	return []sierraVar{
		{FieldTag: "b", Content: p.barcode},
		{FieldTag: "n", Content: p.name()},
		{FieldTag: "a", Content: p.street + "$" + p.city},
		{FieldTag: "t", Content: p.phone},
		{FieldTag: "z", Content: p.email},
		{FieldTag: "x", Content: "Prefers large print; \"ask for the blue cart\""},
	}
}
