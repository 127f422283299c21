package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTheLibraryFollowsFromSeedAndDayAlone(t *testing.T) {
	a, b, other := newSierraStand(t, Options{Seed: 7}), newSierraStand(t, Options{Seed: 7}), newSierraStand(t, Options{Seed: 8})
	for _, path := range []string{"/bibs?limit=2000", "/items?limit=300&fields=default,fixedFields", "/patrons?limit=300",
		"/items/checkouts?limit=2000", "/patrons/holds?limit=2000", "/fines?limit=2000",
		"/orders", "/volumes", "/holdings", "/courses", "/invoices?login=" + SierraLogin} {
		if here := a.get(path).Body.String(); here != b.get(path).Body.String() {
			t.Errorf("%s differs between two libraries of one seed", path)
		} else if here == other.get(path).Body.String() {
			t.Errorf("%s is the same for another seed", path)
		}
	}
	b.now = b.now.Add(30 * time.Hour)
	b.login()
	for _, path := range []string{
		"/items?limit=2000&fields=id,barcode,createdDate&createdDate=%5B2026-11-16,2026-11-19T23:59:59Z%5D",
		"/bibs?limit=2000&deleted=true&fields=id,deletedDate&deletedDate=%5B2026-10-01,2026-11-19%5D",
		"/fines?limit=2000&assessedDate=%5B2026-11-16,2026-11-19T23:59:59Z%5D",
	} {
		if one, later := a.get(path).Body.String(), b.get(path).Body.String(); one != later {
			t.Errorf("%s has changed a day later:\n%.300s\n%.300s", path, one, later)
		}
	}
}

func TestEveryDayOfTheLastMonthChangedSomething(t *testing.T) {
	s := newSierraStand(t, Options{})
	for d := 1; d <= 30; d++ { // at noon UTC the library is still closed
		day := saturday.AddDate(0, 0, -d).Format(time.DateOnly)
		for _, path := range []string{"/bibs", "/items", "/patrons"} {
			if w := s.get(path + "?limit=2000&updatedDate=%5B" + day + "," + day + "T23:59:59Z%5D"); w.Code != http.StatusOK {
				t.Errorf("%s of %s: status %d", path, day, w.Code)
			}
		}
	}
	later := url.QueryEscape(saturday.Add(time.Second).Format(time.RFC3339))
	if w := s.get("/items?updatedDate=%5B" + later + ",%5D"); w.Code != http.StatusNotFound {
		t.Errorf("changes of the future: status %d, want 404", w.Code)
	}
}

func TestChangesOfTodayComeInTheCourseOfTheDay(t *testing.T) {
	s := newSierraStand(t, Options{})
	changes := func() int {
		s.login()
		entries := s.list("/items?limit=2000&fields=updatedDate&updatedDate=%5B2026-11-21,%5D").Entries
		for _, e := range entries {
			if at, err := time.Parse(time.RFC3339, text(e, "updatedDate")); err != nil || at.After(s.now) {
				t.Fatalf("a change of %v (%v), and it is %v", at, err, s.now)
			}
		}
		return len(entries)
	}
	s.now = saturday.Add(5 * time.Hour)
	afternoon := changes()
	s.now = saturday.Add(11 * time.Hour)
	if evening := changes(); afternoon == 0 || evening <= afternoon {
		t.Errorf("%d changes by the afternoon, %d by the evening", afternoon, evening)
	}
}

func TestLoansAreDueAtFourInNewYorkAndATenthIsLate(t *testing.T) {
	s := newSierraStand(t, Options{})
	late := 0
	rows := s.list("/items/checkouts?limit=2000")
	for _, e := range rows.Entries {
		due, err := time.Parse(time.RFC3339, text(e, "dueDate"))
		if err != nil {
			t.Fatal(err)
		}
		if summer := due.Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)); due.Hour() != 8 && summer || due.Hour() != 9 && !summer {
			t.Fatalf("due at %v", due)
		}
		if due.Before(s.now) {
			late++
		}
	}
	if share := late * 100 / *rows.Total; share < 5 || share > 15 {
		t.Errorf("%d of %d loans are late, want a tenth", late, *rows.Total)
	}
	out := s.list("/items?limit=2000&duedate=")
	if status := text(out.Entries[0], "status"); !strings.Contains(status, "duedate") || !strings.Contains(status, "AVAILABLE") {
		t.Errorf("an item that is out has status %s", status)
	}
}

func TestNewYorkFourFollowsSummerTime(t *testing.T) {
	for day, hour := range map[string]int{"2026-01-15": 9, "2026-03-07": 9, "2026-03-08": 8, "2026-07-04": 8,
		"2026-10-31": 8, "2026-11-01": 9, "2027-03-13": 9, "2027-03-14": 8, "2027-11-06": 8, "2027-11-07": 9} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := newYorkFour(unixDay(at)); !got.Equal(at.Add(time.Duration(hour) * time.Hour)) {
			t.Errorf("04:00 on %s is %v, want %d:00 UTC", day, got, hour)
		}
	}
}

func TestWhatAPatronOwesIsTheSumOfTheFines(t *testing.T) {
	s := newSierraStand(t, Options{})
	first := s.list("/fines?limit=1").Entries[0]
	patron := text(first, "patron")[strings.LastIndex(text(first, "patron"), "/")+1:]
	sum := 0
	inCents := func(e map[string]json.RawMessage, name string) int {
		whole, fraction, _ := strings.Cut(text(e, name), ".")
		n, err := strconv.Atoi(whole + (fraction + "00")[:2])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	fines := s.list("/patrons/" + patron + "/fines?limit=2000")
	for _, e := range fines.Entries {
		sum += inCents(e, "itemCharge") + inCents(e, "processingFee") + inCents(e, "billingFee") - inCents(e, "paidAmount")
	}
	whole := s.list("/fines?limit=2000&patronId=" + patron)
	record := s.list("/patrons?fields=moneyOwed,fixedFields&id=" + patron).Entries[0]
	var fixed map[string]sierraFixed
	if err := json.Unmarshal(record["fixedFields"], &fixed); err != nil {
		t.Fatal(err)
	}
	if inCents(record, "moneyOwed") != sum || fixed["96"].Value != fmt.Sprintf("%d.000000", sum) ||
		fines.Start != nil || len(whole.Entries) != len(fines.Entries) {
		t.Errorf("%d and %d fines of %d cents, moneyOwed %s, field 96 %s", len(fines.Entries), len(whole.Entries), sum,
			record["moneyOwed"], fixed["96"].Value)
	}
}

func TestCentsAreWrittenInMajorUnits(t *testing.T) {
	for sum, want := range map[cents]string{0: "0", 5: "0.05", 10: "0.1", 120: "1.2", 1000: "10", 1499: "14.99",
		-150: "-1.5", -5: "-0.05"} {
		if got, err := json.Marshal(sum); string(got) != want || err != nil {
			t.Errorf("%d cents: %s, %v; want %s", int(sum), got, err, want)
		}
	}
}

func TestTheLibraryHasItsQuirks(t *testing.T) {
	s := newSierraStand(t, Options{})
	page := s.get("/items?limit=2000&deleted=false&fields=default,fixedFields").Body.String() +
		s.get("/patrons?limit=2000&deleted=false").Body.String()
	for what, sign := range map[string]string{
		"a call number with a subfield mark": `"callNumber":"|a`, "a bar code with a letter": `"barcode":"A0`,
		"a bar code with a zero in front": `"barcode":"01`,
		"a padded code":                   `"value":"-  "`, "a name that ends in a blank": `Fiction "`, "a patron's name that ends in a blank": ` "]`,
	} {
		if !strings.Contains(page, sign) {
			t.Errorf("nowhere %s (%s)", what, sign)
		}
	}
	bound := 0
	for _, e := range s.list("/items?limit=2000&deleted=false&fields=bibIds").Entries {
		if strings.Contains(string(e["bibIds"]), ",") {
			bound++
		}
	}
	if bound == 0 {
		t.Error("no item belongs to more than one bib")
	}
}
