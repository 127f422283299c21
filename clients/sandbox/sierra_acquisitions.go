package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
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

type sierraAuthority struct {
	sierraRecord
	heading string
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

func (l *sierraLibrary) authorise(d int) {
	r := seeded(l.seed, "sierra authorities", d)
	for n := range busy(r, d, 1) {
		a := &sierraAuthority{sierraRecord: l.newRecord(r, sierraAuthorityKind, recordNumber(sierraAuthorityBase, d, n), d, n)}
		a.weed(r, d, 30)
		a.heading = fmt.Sprintf("%s, %s, %d-", pick(r, familyNames), pick(r, givenNames), 1880+r.IntN(110))
		l.authorities = append(l.authorities, a)
	}
}

func (l *sierraLibrary) ordersOf(b *sierraBib) []object {
	orders := []object{}
	for _, o := range l.orders {
		if o.bib == b {
			orders = append(orders, object{"orderId": digits(o.id), "location": sierraLocations[0], "copies": o.copies, "date": sierraDate(o.created)})
		}
	}
	return orders
}

var (
	sierraVendorNames = []string{"Beispiel & Söhne Buchhandel", "Quellmoor Periodicals", "Brindle Bay Books, Inc.", "Ninth Canal Audio", "Thornby Maps \"& More\""}
	sierraFundNames   = []string{"Adult Fiction", "Adult Nonfiction", "Children", "Teens", "Audiovisual", "Periodicals", "Gifts / Friends", "World Languages"}
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
				return []object{{"displayOrder": 0, "fund": v.link("orders/funds/0", o.fund+1), "copies": o.copies, "location": sierraLocations[0]}}
			}, []object{}},
			{"vendorTitles", true, func(_ *sierraView, o row) any { return []string{} }, []string{}},
			{"bibs", true, func(v *sierraView, o row) any { return []string{v.link("bibs", o.bib.id)} }, []string{}},
			{"fixedFields", false, func(_ *sierraView, o row) any {
				return map[string]sierraFixed{"1": {Label: "ACQ TYPE", Value: "p"}, "2": {Label: "LOCATION", Value: padded(sierraLocations[0].Code, 5)}}
			}, object{}},
			{"varFields", false, func(_ *sierraView, o row) any { return []sierraVar{} }, []sierraVar{}},
		}...),
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
				return []sierraVar{{FieldTag: "a", MarcTag: "100", Ind1: "1", Ind2: " ", Subfields: []sierraSubfield{{"a", a.heading}}}}
			}, []sierraVar{}}),
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
	entries := []object{}
	for i := range sierraFundNames {
		if code := query.Get("code"); code == "" || code == sierraFundCode(i) {
			entries = append(entries, sierraFund(i))
		}
	}
	return object{"entries": entries}, nil
}

func sierraFund(i int) object {
	return object{
		"code": sierraFundCode(i), "codeNumber": i + 1, "accountingUnitCodeNumber": 0, "fundName": sierraFundNames[i], "note1": "", "note2": "",
		"extCode": 0, "extFundName": "", "fundType": "fbal",
	}
}

// routes lists every path that is served. Paths of two segments below /patrons look alike and have one handler.
func (s *sierra) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /info/token", s.tokenInfo)
	get := func(path string, a sierraAnswer) { mux.HandleFunc("GET "+path, s.answer(a)) }
	bibs, items, patrons := sierraBibs(), sierraItems(), sierraPatrons()
	get("/bibs", bibs.list)
	get("/bibs/{id}", bibs.one)
	get("/items", items.list)
	get("/items/{id}", items.one)
	get("/items/checkouts", sierraCheckouts().list)
	get("/patrons", patrons.list)
	get("/patrons/{id}", patrons.one)
	get("/patrons/holds", sierraHolds().list)
	mux.HandleFunc("GET /patrons/{first}/{second}", func(w http.ResponseWriter, r *http.Request) {
		r.SetPathValue("id", r.PathValue("first")+"/"+r.PathValue("second"))
		s.answer(patronLists())(w, r)
	})
	get("/fines", sierraFines().list)
	get("/orders", sierraOrders().list)
	get("/orders/{id}", sierraOrders().one)
	get("/authorities", sierraAuthorities().list)
	get("/authorities/{id}", sierraAuthorities().one)
	get("/funds", sierraFunds)
	get("/vendors", sierraVendors().list)
	get("/vendors/{id}", sierraVendors().one)
	get("/invoices", sierraInvoices().list)
	get("/invoices/{id}", sierraInvoices().one)
	get("/invoices/{id}/lineItems", sierraInvoiceLines)
	get("/volumes", sierraVolumes().list)
	get("/volumes/{id}", sierraVolumes().one)
	get("/holdings", sierraHoldings().list)
	get("/courses", sierraCourses().list)
	get("/branches", sierraBranchList().list)
	get("/branches/{id}", sierraBranchList().one)
	get("/branches/pickupLocations", pickupLocations)
	get("/agencies", agencies)
	for _, kind := range []string{"bibs", "items", "patrons", "invoices"} {
		get("/"+kind+"/metadata", sierraMetadata(kind))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeHTML(w, http.StatusNotFound, "Not Found", "The requested URL was not found on this server.")
	})
	return mux
}
