package sandbox

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sierraLoan is the one time in its cycle that an item is lent.
type sierraLoan struct {
	id, patron     int
	item           *sierraItem
	out, due, back time.Time
	renewals       int
}

// runs is true while the item is out. An item that was never lent has no loan.
func (l *sierraLoan) runs(now time.Time) bool {
	return l != nil && !now.Before(l.out) && now.Before(l.back)
}

// lend returns the loan of the item's present cycle, if there is one.
func (l *sierraLibrary) lend(i *sierraItem) *sierraLoan {
	phase := int(sierraMix(l.seed, sierraLoanPhase, uint64(i.id)) % sierraCycle)
	cycle := (l.today + phase) / sierraCycle
	start := cycle*sierraCycle - phase
	draw := sierraMix(l.seed, sierraLoanCycle, uint64(i.id), uint64(cycle))
	out := openingHour(start, int(draw>>40))
	lent := draw%100 < 61 && !out.Before(i.created) && (i.deleted.IsZero() || i.deleted.After(unixMidnight(start+sierraCycle)))
	if !lent || i.status.Code != "-" {
		return nil
	}
	kept := 1 + int(draw>>8%20)
	if draw>>16%100 < 15 {
		kept = sierraLoanDays + int(draw>>24%(sierraCycle-sierraLoanDays-1))
	}
	loan := &sierraLoan{
		id: i.id*1000 + cycle%1000, item: i, patron: l.someBorrower(start, draw).id,
		out: out, back: openingHour(start+kept, int(draw>>32%36000)),
	}
	if draw>>20%5 == 0 && kept > 14 {
		loan.renewals = 1
	}
	loan.due = newYorkFour(start + sierraLoanDays*(1+loan.renewals))
	return loan
}

// someBorrower picks somebody who was registered before the day and will not leave soon. Whom it picks does not
// change from one day to the next.
func (l *sierraLibrary) someBorrower(d int, draw uint64) *sierraPatron {
	back := 1 + int(sierraMix(draw, sierraBorrower)%(sierraMemory-200))
	want := recordNumber(sierraPatronBase, d-back, 0)
	i, _ := slices.BinarySearchFunc(l.borrower, want, func(p *sierraPatron, want int) int { return p.id - want })
	return l.borrower[min(i, len(l.borrower)-1)]
}

// someBib picks a bib that can be put on hold; new ones are wanted most.
func (l *sierraLibrary) someBib(d int, draw uint64) *sierraBib {
	span := sierraMemory - 200
	if draw%3 != 0 {
		span = 120
	}
	want := recordNumber(sierraBibBase, d-1-int(draw>>8%uint64(span)), 0)
	i, _ := slices.BinarySearchFunc(l.holdable, want, func(b *sierraBib, want int) int { return b.id - want })
	return l.holdable[min(i, len(l.holdable)-1)]
}

// checkouts are the loans that run, in the order of their items.
func (v *sierraView) checkouts() (loans []*sierraLoan) {
	for _, i := range v.items {
		if i.loan.runs(v.now) && !i.deletedBy(v.now) {
			loans = append(loans, i.loan)
		}
	}
	return loans
}

// loansOf counts what a patron has at home.
func (v *sierraView) loansOf(patron int) (n int) {
	for _, loan := range v.lent[patron] {
		if loan.runs(v.now) {
			n++
		}
	}
	return n
}

func sierraCheckouts() sierraList[*sierraLoan] {
	type row = *sierraLoan
	return sierraList[row]{
		rows:    (*sierraView).checkouts,
		id:      func(l row) int { return l.id },
		filters: map[string]sierraFilter[row]{},
		fields: []sierraField[row]{
			{"id", true, func(v *sierraView, l row) any { return v.link("patrons/checkouts", l.id) }, nil},
			{"patron", true, func(v *sierraView, l row) any { return v.link("patrons", l.patron) }, nil},
			{"item", true, func(v *sierraView, l row) any { return v.link("items", l.item.id) }, nil},
			{"barcode", true, func(_ *sierraView, l row) any { return l.item.barcode }, nil},
			{"dueDate", true, func(_ *sierraView, l row) any { return sierraTime(l.due) }, nil},
			{"callNumber", true, func(_ *sierraView, l row) any { return some(l.item.call) }, nil},
			{"numberOfRenewals", true, func(_ *sierraView, l row) any { return l.renewals }, nil},
			{"outDate", true, func(_ *sierraView, l row) any { return sierraTime(l.out) }, nil},
			{"recallDate", true, func(_ *sierraView, l row) any { return nil }, nil},
		},
	}
}

type sierraHold struct {
	id, patron    int
	kind          string // b: any copy of a bib; i: one item
	record        int
	placed, until int // days
	frozen        bool
	status        sierraCode
	pickup        sierraCode
	place, queue  int // place in the queue, and its length
	note          string
}

// placeHolds makes the holds that wait: they were placed in the last ten weeks and are not yet answered or given up.
func (l *sierraLibrary) placeHolds() (holds []*sierraHold) {
	const longest = 70
	waiting := map[string][]*sierraHold{}
	for d := l.today - longest; d < l.today; d++ {
		r := seeded(l.seed, "sierra holds", d)
		for n := range busy(r, d, 15) {
			h := l.placeHold(d, n, r.Uint64())
			lasts := 2 + r.IntN(longest-2)
			if d+lasts < l.today {
				continue
			}
			h.status = holdStatus(d + lasts - l.today)
			h.frozen = h.status.Code == "0" && chance(r, 12)
			h.pickup = pick(r, sierraBranches).code()
			if chance(r, 30) {
				h.note = "Bitte \"Großdruck\"; call first, after 5"
			}
			key := h.kind + digits(h.record)
			waiting[key] = append(waiting[key], h)
			holds = append(holds, h)
		}
	}
	for _, queue := range waiting {
		for n, h := range queue {
			h.place, h.queue = n+1, len(queue)
		}
	}
	l.held = waiting
	return holds
}

func (l *sierraLibrary) placeHold(d, n int, draw uint64) *sierraHold {
	b := l.someBib(d, draw)
	h := &sierraHold{id: 500000 + (d-sierraEpoch)*40 + n, kind: "b", record: b.id, placed: d, until: d + 180}
	if i := b.items[0]; draw>>50%4 == 0 && i.deleted.IsZero() {
		h.kind, h.record = "i", i.id
	}
	h.patron = l.someBorrower(d, draw).id
	return h
}

// holdStatus follows from the days that a hold has to go.
func holdStatus(left int) sierraCode {
	switch {
	case left < 4:
		return sierraCode{"i", "item hold ready for pickup."}
	case left < 6:
		return sierraCode{"t", "bib, item, or volume in transit to pickup location."}
	}
	return sierraCode{"0", "on hold."}
}

// holdsOn counts the holds on a record.
func (l *sierraLibrary) holdsOn(kind string, id int) int { return len(l.held[kind+digits(id)]) }

func sierraHolds() sierraList[*sierraHold] {
	type row = *sierraHold
	paths := map[string]string{"b": "bibs", "i": "items"}
	return sierraList[row]{
		rows:    func(v *sierraView) []row { return v.holds },
		id:      func(h row) int { return h.id },
		filters: map[string]sierraFilter[row]{},
		fields: []sierraField[row]{
			{"id", true, func(v *sierraView, h row) any { return v.link("patrons/holds", h.id) }, nil},
			{"record", true, func(v *sierraView, h row) any { return v.link(paths[h.kind], h.record) }, nil},
			{"patron", true, func(v *sierraView, h row) any { return v.link("patrons", h.patron) }, nil},
			{"frozen", true, func(_ *sierraView, h row) any { return h.frozen }, nil},
			{"placed", true, func(_ *sierraView, h row) any { return sierraDate(unixMidnight(h.placed)) }, nil},
			{"notWantedBeforeDate", true, func(_ *sierraView, h row) any { return sierraDate(unixMidnight(h.placed)) }, nil},
			{"notNeededAfterDate", true, func(_ *sierraView, h row) any { return sierraDate(unixMidnight(h.until)) }, nil},
			{"pickupByDate", true, func(v *sierraView, h row) any {
				if h.status.Code != "i" {
					return nil
				}
				return sierraTime(newYorkFour(v.today + 7))
			}, nil},
			{"pickupLocation", true, func(_ *sierraView, h row) any { return h.pickup }, nil},
			{"status", true, func(_ *sierraView, h row) any { return h.status }, nil},
			{"recordType", true, func(_ *sierraView, h row) any { return h.kind }, nil},
			{"priority", true, func(_ *sierraView, h row) any { return h.place }, nil},
			{"priorityQueueLength", true, func(_ *sierraView, h row) any { return h.queue }, nil},
			{"note", true, func(_ *sierraView, h row) any { return some(h.note) }, nil},
			{"canFreeze", false, func(_ *sierraView, h row) any { return h.status.Code == "0" }, nil},
		},
	}
}

type sierraFine struct {
	id, patron, invoice     int
	item                    *sierraItem
	assessed                time.Time
	text                    string
	charge                  sierraCode
	cost, processing, bills cents
	paid                    cents
	location                sierraCode
}

func (f *sierraFine) owed() cents { return f.cost + f.processing + f.bills - f.paid }

// assessFines makes the fines that are open: those of the last half year that were not paid in full.
func (l *sierraLibrary) assessFines() (fines []*sierraFine) {
	for d := l.today - 180; d < l.today; d++ {
		r := seeded(l.seed, "sierra fines", d)
		for n := range busy(r, d, 4) {
			bib := l.someBib(d, r.Uint64()|1)
			f := &sierraFine{
				id: 700000 + (d-sierraEpoch)*12 + n, invoice: 40000 + (d-sierraEpoch)*12 + n,
				patron: l.someBorrower(d, r.Uint64()).id, item: pick(r, bib.items),
				assessed: openingHour(d, r.IntN(36000)), location: pick(r, sierraBranches).code(),
			}
			f.charge, f.cost = sierraCode{"2", "Overdue Item"}, cents(25*(1+r.IntN(40)))
			f.text = bib.title
			switch r.IntN(6) {
			case 0:
				f.charge, f.cost, f.processing = sierraCode{"3", "Replacement"}, f.item.price, 500
			case 1:
				f.charge, f.cost, f.text = sierraCode{"1", "Manual Charge"}, cents(10+r.IntN(300)), "Photocopies; 3 pages @ 10¢"
			case 2:
				f.bills = 150
			}
			if chance(r, 5) {
				f.paid = f.cost / 2
			}
			fines = append(fines, f)
		}
	}
	return fines
}

func sierraFines() sierraList[*sierraFine] {
	type row = *sierraFine
	return sierraList[row]{
		rows: func(v *sierraView) []row { return v.fines },
		id:   func(f row) int { return f.id },
		filters: map[string]sierraFilter[row]{
			"id":            sierraIDs(func(f row) int { return f.id }),
			"patronId":      sierraIDs(func(f row) int { return f.patron }),
			"invoiceNumber": sierraIDs(func(f row) int { return f.invoice }),
			"assessedDate":  sierraTimes(func(_ *sierraView, f row) time.Time { return f.assessed }),
			"agencyCodes":   sierraCodes(func(row) []string { return []string{"1"} }),
		},
		fields: []sierraField[row]{
			{"id", true, func(v *sierraView, f row) any { return v.link("patrons/fines", f.id) }, nil},
			{"patron", true, func(v *sierraView, f row) any { return v.link("patrons", f.patron) }, nil},
			{"item", true, func(v *sierraView, f row) any {
				if f.charge.Code == "1" {
					return nil
				}
				return v.link("items", f.item.id)
			}, nil},
			{"assessedDate", true, func(_ *sierraView, f row) any { return sierraTime(f.assessed) }, nil},
			{"description", true, func(_ *sierraView, f row) any { return some(f.text) }, nil},
			{"chargeType", true, func(_ *sierraView, f row) any { return object{"code": f.charge.Code, "display": f.charge.Name} }, nil},
			{"itemCharge", true, func(_ *sierraView, f row) any { return f.cost }, nil},
			{"processingFee", true, func(_ *sierraView, f row) any { return f.processing }, nil},
			{"billingFee", true, func(_ *sierraView, f row) any { return f.bills }, nil},
			{"paidAmount", true, func(_ *sierraView, f row) any { return f.paid }, nil},
			{"invoiceNumber", true, func(_ *sierraView, f row) any { return f.invoice }, nil},
			{"location", true, func(_ *sierraView, f row) any { return f.location }, nil},
			{"printBill", false, func(_ *sierraView, f row) any { return f.bills > 0 }, nil},
			{"terminalNumber", false, func(_ *sierraView, f row) any { return f.id % 40 }, nil},
			{"initials", false, func(_ *sierraView, f row) any { return f.initials() }, nil},
			{"creationMethod", false, func(_ *sierraView, f row) any { return f.method() }, nil},
			{"datePaid", false, func(_ *sierraView, f row) any { return f.on(f.paid > 0, 3) }, nil},
			{"returnDate", false, func(_ *sierraView, f row) any { return f.on(f.charge.Code == "2", 0) }, nil},
			{"transferDate", false, func(_ *sierraView, f row) any { return f.on(f.transferred(), 1) }, nil},
			{"originalPatron", false, func(v *sierraView, f row) any {
				if !f.transferred() {
					return nil
				}
				return v.link("patrons", f.patron+1)
			}, nil},
		},
	}
}

// initials are those of whoever of the staff charged it; the system has none.
func (f *sierraFine) initials() any {
	if f.charge.Code == "2" {
		return nil
	}
	return []string{"circ", "ak", "øø"}[f.id%3]
}

func (f *sierraFine) method() string {
	if f.charge.Code == "1" {
		return "MANUAL"
	}
	return "AUTOMATIC"
}

// transferred tells whether it was another patron's before.
func (f *sierraFine) transferred() bool { return f.id%50 == 0 }

// on is a time some days after the charge, for those to which something happened.
func (f *sierraFine) on(happened bool, days int) any {
	if !happened {
		return nil
	}
	return sierraTime(f.assessed.AddDate(0, 0, days))
}

// patronLists answers the two shapes of path that look alike: the checkouts, holds or fines of one patron, and one
// checkout, hold or fine by its id.
func patronLists() sierraAnswer {
	return func(v *sierraView, id string, query url.Values) (any, *sierraError) {
		first, second, _ := strings.Cut(id, "/")
		switch {
		case first == "checkouts":
			return sierraCheckouts().one(v, second, query)
		case first == "holds":
			return sierraHolds().one(v, second, query)
		case first == "fines":
			return sierraFines().one(v, second, query)
		}
		patron, err := strconv.Atoi(first)
		if _, known := v.patron[patron]; err != nil || !known {
			return nil, &sierraNoRecord
		}
		switch second {
		case "checkouts":
			return of(sierraCheckouts(), func(l *sierraLoan) bool { return l.patron == patron }).list(v, "", query)
		case "holds":
			return of(sierraHolds(), func(h *sierraHold) bool { return h.patron == patron }).list(v, "", query)
		case "fines":
			return of(sierraFines(), func(f *sierraFine) bool { return f.patron == patron }).list(v, "", query)
		}
		return nil, &sierraNoRecord
	}
}

// of is the part of a list that belongs to one patron. Nothing found is an empty list without a start.
func of[T any](l sierraList[T], mine func(T) bool) sierraList[T] {
	all := l.rows
	l.rows = func(v *sierraView) (rows []T) {
		for _, row := range all(v) {
			if mine(row) {
				rows = append(rows, row)
			}
		}
		return rows
	}
	l.startless = true
	return l
}
