package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// parts are the files within the zip, by name.
type parts map[string][]byte

// firstParts do not depend on the rows. By the name of the first, programs know a zip as an Office file.
var firstParts = []string{"_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml"}

// sheetPart is the name of the n-th sheet's part.
func sheetPart(n int) string { return "xl/worksheets/sheet" + strconv.Itoa(n) + ".xml" }

// names are the parts' names in order.
func (p parts) names() []string { return slices.Sorted(maps.Keys(p)) }

// split cuts a sheet where its rows end.
func (p parts) split(name string) (head, tail []byte, err error) {
	const end = "</sheetData>"
	head, tail, found := bytes.Cut(p[name], []byte(end))
	if !found {
		return nil, nil, fmt.Errorf("part %s has no rows", name)
	}
	return head, append([]byte(end), tail...), nil
}

// collect takes the parts of a workbook as excelize would write them.
func collect(f *excelize.File) (parts, error) {
	c := collector{}
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return c })
	if err := f.Write(io.Discard); err != nil {
		return nil, err
	}
	parts := parts{}
	for name, content := range c {
		parts[name] = content.Bytes()
	}
	parts.mend()
	return parts, nil
}

// collector is a zip that keeps its parts.
type collector map[string]*bytes.Buffer

func (c collector) Create(name string) (io.Writer, error) {
	c[name] = new(bytes.Buffer)
	return c[name], nil
}

func (collector) AddFS(fs.FS) error { return fmt.Errorf("folders are not parts of a workbook") }

func (collector) Close() error { return nil }
