package xlsx

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
)

// stylesPart holds the fonts.
const stylesPart = "xl/styles.xml"

var (
	fontElement = regexp.MustCompile(`(?s)<font>(.*?)</font>`)
	fontDetail  = regexp.MustCompile(`<(\w+)[^>]*></\w+>`)
)

// fontOrder is the order in which the schema of ECMA-376, part 1, 18.8.22 wants a font's details.
var fontOrder = [...]string{"b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family", "charset", "scheme"}

// sortFonts puts the details of fonts in that order. excelize writes them in another, which Excel forgives and strict
// readers do not.
func sortFonts(styles []byte) []byte {
	return fontElement.ReplaceAllFunc(styles, func(font []byte) []byte {
		details := fontDetail.FindAllSubmatch(font, -1)
		size := len("<font></font>")
		for _, detail := range details {
			size += len(detail[0])
		}
		if size != len(font) {
			return font // not as excelize writes it: better unsorted than cut
		}
		slices.SortStableFunc(details, func(a, b [][]byte) int { return cmp.Compare(rank(a[1]), rank(b[1])) })
		var sorted bytes.Buffer
		sorted.WriteString("<font>")
		for _, detail := range details {
			sorted.Write(detail[0])
		}
		sorted.WriteString("</font>")
		return sorted.Bytes()
	})
}

func rank(name []byte) int { return slices.Index(fontOrder[:], string(name)) }
