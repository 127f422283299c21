package xlsx

import (
	"bytes"
	"path"
	"regexp"
	"strconv"
)

// contentTypesPart says what each part is; in chartFolder are the charts.
const (
	contentTypesPart = "[Content_Types].xml"
	chartFolder      = "xl/charts"
)

// mend makes of what excelize writes what strict readers expect, and the same of the same.
func (p parts) mend() {
	p[stylesPart] = sortFonts(p[stylesPart])
	p[contentTypesPart] = p.onlyOurs(p[contentTypesPart])
	for name, content := range p {
		switch {
		case path.Ext(name) == ".vml":
			p[name] = numberShapes(content)
		case path.Dir(name) == chartFolder:
			p[name] = sortSeries(content)
		}
	}
}

var defaultType = regexp.MustCompile(`<Default Extension="([^"]*)"[^>]*></Default>`)

// onlyOurs takes the types of files that the workbook does not have out of the list. With notes and charts, excelize adds
// those of all pictures, in an order that is another each time.
func (p parts) onlyOurs(types []byte) []byte {
	return defaultType.ReplaceAllFunc(types, func(element []byte) []byte {
		extension := "." + string(defaultType.FindSubmatch(element)[1])
		for name := range p {
			if path.Ext(name) == extension {
				return element
			}
		}
		return nil
	})
}

var (
	shapeBlock = regexp.MustCompile(`<o:idmap v:ext="edit" data="(\d+)">`)
	shapeID    = []byte(`<v:shape id="_x0000_s1025"`)
)

// numberShapes gives each of a sheet's notes an id of its own, out of the 1,024 that the sheet has. In excelize they all
// have the same.
func numberShapes(drawing []byte) []byte {
	block := shapeBlock.FindSubmatch(drawing)
	if block == nil {
		return drawing
	}
	sheet, err := strconv.Atoi(string(block[1]))
	if err != nil {
		return drawing
	}
	pieces := bytes.Split(drawing, shapeID)
	numbered := pieces[0]
	for i, piece := range pieces[1:] {
		id := []byte(`<v:shape id="_x0000_s` + strconv.Itoa(sheet*1024+1+i) + `"`)
		numbered = bytes.Join([][]byte{numbered, id, piece}, nil)
	}
	return numbered
}
