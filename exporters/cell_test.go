package exporters

import (
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/reportjob/reportjob/internal/raced"
)

func mustNumber(t testing.TB, k Kind, s string) Cell {
	t.Helper()
	c, err := ParseNumber(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNumbersKeepEveryDigit(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		in   string
		want string
	}{
		{Int, "0", "0"}, {Int, "-0", "0"}, {Int, "7", "7"}, {Int, "-7", "-7"}, {Int, "1e3", "1000"}, {Int, "1E+3", "1000"}, {Int, "1.50e2", "150"},
		{Int, "5.0", "5"}, {Int, "0.00", "0"}, {Int, "-0.0", "0"}, {Int, "0e-5", "0"}, {Int, "50e-1", "5"}, {Int, "100", "100"},
		{Int, "9223372036854775807", "9223372036854775807"}, {Int, "-9223372036854775808", "-9223372036854775808"},
		{Int, "9223372036854775808", "9223372036854775808"}, {Int, "1e20", "100000000000000000000"}, {Int, "9223372036854775808.000", "9223372036854775808"},
		{Decimal, "14.99", "14.99"}, {Decimal, "14.90", "14.90"}, {Decimal, "-0.05", "-0.05"}, {Decimal, "0.00", "0.00"}, {Decimal, "-0.00", "0.00"},
		{Decimal, "1e-3", "0.001"}, {Decimal, "12e-1", "1.2"}, {Decimal, "007.5", "7.5"}, {Decimal, "1.5e1", "15"}, {Decimal, "1.5e0", "1.5"},
		{Money, "-92233720368547758.08", "-92233720368547758.08"}, {Money, "92233720368547758.08", "92233720368547758.08"},
		{Money, "-12345678901234567890.123", "-12345678901234567890.123"}, {Decimal, "0.000000000000000000000001", "0.000000000000000000000001"},
		{Decimal, "0e99", "0"}, {Decimal, "-0.00e-99", "0.00"}, {Int, "0E+99", "0"}, {Decimal, "0e999999999", "0"},
		{Decimal, "0e60", "0"}, {Decimal, "0e-2", "0.00"}, {Money, "0.0e5", "0"},
		{Decimal, "", ""},
	} {
		if got := string(mustNumber(t, c.kind, c.in).Append(nil, time.UTC)); got != c.want {
			t.Errorf("%v %q reads as %s, expected %s", c.kind, c.in, got, c.want)
		}
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	for _, s := range []string{"x", "-", ".", "1.", ".5", "+1", "1,5", "1 000", " 1", "1 ", "0x10", "NaN", "Infinity", "1e", "e5", "1e5.0", "1e++5", "1e+-5", "1e 5",
		"--1", "1-", "1.2.3", "1e61", "1e-61", "1e999999999999999999999", "0e999999999999999999999", "0.01e63", "0e", "0e-", "0e9x", "٣", strings.Repeat("9", 401), "0." + strings.Repeat("0", 61)} {
		if c, err := ParseNumber(Decimal, s); err == nil {
			t.Errorf("%.50q reads as %s", s, c.Append(nil, time.UTC))
		} else if len(err.Error()) > 120 {
			t.Errorf("the error has %d characters", len(err.Error()))
		}
	}
	for _, s := range []string{"0.5", "1.01", "1e-1", "9223372036854775808.5"} {
		if c, err := ParseNumber(Int, s); err == nil {
			t.Errorf("%q reads as the whole number %s", s, c.Append(nil, time.UTC))
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"0", "-0.00", "14.99", "1e3", "-1.50E-2", "9223372036854775808", "0.0", "-9223372036854775808", "1e60"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range []Kind{Int, Decimal} {
			c, err := ParseNumber(kind, s)
			if err != nil || c.IsNull() {
				continue
			}
			want, ok := new(big.Rat).SetString(s)
			if !ok {
				t.Fatalf("%q reads as a number, math/big refuses it", s)
			}
			text := string(c.Append(nil, time.UTC))
			if got, ok := new(big.Rat).SetString(text); !ok || got.Cmp(want) != 0 {
				t.Errorf("%v %q reads as %s", kind, s, text)
			}
			if unscaled, scale, ok := c.Number(); ok {
				got := new(big.Rat).SetFrac(big.NewInt(unscaled), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
				if got.Cmp(want) != 0 {
					t.Errorf("%v %q is %d with %d decimals", kind, s, unscaled, scale)
				}
			}
			if again := mustNumber(t, kind, text); string(again.Append(nil, time.UTC)) != text {
				t.Errorf("%s reads as something else", text)
			}
		}
	})
}

func TestCellsLookAsTheirKindSays(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{Null, ""}, {OfText(""), ""}, {OfCode(""), ""}, {OfList(), ""}, {OfList("", ""), ""}, {OfTime(time.Time{}), ""},
		{OfText("a\xffb"), "a\uFFFDb"}, {OfList("a", "", "b"), "a; b"}, {OfList("a"), "a"}, {OfCode("007"), "007"},
		{OfInt(math.MinInt64), "-9223372036854775808"}, {OfBool(true), "true"}, {OfBool(false), "false"},
		{OfDecimal(1499, 2), "14.99"}, {OfMoney(-5, 2), "-0.05"}, {OfDecimal(5, 1), "0.5"}, {OfDecimal(0, 2), "0.00"}, {OfDecimal(math.MinInt64, 19), "-0.9223372036854775808"},
		{OfDate(2026, 11, 21), "2026-11-21"}, {OfDate(1, 1, 1), "0001-01-01"}, {OfDate(1969, 12, 31), "1969-12-31"},
		{OfTime(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)), "2026-11-21T13:00:00+01:00"},
		{OfTime(time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)), "2026-10-25T02:30:00+02:00"},
		{OfTime(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)), "2026-10-25T02:30:00+01:00"},
		{OfTime(time.Date(2026, 7, 1, 0, 0, 0, 1999, time.UTC)), "2026-07-01T02:00:00.000001+02:00"},
		{OfTime(time.Date(1880, 1, 1, 0, 0, 0, 0, time.UTC)), "1880-01-01T00:00:00Z"},
		{OfDuration(90 * time.Second), "90"}, {OfDuration(1500 * time.Millisecond), "1.5"}, {OfDuration(-time.Millisecond), "-0.001"},
		{OfDuration(0), "0"}, {OfDuration(1), "0.000000001"}, {OfDuration(math.MinInt64), "-9223372036.854775808"}, {OfDuration(10 * time.Second), "10"},
	} {
		if got := string(c.cell.Append([]byte("x"), berlin)); got != "x"+c.want {
			t.Errorf("%v cell is %q, expected %q", c.cell.Kind(), got[1:], c.want)
		}
	}
}

func TestDecimalMarkChangesNumbersAlone(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{OfDecimal(-1499, 2), "-14,99"}, {OfMoney(5, 2), "0,05"}, {OfInt(7), "7"}, {OfDuration(1500 * time.Millisecond), "1,5"}, {OfText("1.5"), "1.5"},
		{OfCode("1.5"), "1.5"}, {OfDate(2026, 1, 2), "2026-01-02"}, {mustNumber(t, Decimal, "-12345678901234567890.5"), "-12345678901234567890,5"},
	} {
		if got := string(c.cell.AppendMarked(nil, time.UTC, ',')); got != c.want {
			t.Errorf("%v cell is %q, expected %q", c.cell.Kind(), got, c.want)
		}
	}
}

func TestCellsGiveTheirValueBack(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 123_000, time.UTC)
	if got := OfTime(at).Time(time.UTC); !got.Equal(at) {
		t.Errorf("time is %v", got)
	}
	if got := OfDate(1969, 12, 31).Date(); !got.Equal(time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("date is %v", got)
	}
	if got := OfDuration(-5).Duration(); got != -5 {
		t.Errorf("duration is %v", got)
	}
	if !OfBool(true).Bool() || OfBool(false).Bool() {
		t.Error("booleans are wrong")
	}
	if n, scale, ok := OfMoney(-1499, 2).Number(); n != -1499 || scale != 2 || !ok {
		t.Errorf("number is %d, %d, %v", n, scale, ok)
	}
	for _, c := range []Cell{Null, OfText("1"), OfTime(at), mustNumber(t, Int, "1e30")} {
		if _, _, ok := c.Number(); ok {
			t.Errorf("%v cell is a number that int64 holds", c.Kind())
		}
	}
	if !Null.IsNull() || OfInt(0).IsNull() || OfBool(false).IsNull() {
		t.Error("null is not told from zero")
	}
}

func TestAppendingCellsCostsNoAllocation(t *testing.T) {
	cells := []Cell{OfText("a"), OfInt(7), OfDecimal(-5, 9), OfBool(true), OfDate(2026, 1, 1), OfTime(time.Unix(1, 0)), OfDuration(1500)}
	buf := make([]byte, 0, 1000)
	if n := testing.AllocsPerRun(100, func() {
		out := buf
		for _, c := range cells {
			out = c.AppendMarked(out, time.UTC, ',')
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestTimesAtTheEndsOfTheCalendarAreRFC3339 begins with the last second that there is, which stands for "for ever" in many
// APIs.
func TestTimesAtTheEndsOfTheCalendarAreRFC3339(t *testing.T) {
	berlin, london := time.FixedZone("", 3600), time.UTC
	johns := time.FixedZone("", -(3*3600 + 30*60 + 52))
	for _, c := range []struct {
		zone     *time.Location
		at, want string
	}{
		{berlin, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"}, {berlin, "9999-12-31T22:59:59.5Z", "9999-12-31T23:59:59.5+01:00"},
		{berlin, "0000-01-01T00:00:00Z", "0000-01-01T01:00:00+01:00"}, {johns, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
		{berlin, "9999-12-31T23:59:59-01:00", "9999-12-31T01:00:59-23:59"}, {london, "0000-01-01T00:00:00+01:00", "0000-01-01T22:59:00+23:59"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(OfTime(at).Append(nil, c.zone)); got != c.want {
			t.Errorf("%s is %s, want %s", c.at, got, c.want)
		}
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		zone := time.FixedZone("", 60*(random.IntN(2*24*60-1)-24*60+1))
		at := time.Unix(-62167219200+random.Int64N(4*86400)-86340, random.Int64N(1e6)*1e3)
		if random.IntN(2) == 0 {
			at = time.Unix(253402300800+86340-1-random.Int64N(4*86400), random.Int64N(1e6)*1e3)
		}
		text := string(OfTime(at).Append(nil, zone))
		if back, err := time.Parse(time.RFC3339, text); err != nil || !back.Equal(at) || text[4] != '-' {
			t.Fatalf("%s in %s is %s (%v)", at.UTC(), zone, text, err)
		}
	}
}

func TestTimesAndDaysAreThoseOfTheStandardLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	zones := []*time.Location{time.UTC, time.FixedZone("", 5*3600+45*60), time.FixedZone("", -9*3600-30*60), time.FixedZone("", -1172), time.FixedZone("", 14*3600)}
	check := func(micro int64) {
		t.Helper()
		if beyond := micro < -62167219200e6 || micro >= 253402300800e6; beyond && micro >= -62167305540e6 && micro < 253402387140e6 {
			return // RFC 3339 has it, with another offset
		}
		for _, zone := range zones {
			at := time.UnixMicro(micro).In(zone)
			shown := at
			if _, offset := at.Zone(); offset%60 != 0 || !fourDigits(at.Unix()+int64(offset)) {
				shown = at.UTC()
			}
			if got, want := string(OfTime(at).Append(nil, zone)), shown.Format(time.RFC3339Nano); got != want {
				t.Fatalf("%d is %s, want %s", micro, got, want)
			}
		}
	}
	for range raced.Few(100_000) {
		check(random.Int64N(2*253402300799e6) - 253402300799e6)
	}
	for _, edge := range []int64{-62167219200e6, 253402300799e6, 0, 951782400e6, -1e6} {
		for _, off := range []int64{-86400e6, -1e6, -1, 0, 1, 1e6, 86400e6, 50e9} {
			check(edge + off)
		}
	}
	for day := time.Date(-1, 12, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10_001; day = day.AddDate(0, 0, 1) {
		if got := string(OfDate(day.Year(), day.Month(), day.Day()).Append(nil, nil)); got != day.Format(time.DateOnly) {
			t.Fatalf("%s is %s", day.Format(time.DateOnly), got)
		}
	}
}

func TestListOfIsOfListOfTheTexts(t *testing.T) {
	for _, items := range [][]string{nil, {""}, {"", ""}, {"a"}, {"", "a", ""}, {"a", "", "b"}, {"a; b", "c"}, {"\xff", "ä"}} {
		if got, want := ListOf(items, func(s *string) string { return *s }), OfList(items...); got != want {
			t.Errorf("ListOf(%q) is %q, expected %q", items, got.Str(), want.Str())
		}
	}
	one := []string{"", "only"}
	if n := testing.AllocsPerRun(100, func() { ListOf(one, func(s *string) string { return *s }) }); n > 0 {
		t.Errorf("a list of one text costs %v allocations", n)
	}
}

func TestCellsAreSmallEnoughForRegisters(t *testing.T) {
	if c := reflect.TypeFor[Cell](); c.NumField() > 4 || c.Size() > 32 {
		t.Errorf("a cell has %d fields and %d bytes, expected 4 and 32 at most", c.NumField(), c.Size())
	}
}
