package readback

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// What a workbook's parts are read into: no more of them than tells data sheets from others.
type (
	relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	workbook struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	tablePart struct {
		Name string `xml:"displayName,attr"`
	}
	sharedStrings struct {
		Items []struct {
			Text string `xml:"t"`
			Runs []struct {
				Text string `xml:"t"`
			} `xml:"r"`
		} `xml:"si"`
	}
)

// dataTable begins the names of the tables that lie over data, and over nothing else.
const dataTable = "data_"

// smallPart is more than any part but those of sheets takes. What is larger is not ours.
const smallPart = 64 << 20

// sheet is a sheet of a workbook, and the part that it is in.
type sheet struct{ name, part string }

func parts(sheets []sheet) (list []string) {
	for _, s := range sheets {
		list = append(list, s.part)
	}
	return list
}

// dataSheets are the sheets that hold rows of the report, in their order. They are known by their tables;
// in a workbook that has none, the first sheet is one, and those that bear its name and a number behind it are others.
func dataSheets(z *zip.Reader) ([]sheet, error) {
	var book workbook
	if err := decode(z, "xl/workbook.xml", &book); err != nil {
		return nil, err
	}
	targets, err := related(z, "xl/workbook.xml", "")
	if err != nil {
		return nil, err
	}
	var byTable, byName []sheet
	for i, entry := range book.Sheets {
		this := sheet{entry.Name, targets[entry.ID]}
		tables, err := related(z, this.part, "/table")
		if err != nil {
			return nil, err
		}
		for _, name := range tables {
			var table tablePart
			if err := decode(z, name, &table); err != nil {
				return nil, err
			}
			if strings.HasPrefix(table.Name, dataTable) {
				byTable = append(byTable, this)
			}
		}
		if i == 0 || continues(book.Sheets[0].Name, entry.Name) {
			byName = append(byName, this)
		}
	}
	if byTable == nil {
		byTable = byName
	}
	if byTable == nil {
		return nil, errors.New("the workbook has no sheets")
	}
	return byTable, nil
}

// continues tells whether a sheet's name is the first one's with " (2)" or another number behind it. A long name was cut
// to make room for that.
func continues(first, name string) bool {
	i := strings.LastIndex(name, " (")
	return i > 0 && strings.HasSuffix(name, ")") && strings.Trim(name[i+2:len(name)-1], "0123456789") == "" && strings.HasPrefix(first, name[:i])
}

// related is the parts that a part refers to, by the reference's id; of the types with this end.
func related(z *zip.Reader, part, kind string) (map[string]string, error) {
	folder, name := path.Split(part)
	var r relations
	if err := decode(z, folder+"_rels/"+name+".rels", &r); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	parts := map[string]string{}
	for _, one := range r.All {
		target := path.Join(folder, one.Target)
		if rooted, ok := strings.CutPrefix(one.Target, "/"); ok {
			target = rooted
		}
		if strings.HasSuffix(one.Type, kind) {
			parts[one.ID] = target
		}
	}
	return parts, nil
}

// shared is the texts that cells refer to by their numbers.
func shared(z *zip.Reader) ([]string, error) {
	var all sharedStrings
	if err := decode(z, "xl/sharedStrings.xml", &all); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var texts []string
	for _, item := range all.Items {
		text := item.Text
		for _, run := range item.Runs {
			text += run.Text
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// decode reads a small part whole.
func decode(z *zip.Reader, name string, into any) error {
	f, err := z.Open(name)
	if err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	defer f.Close()
	if err := xml.NewDecoder(io.LimitReader(f, smallPart)).Decode(into); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	return nil
}
