package xlsx

import "unicode/utf8"

// maxText is how many UTF-16 units a cell holds; cutMark ends text that did not fit.
const (
	maxText      = 32767
	cutMark      = "… [cut]"
	cutMarkUnits = 7
)

// clipText cuts text that a cell cannot hold, and says whether it did.
func clipText(s string) (string, bool) {
	if len(s) <= maxText {
		return s, false
	}
	units, end := 0, 0 // end: where the mark would go
	for i, r := range s {
		if units <= maxText-cutMarkUnits {
			end = i
		}
		if units++; r > 0xFFFF {
			units++
		}
		if units > maxText {
			return s[:end] + cutMark, true
		}
	}
	return s, false
}

// spaceAtEnds tells whether the text begins or ends with space, which readers trim unless told otherwise.
func spaceAtEnds(s string) bool {
	return s != "" && (s[0] <= ' ' || s[len(s)-1] <= ' ')
}

// special are the bytes that appendText looks at: those that XML forbids or changes, and those that may begin what must
// be escaped.
var special = [256]bool{'&': true, '<': true, '>': true, '_': true, 0xEF: true}

const hexDigits = "0123456789ABCDEF"

// appendText appends text for XML. What XML cannot hold is written as _xHHHH_, as Excel does, and so is an underscore
// that would otherwise be taken for the beginning of such a thing. Tabs and line feeds may stand as they are; a
// carriage return may not, since XML readers make a line feed of it.
func appendText(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b >= ' ' && !special[b] || b == '\t' || b == '\n' {
			continue
		}
		var escape string
		size := 1
		switch {
		case b == '&':
			escape = "&amp;"
		case b == '<':
			escape = "&lt;"
		case b == '>':
			escape = "&gt;"
		case b == '_':
			if !looksEscaped(s[i:]) {
				continue
			}
			escape = "_x005F_"
		case b == 0xEF:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != 0xFFFE && r != 0xFFFF {
				continue
			}
			escape, size = "_xFFF"+string(hexDigits[r&0xF])+"_", n
		default:
			dst = append(dst, s[start:i]...)
			dst = append(dst, "_x00"...)
			dst = append(dst, hexDigits[b>>4], hexDigits[b&0xF], '_')
			start = i + 1
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, escape...)
		i += size - 1
		start = i + 1
	}
	return append(dst, s[start:]...)
}

// guard writes an underscore that would be taken for the beginning of _xHHHH_ as appendText does, in text that excelize
// writes: it does not do so itself.
func guard(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] == '_' && looksEscaped(s[i:]) {
			return s[:i] + "_x005F_" + guard(s[i+1:])
		}
	}
	return s
}

// looksEscaped tells whether s begins with _xHHHH. The underscore behind it may be one that we write ourselves, as the
// beginning of the next escape, so it does not count.
func looksEscaped(s string) bool {
	if len(s) < 6 || s[1] != 'x' && s[1] != 'X' {
		return false
	}
	for i := 2; i < 6; i++ {
		b := s[i] | 0x20
		if (b < '0' || b > '9') && (b < 'a' || b > 'f') {
			return false
		}
	}
	return true
}
