package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

type sierraOrder struct {
	sierraRecord
	bib    *sierraBib
	price  cents
	copies int
	vendor int // index of sierraVendors
	fund   int // index of sierraFunds
}

// order makes the orders of a day, for bibs that came before.
func (l *sierraLibrary) order(d int) {
	if d < l.today-400 || len(l.bibs) == 0 {
		return
	}
	r := seeded(l.seed, "sierra orders", d)
	for n := range busy(r, d, 1) {
		o := &sierraOrder{sierraRecord: l.newRecord(r, sierraOrderKind, recordNumber(sierraOrderBase, d, n), d, n)}
		o.weed(r, d, 20)
		o.bib = l.bibs[len(l.bibs)-1]
		o.price, o.copies = cents(895+r.IntN(9000)), 1+r.IntN(4)
		o.vendor, o.fund = r.IntN(len(sierraVendorNames)), r.IntN(len(sierraFundNames))
		l.orders = append(l.orders, o)
	}
}

func (l *sierraLibrary) ordersOf(b *sierraBib) []object {
	orders := []object{}
	for _, o := range l.orders {
		if o.bib == b {
			orders = append(orders, object{"orderId": digits(o.id), "location": sierraLocations[0], "copies": o.copies,
				"date": sierraDate(o.created)})
		}
	}
	return orders
}

var (
	sierraVendorNames = []string{"Beispiel & Söhne Buchhandel", "Quellmoor Periodicals", "Brindle Bay Books, Inc.",
		"Ninth Canal Audio", "Thornby Maps \"& More\""}
	sierraFundNames = []string{"Adult Fiction", "Adult Nonfiction", "Children", "Teens", "Audiovisual", "Periodicals",
		"Gifts / Friends", "World Languages"}
)

func sierraFundCode(i int) string {
	return strings.ToLower(strings.ReplaceAll(sierraFundNames[i], " ", ""))[:5]
}

func sierraVendorCode(i int) string {
	return strings.ToLower(strings.ReplaceAll(sierraVendorNames[i], " ", ""))[:5]
}

func sierraOrders() sierraList[*sierraOrder] {
	type row = *sierraOrder
	record := func(o row) *sierraRecord { return &o.sierraRecord }
	return sierraList[row]{
		rows: func(v *sierraView) []row {
			return visible(v.orders, func(o row) time.Time { return o.created }, v.now)
		},
		id: func(o row) int { return o.id }, record: record, filters: sierraRecordFilters[row](record, nil),
		fields: append(sierraRecordFields(record, numberID, true), []sierraField[row]{
			{"accountingUnit", true, func(_ *sierraView, o row) any { return 0 }, nil},
			{"estimatedPrice", true, func(_ *sierraView, o row) any { return o.price }, nil},
			{"vendorRecordCode", true, func(_ *sierraView, o row) any { return sierraVendorCode(o.vendor) }, nil},
			{"orderDate", true, func(_ *sierraView, o row) any { return sierraTime(unixMidnight(unixDay(o.created))) }, nil},
			{"chargedFunds", true, func(v *sierraView, o row) any {
				return []object{{"displayOrder": 0, "fund": v.link("orders/funds/0", o.fund+1), "copies": o.copies,
					"location": sierraLocations[0]}}
			}, []object{}},
			{"vendorTitles", true, func(_ *sierraView, o row) any {
				if o.id%4 != 0 {
					return []string{}
				}
				return []string{strings.ToUpper(o.bib.title)}
			}, []string{}},
			{"bibs", true, func(v *sierraView, o row) any { return []string{v.link("bibs", o.bib.id)} }, []string{}},
			{"fixedFields", false, func(_ *sierraView, o row) any {
				return map[string]sierraFixed{
					"1": {Label: "ACQ TYPE", Value: "p"},
					"2": {Label: "LOCATION", Value: padded(sierraLocations[0].Code, 5)},
				}
			}, object{}},
			{"varFields", false, func(_ *sierraView, o row) any { return []sierraVar{} }, []sierraVar{}},
		}...),
	}
}

// sierraFunds is a bare list of entries; it wants a login name.
func sierraFunds(_ *sierraView, _ string, query url.Values) (any, *sierraError) {
	if failed := checkSierraLogin(query); failed != nil {
		return nil, failed
	}
	for name := range query {
		if name != "login" && name != "code" && name != "fields" && name != "fundType" {
			return nil, &sierraUnknown
		}
	}
	if failed := checkSierraFields(query, sierraFund(0)); failed != nil {
		return nil, failed
	}
	entries := []object{}
	for i := range sierraFundNames {
		if code := query.Get("code"); code == "" || slices.Contains(strings.Split(code, ","), sierraFundCode(i)) {
			entries = append(entries, sierraFund(i))
		}
	}
	return object{"entries": entries}, nil
}

// checkSierraFields refuses names of fields that an answer does not have.
func checkSierraFields(query url.Values, example object) *sierraError {
	for name := range strings.SplitSeq(query.Get("fields"), ",") {
		if _, known := example[name]; name != "" && name != "default" && !known {
			return invalidSierra("Invalid parameter : Field Not Found " + name)
		}
	}
	return nil
}

// sierraOrderFund is one fund, by its number.
func sierraOrderFund(_ *sierraView, id string, _ url.Values) (any, *sierraError) {
	for i := range sierraFundNames {
		if digits(i+1) == id {
			return sierraFund(i), nil
		}
	}
	return nil, &sierraNoRecord
}

func sierraFund(i int) object {
	return object{
		"code": sierraFundCode(i), "codeNumber": i + 1, "accountingUnitCodeNumber": 0, "fundName": sierraFundNames[i],
		"note1": "", "note2": "",
		"extCode": 0, "extFundName": "", "fundType": "fbal",
	}
}

func sierraVendors() sierraList[object] {
	l := sierraPlain(func(*sierraView) (rows []object) {
		for i, name := range sierraVendorNames {
			rows = append(rows, object{
				"id": 1050001 + i, "accountingUnit": 0, "code": sierraVendorCode(i), "vendorName": name,
				"address1": fmt.Sprintf("%d Example Street", i+1),
				"address2": "Thornby", "contact": pick(seeded(uint64(i), "contact"), familyNames),
				"email": fmt.Sprintf("orders%d@example.com", i),
				"phone": fmt.Sprintf("555-01%02d", i), "acctNum": fmt.Sprintf("%08d", 77*i+5), "discount": 5 * i,
			})
		}
		return rows
	}, "id", "accountingUnit", "code", "vendorName", "address1", "address2", "contact", "email", "phone", "acctNum", "discount")
	l.login = true
	living := func(*sierraView, object) bool { return false }
	l.filters["deleted"], l.filters["suppressed"] = sierraBool(living), sierraBool(living)
	l.filters["code"] = sierraCodes(func(o object) []string { return []string{o["code"].(string)} })
	return l
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
			{"paidDate", true, func(v *sierraView, i row) any {
				if paid := i.created.AddDate(0, 0, 5); !paid.After(v.now) {
					return sierraTime(paid)
				}
				return nil
			}, nil},
			{"invNum", true, func(_ *sierraView, i row) any { return number(i) }, nil},
			{"taxType", true, func(*sierraView, row) any { return "-" }, nil},
			{"vendors", true, func(_ *sierraView, i row) any {
				return []object{{"vendorCode": sierraVendorCode(i.lines[0].vendor), "voucherNum": i.id % 10000,
					"voucherTotal": int(i.total())}}
			}, nil},
			{"forCurrency", true, func(*sierraView, row) any { return object{"code": "usd", "rate": 1, "format": "$"} }, nil},
			{"invTotal", true, func(_ *sierraView, i row) any {
				return object{"subTotal": i.total(), "shipping": cents(450), "tax": cents(0),
					"discountOrService": cents(-100), "grandTotal": i.total() + 350}
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
	for name := range query {
		if name != "login" && name != "fields" {
			return nil, &sierraUnknown
		}
	}
	for _, i := range v.invoices() {
		if digits(i.id) != id {
			continue
		}
		if failed := checkSierraFields(query, v.invoiceLine(i, i.lines[0])); failed != nil {
			return nil, failed
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
	line := object{
		"id": v.link("invoices/lineItems", o.id), "invoice": v.link("invoices", i.id), "order": v.link("orders", o.id),
		"paidAmount": o.price * cents(o.copies), "lienAmount": cents(0), "listPrice": o.price, "tax": cents(0), "lienFlag": 1, "subFund": 0,
		"noOfCopies": o.copies, "externalFund": 0, "fund": sierraFundCode(o.fund), "orderStatus": "a", "lineItemNote": "",
		"title":     o.bib.title,
		"multiFlag": "-", "vendor": sierraVendorCode(o.vendor), "useTax": false,
		"subStartingDate": json.RawMessage("null"), "subEndingDate": json.RawMessage("null"),
	}
	if o.bib.serial {
		year := i.created.Year() + 1
		line["subStartingDate"], line["subEndingDate"] = fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year)
	}
	return line
}
