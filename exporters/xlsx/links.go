package xlsx

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxLinked is how long a text in a formula may be, in UTF-16 units.
const maxLinked = 255

// linkable tells whether a text as a whole is an address of the web that may stand in a formula: nothing in it ends the
// text there, or is read as something else than it is.
func linkable(s string) bool {
	host, ok := strings.CutPrefix(s, "https://")
	if !ok {
		host, ok = strings.CutPrefix(s, "http://")
	}
	if !ok || host == "" || strings.IndexByte("/?#:@", host[0]) >= 0 {
		return false
	}
	units := 0
	for i, r := range s {
		if r == '"' || r == ' ' || !unicode.IsPrint(r) || r == '_' && looksEscaped(s[i:]) {
			return false
		}
		units += utf16.RuneLen(r)
	}
	return units <= maxLinked
}

// appendLink appends an address that can be clicked, as a formula with its value beside it: readers of values read the
// address. True hyperlinks would stand behind the rows, for which all of them had to be held in memory, and a sheet has
// at most 65,530.
func (e *encoder) appendLink(dst []byte, address string) []byte {
	dst = append(dst, e.looks.attribute(link)...)
	dst = appendText(append(dst, `" t="str"><f>HYPERLINK("`...), address)
	dst = appendText(append(dst, `")</f><v>`...), address)
	return append(dst, "</v></c>"...)
}
