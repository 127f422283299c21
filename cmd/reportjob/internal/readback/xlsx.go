package readback

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// xlsxReader reads the data sheets of a workbook. Libraries that read workbooks hold them in memory, or unpack them onto
// the disk; the sheets' XML is simple enough to be read as it comes.
type xlsxReader struct {
	zip     *zip.Reader
	shared  []string
	sheets  []string // parts still to be read
	part    fs.File  // of the current sheet
	scanner *scanner
	number  int // of the last row, as its sheet counts
	names   []string
	mixed   bool // the sheets have columns of their own each, as those of a bundle
	row     [][]byte
	text    []byte // of the row's cells
	rows    int64
}

func openZip(f *os.File) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return zip.NewReader(f, info.Size())
}

func newXLSX(f *os.File) (*xlsxReader, error) {
	z, err := openZip(f)
	if err != nil {
		return nil, err
	}
	sheets, err := dataSheets(z)
	if err != nil {
		return nil, err
	}
	return newSheets(z, parts(sheets))
}

// newSheets reads these parts of a workbook, at least one.
func newSheets(z *zip.Reader, parts []string) (r *xlsxReader, err error) {
	r = &xlsxReader{zip: z, sheets: parts}
	if r.shared, err = shared(z); err != nil {
		return nil, err
	}
	if err := r.nextSheet(); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *xlsxReader) header() []string { return r.names }

func (r *xlsxReader) close() error {
	if r.part == nil {
		return nil
	}
	err := r.part.Close()
	r.part = nil
	return err
}

// nextSheet begins the next sheet and reads its header.
func (r *xlsxReader) nextSheet() (err error) {
	if err := r.close(); err != nil {
		return err
	}
	name := r.sheets[0]
	r.sheets = r.sheets[1:]
	if r.part, err = r.zip.Open(name); err != nil {
		return err
	}
	r.scanner, r.number = newScanner(r.part), 0
	if err := r.scanner.find("sheetData"); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	header, err := r.read()
	if errors.Is(err, io.EOF) {
		err = errors.New("it has no header")
	}
	if err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	if r.mixed {
		r.names = nil
	}
	first := r.names == nil
	for i, cell := range header {
		if first {
			r.names = append(r.names, string(cell))
		} else if i >= len(r.names) || r.names[i] != string(cell) {
			return fmt.Errorf("part %s: column %d is %q, unlike on the first sheet", name, i+1, cell)
		}
	}
	return nil
}

func (r *xlsxReader) next() ([][]byte, error) {
	for {
		row, err := r.read()
		switch {
		case err == nil:
			r.rows++
			if len(row) > len(r.names) {
				return nil, fmt.Errorf("row %d has %d cells, expected %d", r.rows, len(row), len(r.names))
			}
			for len(row) < len(r.names) {
				row = append(row, nil)
			}
			r.row = row
			return row, nil
		case !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("row %d: %w", r.rows+1, err)
		case len(r.sheets) == 0:
			return nil, io.EOF
		}
		if err := r.nextSheet(); err != nil {
			return nil, err
		}
	}
}

// read reads a row of the sheet; io.EOF says that there is none.
func (r *xlsxReader) read() ([][]byte, error) {
	tag, err := r.scanner.tag()
	switch {
	case err != nil:
		return nil, unfinished(err)
	case tag.name == "/sheetData":
		return nil, io.EOF
	case tag.name != "row":
		return nil, fmt.Errorf("unexpected <%s>", tag.name)
	}
	r.number++
	if n := tag.attribute("r"); n != "" && n != strconv.Itoa(r.number) {
		return nil, fmt.Errorf("it is numbered %s on its sheet, expected %d", n, r.number)
	}
	r.row, r.text = r.row[:0], r.text[:0]
	for !tag.closed {
		if tag, err = r.scanner.tag(); err != nil {
			return nil, unfinished(err)
		}
		if tag.name == "/row" {
			break
		}
		if tag.name != "c" {
			return nil, fmt.Errorf("unexpected <%s>", tag.name)
		}
		if err := r.cell(tag); err != nil {
			return nil, err
		}
	}
	return r.row, nil
}

// maxColumns is what a sheet holds.
const maxColumns = 16384

// cell reads a cell into the place that its name gives it.
func (r *xlsxReader) cell(tag tag) error {
	column := columnOf(tag.attribute("r"))
	if column == 0 {
		column = len(r.row) + 1
	}
	if column <= len(r.row) || column > maxColumns {
		return fmt.Errorf("cell %q is out of its order", tag.attribute("r"))
	}
	for len(r.row) < column-1 {
		r.row = append(r.row, nil)
	}
	kind := tag.attribute("t")
	start := len(r.text)
	if !tag.closed {
		var err error
		if r.text, err = r.scanner.content(r.text); err != nil {
			return unfinished(err)
		}
	}
	text := r.text[start:len(r.text):len(r.text)]
	switch kind {
	case "s":
		n, err := strconv.Atoi(string(text))
		if err != nil || n < 0 || n >= len(r.shared) {
			return fmt.Errorf("there is no shared text %q", clip(text))
		}
		text = unescape([]byte(r.shared[n]))
	case "inlineStr", "str":
		text = unescape(text)
	case "e":
		return fmt.Errorf("a cell is the error %q", clip(text))
	}
	r.row = append(r.row, text)
	return nil
}

// columnOf is the number of a cell's column, 1 for A7; 0 if it has no name.
func columnOf(cell string) (n int) {
	for i := range len(cell) {
		if cell[i] < 'A' || cell[i] > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(cell[i]-'A') + 1
	}
	return n
}

// unescape undoes _xHHHH_ in its place, by which Excel writes what XML cannot hold.
func unescape(text []byte) []byte {
	kept := text[:0]
	for i := 0; i < len(text); i++ {
		if text[i] != '_' || i+6 >= len(text) || text[i+1] != 'x' || text[i+6] != '_' {
			kept = append(kept, text[i])
			continue
		}
		n, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16)
		if err != nil {
			kept = append(kept, text[i])
			continue
		}
		kept = append(kept, string(rune(n))...) // at most three bytes for seven
		i += 6
	}
	return kept
}
