package xlsx

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"regexp"
	"slices"
)

var seriesElement = regexp.MustCompile(`(?s)<ser>(.*?)</ser>`)

// The order in which the schema of ECMA-376, part 1, 21.2.2 wants the details of a series, and all that it may have.
var (
	lineOrder = []string{"idx", "order", "tx", "spPr", "marker", "dPt", "dLbls", "cat", "val", "smooth"}
	barOrder  = []string{"idx", "order", "tx", "spPr", "invertIfNegative", "dPt", "dLbls", "cat", "val"}
)

// sortSeries puts the details of a chart's series in that order, and leaves out what such a chart does not have. excelize
// writes those of all charts alike.
func sortSeries(chart []byte) []byte {
	order := barOrder
	if bytes.Contains(chart, []byte("<lineChart>")) {
		order = lineOrder
	}
	return seriesElement.ReplaceAllFunc(chart, func(series []byte) []byte {
		details, ok := children(series)
		if !ok {
			return series
		}
		rank := func(d detail) int { return slices.Index(order, d.name) }
		details = slices.DeleteFunc(details, func(d detail) bool { return rank(d) < 0 })
		slices.SortStableFunc(details, func(a, b detail) int { return cmp.Compare(rank(a), rank(b)) })
		sorted := []byte("<ser>")
		for _, d := range details {
			sorted = append(sorted, d.text...)
		}
		return append(sorted, "</ser>"...)
	})
}

// detail is an element within another.
type detail struct {
	name string
	text []byte
}

// children are the elements right below the only one of a text.
func children(text []byte) (details []detail, ok bool) {
	d := xml.NewDecoder(bytes.NewReader(text))
	depth := 0
	for begin := int64(0); ; {
		at := d.InputOffset()
		token, err := d.RawToken()
		if err != nil {
			return details, depth == 0
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				begin = at
				details = append(details, detail{name: t.Name.Local})
			}
		case xml.EndElement:
			if depth--; depth == 1 {
				details[len(details)-1].text = text[begin:d.InputOffset()]
			}
		}
	}
}
