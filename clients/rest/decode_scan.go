package rest

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how many objects and lists may lie within each other: as many as encoding/json takes.
const deepest = 10_000

// wrong is the position that means that a text is not what was expected.
const wrong = -1

// What follows walks over JSON and refuses what encoding/json refuses. A text ends in a zero byte, which may stand nowhere
// in JSON, so that nothing has to look for the end. Positions are indexes of the text; wrong is none.

// space passes over blanks.
func space(text []byte, at int) int {
	for text[at] <= ' ' && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t') {
		at++
	}
	return at
}

// literal passes over a word such as null.
func literal(text []byte, at int, word string) int {
	if end := at + len(word); end <= len(text) && string(text[at:end]) == word {
		return end
	}
	return wrong
}

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// marked has the high bit set in the first byte of eight that is a quote, a backslash or a control character; bytes
// behind that one may have it by mistake.
func marked(x uint64) uint64 {
	quote, slash := x^lows*'"', x^lows*'\\'
	return ((quote-lows)&^quote | (slash-lows)&^slash | (x-lows*' ')&^x) & highs
}

// closing passes over a string, from its quote on. It is plain if its text is what stands between the quotes: nothing is
// escaped, and it is UTF-8.
func closing(text []byte, at int) (end int, plain bool) {
	from := at + 1
	at = from
	for at+8 <= len(text) {
		x := binary.LittleEndian.Uint64(text[at:])
		if found := marked(x) | x&highs; found != 0 {
			at += bits.TrailingZeros64(found) >> 3
			if text[at] == '"' {
				return at + 1, true
			}
			return closingOddly(text, from, at)
		}
		at += 8
	}
	return closingOddly(text, from, at)
}

// closingOddly passes over the rest of a string that holds escapes or letters beyond ASCII, or ends near the text's end.
func closingOddly(text []byte, from, at int) (end int, plain bool) {
	plain = true
	for {
		for at+8 <= len(text) {
			if found := marked(binary.LittleEndian.Uint64(text[at:])); found != 0 {
				at += bits.TrailingZeros64(found) >> 3
				break
			}
			at += 8
		}
		switch c := text[at]; {
		case c == '"':
			return at + 1, plain && utf8.Valid(text[from:at])
		case c == '\\':
			plain = false
			if at = escape(text, at); at == wrong {
				return wrong, false
			}
		case c < ' ':
			return wrong, false
		default:
			at++
		}
	}
}

// escape passes over an escape, from its backslash on.
func escape(text []byte, at int) int {
	switch text[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2
	case 'u':
		if at+6 <= len(text) && hex4(text[at+2:at+6]) >= 0 {
			return at + 6
		}
	}
	return wrong
}

// hex4 is the number that four hexadecimal digits make, negative if they are none.
func hex4(digits []byte) rune {
	var n rune
	for _, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		n = n<<4 | rune(c)
	}
	return n
}

// appendPlain appends the text of a string that closing has passed over, from between its quotes. What is not UTF-8 and
// halves of surrogate pairs become U+FFFD.
func appendPlain(to, s []byte) []byte {
	to = slices.Grow(to, len(s))
	for len(s) > 0 {
		switch c := s[0]; {
		case c == '\\' && s[1] == 'u':
			var r rune
			r, s = unescape(s)
			to = utf8.AppendRune(to, r)
		case c == '\\':
			to = append(to, unescaped(s[1]))
			s = s[2:]
		case c < utf8.RuneSelf:
			to = append(to, c)
			s = s[1:]
		default:
			r, size := utf8.DecodeRune(s)
			to = utf8.AppendRune(to, r)
			s = s[size:]
		}
	}
	return to
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unescape reads a letter that is escaped by its number, or by the two halves of it.
func unescape(s []byte) (r rune, rest []byte) {
	r, rest = hex4(s[2:6]), s[6:]
	if !utf16.IsSurrogate(r) {
		return r, rest
	}
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if whole := utf16.DecodeRune(r, hex4(rest[2:6])); whole != unicode.ReplacementChar {
			return whole, rest[6:]
		}
	}
	return unicode.ReplacementChar, rest
}

// digits passes over digits.
func digits(text []byte, at int) int {
	for '0' <= text[at] && text[at] <= '9' {
		at++
	}
	return at
}

// number passes over a number.
func number(text []byte, at int) int {
	if text[at] == '-' {
		at++
	}
	end := digits(text, at)
	if end == at || text[at] == '0' && end > at+1 {
		return wrong
	}
	if at = end; text[at] == '.' {
		if end = digits(text, at+1); end == at+1 {
			return wrong
		}
		at = end
	}
	if text[at] == 'e' || text[at] == 'E' {
		if at++; text[at] == '+' || text[at] == '-' {
			at++
		}
		if end = digits(text, at); end == at {
			return wrong
		}
		at = end
	}
	return at
}

// skip passes over a value, whatever it holds. Depth is how many objects and lists it lies in.
func skip(text []byte, at, depth int) int {
	switch text[at] {
	case '"':
		end, _ := closing(text, at)
		return end
	case '{':
		return skipMembers(text, at, depth+1)
	case '[':
		return skipElements(text, at, depth+1)
	case 't':
		return literal(text, at, "true")
	case 'f':
		return literal(text, at, "false")
	case 'n':
		return literal(text, at, "null")
	}
	return number(text, at)
}

func skipMembers(text []byte, at, depth int) int {
	if depth > deepest {
		return wrong
	}
	if at = space(text, at+1); text[at] == '}' {
		return at + 1
	}
	for {
		if at = colon(text, at); at == wrong {
			return wrong
		}
		if at = skip(text, space(text, at), depth); at == wrong {
			return wrong
		}
		switch at = space(text, at); text[at] {
		case ',':
			at = space(text, at+1)
		case '}':
			return at + 1
		default:
			return wrong
		}
	}
}

func skipElements(text []byte, at, depth int) int {
	if depth > deepest {
		return wrong
	}
	if at = space(text, at+1); text[at] == ']' {
		return at + 1
	}
	for {
		if at = skip(text, at, depth); at == wrong {
			return wrong
		}
		switch at = space(text, at); text[at] {
		case ',':
			at = space(text, at+1)
		case ']':
			return at + 1
		default:
			return wrong
		}
	}
}

// colon passes over the name of a member and the colon behind it.
func colon(text []byte, at int) int {
	if text[at] != '"' {
		return wrong
	}
	end, _ := closing(text, at)
	if end == wrong {
		return wrong
	}
	if at = space(text, end); text[at] != ':' {
		return wrong
	}
	return at + 1
}
