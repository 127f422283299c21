package main

import (
	"encoding/xml"
	"fmt"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// dataTable begins the names of the tables on those sheets of a workbook that hold rows. Other sheets are about the rows.
const dataTable = "data_"

// dataSheets are the names of the sheets with rows, in their order: those on which there is a table of such a name. What
// excelize has of tables would have it hold the whole sheet in memory.
func dataSheets(book *excelize.File) ([]string, error) {
	var list struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := readPart(book, "xl/workbook.xml", &list); err != nil {
		return nil, err
	}
	targets, err := relations(book, "xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, sheet := range list.Sheets {
		ours, err := holdsRows(book, targets[sheet.ID].path)
		if err != nil {
			return nil, err
		}
		if ours {
			names = append(names, sheet.Name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no sheet has a table named %s…, as those with rows have", dataTable)
	}
	return names, nil
}

// holdsRows tells whether the sheet of a part has a table of rows.
func holdsRows(book *excelize.File, sheet string) (bool, error) {
	targets, err := relations(book, sheet)
	if err != nil {
		return false, err
	}
	for _, target := range targets {
		if !strings.HasSuffix(target.kind, "/table") {
			continue
		}
		var table struct {
			Name string `xml:"displayName,attr"`
		}
		if err := readPart(book, target.path, &table); err != nil {
			return false, err
		}
		if strings.HasPrefix(table.Name, dataTable) {
			return true, nil
		}
	}
	return false, nil
}

// relation is what a part refers to.
type relation struct{ kind, path string }

// relations are those of a part by their ids, none if it has none.
func relations(book *excelize.File, part string) (map[string]relation, error) {
	folder, file := path.Split(part)
	name := folder + "_rels/" + file + ".rels"
	if _, ok := book.Pkg.Load(name); !ok {
		return nil, nil
	}
	var list struct {
		Relationships []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := readPart(book, name, &list); err != nil {
		return nil, err
	}
	all := map[string]relation{}
	for _, r := range list.Relationships {
		target := path.Join(folder, r.Target)
		if strings.HasPrefix(r.Target, "/") {
			target = strings.TrimPrefix(r.Target, "/")
		}
		all[r.ID] = relation{r.Type, target}
	}
	return all, nil
}

func readPart(book *excelize.File, name string, into any) error {
	content, _ := book.Pkg.Load(name)
	text, ok := content.([]byte)
	if !ok {
		return fmt.Errorf("part %s is missing", name)
	}
	if err := xml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	return nil
}
