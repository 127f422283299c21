package exporters

import (
	"strings"
	"unicode/utf8"
)

// MustNeutralise tells whether a spreadsheet that opens a CSV file would evaluate the text instead of showing it. Plain
// numbers, signed ones included, show as what they are; so do codes that are no more than a sign, digits and
// separators.
//
// A neutralised text has an apostrophe in front. So that a reader can undo it without guessing, a text that already
// looks neutralised counts as one that must be: whoever reads removes one apostrophe where MustNeutralise holds for
// what follows it.
func MustNeutralise(k Kind, s string) bool {
	if s == "" || s[0] > '@' && s[0] < utf8.RuneSelf || s[0] >= '0' && s[0] <= '9' {
		return false // nearly every text ends here
	}
	rest := strings.TrimLeft(s, "'")
	if len(rest) < 2 || !triggers(rest) {
		return false
	}
	switch k {
	case Text, List:
		return !plainNumber(rest)
	case Code:
		return !plainNumber(rest) && !plainCode(rest)
	}
	return false
}

// triggers tells whether s begins with what makes a spreadsheet evaluate a cell. The wide forms are evaluated by
// East Asian editions.
func triggers(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// plainNumber tells whether s is a number with an optional sign, decimals, groups, exponent and percent sign.
func plainNumber(s string) bool {
	s = unsigned(s)
	if number, ok := strings.CutSuffix(s, "%"); ok {
		s = strings.TrimSuffix(number, " ")
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exp := unsigned(s[i+1:]); exp == "" || !allDigits(exp) {
			return false
		}
		s = s[:i]
	}
	digits := 0
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] != '.' && s[i] != ',':
			return false
		}
	}
	return digits > 0
}

// plainCode tells whether s is no more than a sign, digits and separators.
func plainCode(s string) bool {
	s = unsigned(s)
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && strings.IndexByte(" .-/()", s[i]) < 0 {
			return false
		}
	}
	return true
}

// unsigned is s without one sign in front.
func unsigned(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}
