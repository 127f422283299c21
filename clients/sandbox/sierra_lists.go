package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"
)

// sierraPlain is a short list whose rows are made whole, with their properties named in order.
func sierraPlain(rows func(v *sierraView) []object, names ...string) sierraList[object] {
	l := sierraList[object]{rows: rows, id: func(o object) int { n, _ := o["id"].(int); return n }}
	l.filters = map[string]sierraFilter[object]{"id": sierraIDs(l.id)}
	for _, name := range names {
		l.fields = append(l.fields, sierraField[object]{name, true, func(_ *sierraView, o object) any { return o[name] }, nil})
	}
	return l
}

func sierraVendors() sierraList[object] {
	l := sierraPlain(func(*sierraView) (rows []object) {
		for i, name := range sierraVendorNames {
			rows = append(rows, object{
				"id": 1050001 + i, "accountingUnit": 0, "code": sierraVendorCode(i), "vendorName": name, "address1": fmt.Sprintf("%d Example Street", i+1),
				"address2": "Thornby", "contact": pick(seeded(uint64(i), "contact"), familyNames), "email": fmt.Sprintf("orders%d@example.com", i),
				"phone": fmt.Sprintf("555-01%02d", i), "acctNum": fmt.Sprintf("%08d", 77*i+5),
			})
		}
		return rows
	}, "id", "accountingUnit", "code", "vendorName", "address1", "address2", "contact", "email", "phone", "acctNum")
	l.login = true
	l.filters["code"] = sierraCodes(func(o object) []string { return []string{o["code"].(string)} })
	return l
}

func sierraCourses() sierraList[object] {
	return sierraPlain(func(v *sierraView) (rows []object) {
		r := seeded(v.seed, "sierra courses")
		year := v.now.Year()
		for i, subject := range sierraSubjects {
			rows = append(rows, object{
				"id": digits(1500001 + i), "beginDate": fmt.Sprintf("%d-08-25", year), "endDate": fmt.Sprintf("%d-12-15", year), "locationCode": "ma   ",
				"ccode1": "-", "ccode2": "-", "ccode3": "-", "professorInstructors": []string{pick(r, familyNames) + ", " + pick(r, givenNames)},
				"courseNames": []string{fmt.Sprintf("%s %d", subject, 100+r.IntN(300))}, "courseUrls": []string{}, "courseNotes": []string{}, "reserves": []object{},
			})
		}
		return rows
	}, "id", "beginDate", "endDate", "locationCode", "ccode1", "ccode2", "ccode3", "professorInstructors", "courseNames", "courseUrls", "courseNotes", "reserves")
}

func sierraBranchList() sierraList[object] {
	return sierraPlain(func(*sierraView) (rows []object) {
		for i, b := range sierraBranches {
			rows = append(rows, object{
				"id": i + 1, "name": b.name, "address": b.address, "emailSource": b.short + "@example.org", "emailReplyTo": "desk@example.org",
				"latitude": json.Number(b.latitude), "longitude": json.Number(b.longitude), "locations": b.shelves(),
			})
		}
		return rows
	}, "id", "name", "address", "emailSource", "emailReplyTo", "latitude", "longitude", "locations")
}

// shelves are the locations whose codes begin with the branch's.
func (b sierraBranch) shelves() []sierraCode {
	codes := []sierraCode{}
	for _, l := range sierraLocations {
		if matchCode(l.Code, b.short+"*") {
			codes = append(codes, sierraCode{padded(l.Code, 5), l.Name})
		}
	}
	return codes
}

// agencies answers all agencies at once.
func agencies(_ *sierraView, _ string, query url.Values) (any, *sierraError) {
	for name := range query {
		if name != "language" {
			return nil, &sierraUnknown
		}
	}
	entries := []object{}
	for _, a := range sierraAgencies {
		entries = append(entries, object{"code": json.Number(a.Code), "display": a.Name})
	}
	return object{"total": len(entries), "start": 0, "entries": entries}, nil
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
		constant("receivingLocationCode", "16"), constant("vendorCode", sierraVendorCode(1)), constant("updateCount", "-"), constant("pieceCount", 0),
		constant("eCheckInCode", " "), constant("mediaTypeCode", " "),
		{"fixedFields", true, func(_ *sierraView, s row) any {
			return map[string]sierraFixed{"38": {Label: "Copies", Value: "1"}, "40": {Label: "Location", Value: "mamag"}}
		}, object{}},
		{"varFields", true, func(*sierraView, row) any { return []sierraVar{} }, []sierraVar{}},
	}...)
}

// sierraInvoice collects the orders of one week.
type sierraInvoice struct {
	sierraRecord
	lines []*sierraOrder
}

func (i *sierraInvoice) total() (sum cents) {
	for _, o := range i.lines {
		sum += o.price * cents(o.copies)
	}
	return sum
}

// invoices are sent three weeks after the end of the week in which something was ordered.
func (v *sierraView) invoices() (rows []*sierraInvoice) {
	for _, o := range v.orders {
		week := unixDay(o.created) / 7
		sent := week*7 + 28
		if sent >= v.today {
			break
		}
		if n := len(rows); n == 0 || rows[n-1].id != 1800000+week {
			at := openingHour(sent, o.id%36000)
			rows = append(rows, &sierraInvoice{sierraRecord: sierraRecord{id: 1800000 + week, created: at, updated: at}})
		}
		last := rows[len(rows)-1]
		last.lines = append(last.lines, o)
	}
	return rows
}

func sierraInvoices() sierraList[*sierraInvoice] {
	type row = *sierraInvoice
	record := func(i row) *sierraRecord { return &i.sierraRecord }
	number := func(i row) string { return fmt.Sprintf("R-%07d", i.id) }
	status := func(i row) string { return []string{"C", "f", "C"}[i.id%3] }
	filters := sierraRecordFilters(record, map[string]sierraFilter[row]{
		"invNum":      sierraCodes(func(i row) []string { return []string{number(i)} }),
		"statusCode":  sierraCodes(func(i row) []string { return []string{status(i)} }),
		"invoiceDate": sierraTimes(func(_ *sierraView, i row) time.Time { return i.created }),
		"agencyCodes": sierraCodes(func(row) []string { return []string{"1"} }),
	})
	delete(filters, "deleted")
	delete(filters, "deletedDate")
	return sierraList[row]{
		rows: (*sierraView).invoices, id: func(i row) int { return i.id }, record: record, login: true, filters: filters,
		fields: []sierraField[row]{
			{"id", true, func(_ *sierraView, i row) any { return i.id }, nil},
			{"accountingUnit", true, func(*sierraView, row) any { return 0 }, nil},
			{"invDate", true, func(_ *sierraView, i row) any { return sierraTime(i.created) }, nil},
			{"paidDate", true, func(_ *sierraView, i row) any { return sierraTime(i.created.AddDate(0, 0, 5)) }, nil},
			{"invNum", true, func(_ *sierraView, i row) any { return number(i) }, nil},
			{"taxType", true, func(*sierraView, row) any { return "-" }, nil},
			{"vendors", true, func(_ *sierraView, i row) any {
				return []object{{"vendorCode": sierraVendorCode(i.lines[0].vendor), "voucherNum": i.id % 10000, "voucherTotal": int(i.total())}}
			}, nil},
			{"forCurrency", true, func(*sierraView, row) any { return object{"code": "usd", "rate": 1, "format": "$"} }, nil},
			{"invTotal", true, func(_ *sierraView, i row) any {
				return object{"subTotal": i.total(), "shipping": cents(450), "tax": cents(0), "discountOrService": cents(-100), "grandTotal": i.total() + 350}
			}, nil},
			{"useTax", true, func(*sierraView, row) any { return object{"useTaxFund": "", "percentageRate": 0} }, nil},
			{"lineItems", true, func(v *sierraView, i row) any {
				links := []string{}
				for _, o := range i.lines {
					links = append(links, v.link("invoices/lineItems", o.id))
				}
				return links
			}, nil},
			{"statusCode", true, func(_ *sierraView, i row) any { return status(i) }, nil},
		},
	}
}

// sierraInvoiceLines are the lines of one invoice, without a start.
func sierraInvoiceLines(v *sierraView, id string, query url.Values) (any, *sierraError) {
	if failed := checkSierraLogin(query); failed != nil {
		return nil, failed
	}
	for _, i := range v.invoices() {
		if digits(i.id) != id {
			continue
		}
		entries := []object{}
		for _, o := range i.lines {
			entries = append(entries, v.invoiceLine(i, o))
		}
		return object{"total": len(entries), "entries": entries}, nil
	}
	return nil, &sierraNoRecord
}

func (v *sierraView) invoiceLine(i *sierraInvoice, o *sierraOrder) object {
	return object{
		"id": o.id, "invoice": v.link("invoices", i.id), "order": v.link("orders", o.id),
		"paidAmount": o.price * cents(o.copies), "lienAmount": cents(0), "listPrice": o.price, "tax": cents(0), "lienFlag": 1, "subFund": 0,
		"noOfCopies": o.copies, "externalFund": 0, "fund": sierraFundCode(o.fund), "orderStatus": "a", "lineItemNote": "", "title": o.bib.title,
		"multiFlag": "-", "vendor": sierraVendorCode(o.vendor), "useTax": false,
	}
}
