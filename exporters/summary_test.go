package exporters

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

func summaryTable(zone *time.Location, blocks ...Block) Table {
	return Table{Name: "t", Zone: zone, Summary: blocks, Columns: []Column{
		{Name: "at", Kind: Time}, {Name: "name", Kind: Text}, {Name: "verdict", Kind: Text}, {Name: "amount", Kind: Money},
		{Name: "length", Kind: Duration}, {Name: "day", Kind: Date}, {Name: "yes", Kind: Bool}, {Name: "n", Kind: Int},
	}}
}

func randomRow(random *rand.Rand) Row {
	row := make(Row, 8)
	start := time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)
	row[0] = OfTime(start.Add(time.Duration(random.Int64N(int64(70 * time.Hour)))))
	row[1] = OfText(fmt.Sprintf("name %d", int(math.Sqrt(float64(random.IntN(900))))))
	row[2] = OfText([]string{"allowed", "blocked", "proxied", ""}[random.IntN(4)])
	amount := fmt.Sprintf("%d.%0*d", random.Int64N(1e15)-5e14, 1+random.IntN(9), random.IntN(10))
	if random.IntN(20) == 0 {
		amount = strings.Repeat("9", 10+random.IntN(50)) + amount[strings.IndexByte(amount, '.'):]
	}
	row[3], _ = ParseNumber(Money, amount)
	row[4] = OfDuration(time.Duration(random.Int64N(math.MaxInt64)))
	row[5] = OfDate(2026, 11, 1+random.IntN(30))
	row[6] = OfBool(random.IntN(2) == 0)
	row[7] = OfInt(random.Int64() - random.Int64())
	if random.IntN(6) == 0 {
		row[random.IntN(8)] = Null
	}
	return row
}

// rat is the value of a number, a duration in seconds.
func rat(t testing.TB, c Cell) *big.Rat {
	t.Helper()
	if c.IsNull() {
		return new(big.Rat)
	}
	if c.Kind() == Duration {
		return big.NewRat(int64(c.Duration()), int64(time.Second))
	}
	r, ok := new(big.Rat).SetString(string(c.Append(nil, nil)))
	if !ok {
		t.Fatalf("%v is no number", c)
	}
	return r
}

// naive is a block computed with maps and fractions: by line, and by line and part.
type naive map[string]*big.Rat

func (n naive) add(key string, amount *big.Rat) {
	if n[key] == nil {
		n[key] = new(big.Rat)
	}
	n[key].Add(n[key], amount)
}

func compute(t testing.TB, table Table, b Block, rows []Row) naive {
	n := naive{}
	for _, row := range rows {
		label, part, amount := "", "", big.NewRat(1, 1)
		switch by := table.column(b.By); {
		case b.Every == Hour || b.Every == HourOrDay:
			if !row[by].IsNull() {
				at := row[by].Time(table.Location())
				label = at.Format("2006-01-02 15 -0700")
			}
		case b.Every == Day && !row[by].IsNull():
			day := row[by].Date()
			if row[by].Kind() == Time {
				day = row[by].Time(table.Location())
			}
			label = day.Format(time.DateOnly)
		case by >= 0 && b.Every == NoStretch:
			label = string(row[by].Append(nil, table.Location()))
		}
		if split := table.column(b.Split); split >= 0 {
			part = string(row[split].Append(nil, nil))
		}
		if sum := table.column(b.Sum); sum >= 0 {
			amount = rat(t, row[sum])
		}
		n.add(label+"|", amount)
		n.add(label+"|"+part+"|", amount)
		n.add("*|", amount)
		n.add("*|"+part+"|", amount)
	}
	return n
}

func labelText(s Section, zone *time.Location, label Cell) string {
	if s.Every == Hour && !label.IsNull() {
		return label.Time(zone).Format("2006-01-02 15 -0700")
	}
	return string(label.Append(nil, zone))
}

func checkLine(t *testing.T, s Section, want naive, label string, line Line) {
	t.Helper()
	sum := func(key string) *big.Rat {
		if want[key] == nil {
			return new(big.Rat)
		}
		return want[key]
	}
	if total := sum(label + "|"); rat(t, line.Total).Cmp(total) != 0 {
		t.Errorf("%s: %q is %s, expected %s", s.Title, label, line.Total.Append(nil, nil), total.FloatString(10))
	}
	for i, split := range s.Splits {
		if part := sum(label + "|" + string(split.Append(nil, nil)) + "|"); rat(t, line.Parts[i]).Cmp(part) != 0 {
			t.Errorf("%s: %q, part %v, is %s, expected %s", s.Title, label, split, line.Parts[i].Append(nil, nil), part.FloatString(10))
		}
	}
}

func TestSummariesAreWhatANaiveComputationGives(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	table := summaryTable(berlin,
		Block{Title: "rows"},
		Block{Title: "money", Sum: "amount"},
		Block{Title: "numbers", Sum: "n", Split: "yes"},
		Block{Title: "hours", By: "at", Every: HourOrDay, Split: "verdict", Chart: Stacked},
		Block{Title: "hours' money", By: "at", Every: Hour, Split: "yes", Sum: "amount"},
		Block{Title: "days", By: "at", Every: Day, Sum: "length"},
		Block{Title: "dates", By: "day", Every: Day},
		Block{Title: "names", By: "name", Sum: "n", Split: "verdict"},
		Block{Title: "top", By: "name", Top: 10, Sum: "amount"},
		Block{Title: "yes", By: "yes", Sum: "length"},
		Block{Title: "days in a list", By: "day"},
	)
	if err := table.CheckSummary(); err != nil {
		t.Fatal(err)
	}
	for round := range 15 {
		summary, err := NewSummary(table)
		if err != nil {
			t.Fatal(err)
		}
		var rows []Row
		for range round * round * 10 {
			row := randomRow(random)
			rows = append(rows, slices.Clone(row))
			summary.Add(row)
			clear(row)
		}
		for i, s := range summary.Sections() {
			want := compute(t, table, table.Summary[i], rows)
			checkLine(t, s, want, "*", s.All)
			if s.By.Name == "" {
				continue
			}
			seen := map[string]bool{}
			for _, line := range s.Lines {
				label := labelText(s, berlin, line.Label)
				checkLine(t, s, want, label, line)
				if seen[label] {
					t.Errorf("%s: %q stands twice", s.Title, label)
				}
				seen[label] = true
			}
			for key := range want {
				if label, rest, _ := strings.Cut(key, "|"); rest == "" && label != "*" && !seen[label] && table.Summary[i].Top == 0 {
					t.Errorf("%s: %q is missing", s.Title, label)
				}
			}
		}
	}
}

// one is the section of a table's only block over rows.
func one(t testing.TB, table Table, rows ...Row) Section {
	t.Helper()
	summary, err := NewSummary(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		summary.Add(row)
	}
	return summary.Sections()[0]
}

func rowsAt(texts ...string) (rows []Row) {
	for _, text := range texts {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		rows = append(rows, Row{OfTime(at), Null, Null, Null, Null, Null, Null, Null})
	}
	return rows
}

func lines(s Section, zone *time.Location) (texts []string) {
	for _, line := range s.Lines {
		texts = append(texts, fmt.Sprintf("%s=%s", line.Label.Append(nil, zone), line.Total.Append(nil, zone)))
	}
	return texts
}

func TestStretchesWithoutRowsAreShownAndClocksThatChangeAreMinded(t *testing.T) {
	for _, c := range []struct {
		zone  string
		every Stretch
		at    []string
		want  []string
	}{
		{"Europe/Berlin", Hour, []string{"2026-10-25T01:59:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T04:00:00+01:00"},
			[]string{"2026-10-25T01:00:00+02:00=1", "2026-10-25T02:00:00+02:00=1", "2026-10-25T02:00:00+01:00=1", "2026-10-25T03:00:00+01:00=0", "2026-10-25T04:00:00+01:00=1"}},
		{"Europe/Berlin", HourOrDay, []string{"2026-03-29T03:10:00+02:00", "2026-03-29T01:10:00+01:00"},
			[]string{"2026-03-29T01:00:00+01:00=1", "2026-03-29T03:00:00+02:00=1"}},
		{"Australia/Lord_Howe", Hour, []string{"2026-04-05T01:10:00+11:00", "2026-04-05T01:40:00+11:00", "2026-04-05T01:40:00+10:30", "2026-04-05T02:10:00+10:30"},
			[]string{"2026-04-05T01:00:00+11:00=2", "2026-04-05T01:30:00+10:30=1", "2026-04-05T02:00:00+10:30=1"}},
		{"Asia/Kathmandu", Hour, []string{"2026-11-21T00:20:00Z", "2026-11-21T00:10:00Z"},
			[]string{"2026-11-21T05:00:00+05:45=1", "2026-11-21T06:00:00+05:45=1"}},
		{"UTC", HourOrDay, []string{"2026-11-21T00:20:00Z", "2026-11-23T23:59:00Z"}, nil}, // 72 hours
		{"UTC", HourOrDay, []string{"2026-11-21T00:20:00Z", "2026-11-24T00:00:00Z"},
			[]string{"2026-11-21=1", "2026-11-22=0", "2026-11-23=0", "2026-11-24=1"}},
		{"UTC", HourOrDay, []string{"2026-11-24T00:00:00Z", "2026-11-21T00:20:00Z", "2026-11-21T10:20:00Z"},
			[]string{"2026-11-21=2", "2026-11-22=0", "2026-11-23=0", "2026-11-24=1"}},
		{"Pacific/Apia", Day, []string{"2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00"}, []string{"2011-12-29=1", "2011-12-31=1"}},
		{"UTC", Month, []string{"2026-11-30T00:00:00Z", "2027-01-01T00:00:00Z"}, []string{"2026-11-01=1", "2026-12-01=0", "2027-01-01=1"}},
		{"UTC", Year, []string{"2026-11-30T00:00:00Z", "2028-01-01T00:00:00Z"}, []string{"2026-01-01=1", "2027-01-01=0", "2028-01-01=1"}},
		{"UTC", Year, []string{"1066-11-30T00:00:00Z", "2026-01-01T00:00:00Z"}, []string{"2026-01-01=1", "=1"}},
		{"Europe/Berlin", Hour, []string{"9999-12-31T23:59:59Z", "2026-11-21T13:05:00+01:00", "0000-01-01T00:00:00Z"}, []string{"2026-11-21T13:00:00+01:00=1", "=2"}},
		{"America/St_Johns", Day, []string{"0000-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-11-21T13:05:00Z"}, []string{"2026-11-21=1", "=2"}},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		s := one(t, summaryTable(zone, Block{Title: "t", By: "at", Every: c.every}), rowsAt(c.at...)...)
		if got := lines(s, zone); c.want != nil && !slices.Equal(got, c.want) || c.want == nil && len(got) != 72 {
			t.Errorf("%s, %v:\n%q, expected\n%q", c.zone, c.at, got, c.want)
		}
	}
}

func TestStretchesGrowLongerBeforeThereAreTooMany(t *testing.T) {
	for _, c := range []struct {
		every, became Stretch
		hours         int
	}{
		{Hour, Hour, 31*24 - 1}, {Hour, Day, 31 * 24}, {Day, Day, 799 * 24}, {Day, Month, 801 * 24}, {HourOrDay, Year, 24 * 366 * 60}, {Month, Year, 24 * 366 * 100},
	} {
		from := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)
		for _, rows := range [][]Row{
			rowsAt(from.Format(time.RFC3339), from.Add(time.Duration(c.hours)*time.Hour).Format(time.RFC3339)),
			rowsAt(from.Add(time.Duration(c.hours)*time.Hour).Format(time.RFC3339), from.Format(time.RFC3339), from.Format(time.RFC3339))[:2],
		} {
			s := one(t, summaryTable(nil, Block{Title: "t", By: "at", Every: c.every, Split: "verdict"}), rows...)
			if s.Every != c.became || len(s.Lines) > 801 {
				t.Errorf("%d hours: stretches are %d, expected %d, and %d lines", c.hours, s.Every, c.became, len(s.Lines))
			}
			total := int64(0)
			for _, line := range s.Lines {
				n, _, _ := line.Parts[0].Number()
				total += n
			}
			if total != 2 {
				t.Errorf("%d rows are in the lines", total)
			}
		}
	}
}

func named(name string, amount int64) Row {
	return Row{Null, OfText(name), Null, Null, Null, Null, Null, OfInt(amount)}
}

func TestListsOfManyValuesKnowHowWrongTheyMayBe(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		name   string
		rows   int
		values int // of the rows that are not of the ten
		sum    bool
	}{
		{"as many as are kept", 60_000, tallyRoom - 20, false},
		{"more, and ten that stand out", 200_000, 150_000, false},
		{"all different", 120_000, math.MaxInt32, false},
		{"amounts of either sign", 150_000, 60_000, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			block := Block{Title: "t", By: "name", Top: 10}
			if c.sum {
				block.Sum = "n"
			}
			truth := map[string]int64{}
			var rows []Row
			if raced.Enabled {
				c.rows /= 3 // which are still many more than are kept
			}
			for i := range c.rows {
				name, amount := fmt.Sprintf("value %d", random.IntN(c.values)), int64(1)
				if c.values == math.MaxInt32 {
					name = fmt.Sprintf("value %d", i)
				} else if random.IntN(3) == 0 {
					name = fmt.Sprintf("often %d", int(10*random.Float64()*random.Float64()))
				}
				if c.sum {
					amount = random.Int64N(1000) - 300
				}
				truth[name] += amount
				rows = append(rows, named(name, amount))
			}
			s := one(t, summaryTable(nil, block), rows...)
			again := one(t, summaryTable(nil, block), rows...)
			if !slices.Equal(lines(s, nil), lines(again, nil)) || s.Note != again.Note {
				t.Error("the same rows give another list")
			}
			names := slices.SortedFunc(maps.Keys(truth), func(a, b string) int {
				return cmp.Or(cmp.Compare(truth[b], truth[a]), cmp.Compare(a, b))
			})
			missed, _, _ := s.Missed.Number()
			for i, line := range s.Lines {
				got, _, _ := line.Total.Number()
				off := truth[line.Label.Str()] - got
				switch {
				case !s.AtLeast && (off != 0 || line.Label.Str() != names[i]):
					t.Errorf("place %d is %s with %d, expected %s with %d", i+1, line.Label.Str(), got, names[i], truth[names[i]])
				case !c.sum && off < 0, max(off, -off) > missed && s.AtLeast:
					t.Errorf("%s is %d, in truth %d, which is more off than %d", line.Label.Str(), got, truth[line.Label.Str()], missed)
				}
			}
			least, _, _ := s.Lines[len(s.Lines)-1].Total.Number()
			for _, name := range names {
				listed := slices.ContainsFunc(s.Lines, func(l Line) bool { return l.Label.Str() == name })
				if !listed && truth[name] > least+missed {
					t.Errorf("%s, with %d, is not listed", name, truth[name])
				}
			}
			if !c.sum && missed > int64(c.rows/(tallyRoom/2)) {
				t.Errorf("up to %d of %d rows may have been missed", missed, c.rows)
			}
			t.Logf("at least: %v, missed: %d, %s", s.AtLeast, missed, s.Note)
		})
	}
}

func TestSumsAreExactWhateverTheirSize(t *testing.T) {
	for _, c := range []struct {
		numbers []string
		want    string
	}{
		{[]string{"0.1", "0.20", "0.003"}, "0.303"},
		{[]string{"-0.1", "0.1"}, "0.0"},
		{[]string{"9223372036854775807", "9223372036854775807", "-1.5"}, "18446744073709551612.5"},
		{[]string{strings.Repeat("9", 60), "1", "0.01"}, "1" + strings.Repeat("0", 60) + ".01"},
		{[]string{"1", "0." + strings.Repeat("0", 59) + "1"}, "1." + strings.Repeat("0", 59) + "1"},
		{[]string{"0." + strings.Repeat("0", 59) + "1", "9223372036854775807"}, "9223372036854775807." + strings.Repeat("0", 59) + "1"},
	} {
		var rows []Row
		for _, n := range c.numbers {
			cell, err := ParseNumber(Money, n)
			if err != nil {
				t.Fatal(err)
			}
			row := named("a", 0)
			row[3] = cell
			rows = append(rows, row)
		}
		s := one(t, summaryTable(nil, Block{Title: "t", Sum: "amount"}), rows...)
		if got := string(s.All.Total.Append(nil, nil)); got != c.want {
			t.Errorf("the sum of %q is %s, expected %s", c.numbers, got, c.want)
		}
	}
	row := named("a", 0)
	row[4] = OfDuration(math.MaxInt64)
	s := one(t, summaryTable(nil, Block{Title: "t", Sum: "length"}), row, row, row)
	if got := string(s.All.Total.Append(nil, nil)); got != "27670116110.564327421" || s.All.Total.Kind() != Decimal {
		t.Errorf("the sum of three times 292 years is %s", got)
	}
}

func TestLongAndOddValuesAreToldApart(t *testing.T) {
	long := strings.Repeat("ä", 5000)
	rows := []Row{named(long+"a", 1), named(long+"b", 1), named(long+"b", 1), named("", 1), named("a", 1), named("A", 1)}
	s := one(t, summaryTable(nil, Block{Title: "t", By: "name"}), rows...)
	if len(s.Lines) != 5 {
		t.Fatalf("lines are %q", lines(s, nil))
	}
	for _, line := range s.Lines {
		if text := line.Label.Str(); len(text) > keyLimit+3 || strings.ContainsRune(text, '\uFFFD') {
			t.Errorf("a label has %d bytes: %s", len(text), text)
		}
	}
	if last := s.Lines[4]; !last.Label.IsNull() {
		t.Errorf("rows without a value are not the last: %q", lines(s, nil))
	}
}

func TestPartsBeyondEightAreTheOthers(t *testing.T) {
	table := summaryTable(nil, Block{Title: "t", By: "yes", Split: "name"})
	var rows []Row
	for i := range 50 {
		for range i + 1 {
			rows = append(rows, named(fmt.Sprintf("part %02d", i), 0))
		}
	}
	s := one(t, table, rows...)
	if len(s.Splits) != mostParts || !s.Others || len(s.All.Parts) != mostParts+1 {
		t.Fatalf("parts are %v", s.Splits)
	}
	total, _, _ := s.All.Total.Number()
	for _, part := range s.All.Parts {
		n, _, _ := part.Number()
		total -= n
	}
	if total != 0 || s.Splits[0].Str() != "part 24" || s.Splits[7].Str() != "part 31" {
		t.Errorf("parts are %v, and %d rows are in none", s.Splits, total)
	}
}

func TestSummariesThatCannotBeMadeAreRefused(t *testing.T) {
	for _, b := range []Block{
		{}, {Title: "t", By: "nobody"}, {Title: "t", By: "name", Every: Hour}, {Title: "t", By: "day", Every: HourOrDay}, {Title: "t", Every: Day},
		{Title: "t", By: "at"}, {Title: "t", By: "amount"}, {Title: "t", Sum: "name"}, {Title: "t", By: "name", Split: "name"}, {Title: "t", By: "name", Split: "at"},
		{Title: "t", Top: 10}, {Title: "t", By: "name", Top: 101}, {Title: "t", By: "at", Every: Day, Top: 3}, {Title: "t", By: "name", Chart: Lines},
		{Title: "t", By: "at", Every: Day, Chart: Bars}, {Title: "t", By: "name", Chart: Stacked}, {Title: "t", By: "name", Chart: 9}, {Title: "t", By: "at", Every: 9},
	} {
		if err := summaryTable(nil, b).CheckSummary(); err == nil {
			t.Errorf("%+v is accepted", b)
		}
	}
	if _, err := NewSummary(summaryTable(nil, Block{Title: "t", By: "at"})); err == nil {
		t.Error("a block that cannot be made is begun")
	}
	s, err := NewSummary(summaryTable(nil, Block{Title: "hidden", By: "personal"}, Block{Title: "rows"}))
	if err != nil || len(s.Sections()) != 1 {
		t.Errorf("a block over a hidden column is not left out: %v", err)
	}
	for _, c := range []Column{
		{Name: "a", Kind: Text, Marks: []Mark{MarkedAbove(Bad, 1)}}, {Name: "a", Kind: Int, Marks: []Mark{Marked(Bad, "1")}}, {Name: "a", Kind: Bool, Marks: []Mark{Marked(Bad, "yes")}},
		{Name: "a", Kind: Date, Marks: []Mark{Marked(Bad, "2026-01-01")}}, {Name: "a", Kind: Text, Marks: []Mark{Marked(0, "a")}},
	} {
		if c.CheckMarks() == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

func TestSummariesNeedNoMemoryForRows(t *testing.T) {
	table := summaryTable(nil, Block{Title: "hours", By: "at", Every: HourOrDay, Split: "verdict"}, Block{Title: "names", By: "name", Top: 10}, Block{Title: "money", Sum: "amount"})
	random := rand.New(rand.NewPCG(7, 8))
	var rows []Row
	for range 3000 {
		row := randomRow(random)
		row[3] = OfMoney(random.Int64N(1000), uint8(random.IntN(3)))
		rows = append(rows, row)
	}
	summary, err := NewSummary(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		summary.Add(row)
	}
	i := 0
	if n := testing.AllocsPerRun(len(rows), func() { summary.Add(rows[i%len(rows)]); i++ }); n > 0.01 {
		t.Errorf("%v allocations a row", n)
	}
}

func BenchmarkSummary(b *testing.B) {
	table := summaryTable(nil, Block{Title: "hours", By: "at", Every: HourOrDay, Split: "verdict"}, Block{Title: "names", By: "name", Top: 10}, Block{Title: "total", Sum: "n"})
	random := rand.New(rand.NewPCG(7, 8))
	var rows []Row
	for range 3000 {
		rows = append(rows, randomRow(random))
	}
	summary, err := NewSummary(table)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		summary.Add(rows[i%len(rows)])
	}
}
