package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// frontSheet is the sheet that one looks at first.
const frontSheet = "Summary"

// binder makes a workbook of several tables. How cells look is settled before the first row, so that the sheets can be
// written side by side, each for itself.
type binder struct {
	about  *book
	books  []*book
	looks  *looks
	effort effort
}

func newBinder(about exporters.Table, tables []exporters.Table, effort effort) (*binder, error) {
	if len(tables) == 0 {
		return nil, fmt.Errorf("table %q: a workbook of several tables has none", about.Name)
	}
	looks := fixedLooks(tables)
	b := &binder{about: newBook(about, looks), looks: looks, effort: effort}
	for _, t := range tables {
		b.books = append(b.books, newBook(t, looks))
	}
	return b, nil
}

// begin adds what cells count on whatever sheets there are, and the sheet that one looks at first, which is written another
// way than others are. The texts of headers stand in the list of shared ones, so that they come first there.
func (b *binder) begin(f *excelize.File, front string) error {
	if err := inTurn(func() error { return b.looks.addStyles(f) }, func() error { return newSheet(f, front) }); err != nil {
		return err
	}
	for _, book := range b.books {
		for _, heading := range book.headings {
			if err := f.SetCellStr(front, "A1", heading); err != nil {
				return err
			}
		}
	}
	return nil
}

// alone is what stands before and behind the rows of a sheet of data. Nothing of it depends on how many rows or other
// sheets there are.
func (b *binder) alone(book *book, widths []float64) (head, tail []byte, err error) {
	f, err := newFile()
	if err != nil {
		return nil, nil, err
	}
	if err := b.begin(f, frontSheet); err != nil {
		return nil, nil, err
	}
	if err := book.addSheet(f, "Data", tableName("Data", 1), 0, widths); err != nil {
		return nil, nil, err
	}
	parts, err := collect(f)
	if err != nil {
		return nil, nil, err
	}
	return parts.split(sheetPart(2))
}

// Bind writes the workbook: what the zip begins with, the sheets out of their spools, and all the rest.
func (b *binder) Bind(w io.Writer, cover exporters.Cover) ([][]string, error) {
	bound, err := b.bind(cover)
	if err != nil {
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	z := newArchive(w, b.effort)
	err = inTurn(
		func() error { return z.add(bound.parts, firstParts...) },
		func() error { return bound.copySheets(z) },
		func() error { return z.add(bound.parts, bound.parts.names()...) },
		z.Close,
	)
	if err != nil {
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	var sheets [][]string
	for _, c := range bound.chapters {
		sheets = append(sheets, c.sheets)
	}
	return sheets, nil
}

// bound is a workbook while it is bound.
type bound struct {
	*binder
	exporters.Cover
	file     *excelize.File
	names    names
	chapters []*chapter
	parts    parts
}

// chapter is the sheets of a table.
type chapter struct {
	exporters.Chapter
	*book
	part    *part    // nil if the table is missing
	sheets  []string // of data
	first   int      // which of all sheets is the first of them, from 1
	summary string   // the sheet of what the rows come to; empty if there is none
}

// bind builds all parts but the rows.
func (b *binder) bind(cover exporters.Cover) (*bound, error) {
	if len(cover.Chapters) != len(b.books) {
		return nil, fmt.Errorf("%d tables of %d", len(cover.Chapters), len(b.books))
	}
	f, err := newFile()
	if err != nil {
		return nil, err
	}
	made := &bound{binder: b, Cover: cover, file: f, names: names{}}
	front, about := made.names.take(frontSheet), made.names.take("About")
	err = inTurn(
		func() error { return b.about.describe(f) },
		func() error { return b.begin(f, front) },
		made.addChapters,
		func() error { return made.addFront(front, about) },
		func() error { return made.addAbout(about) },
	)
	if err != nil {
		return nil, err
	}
	made.parts, err = collect(f)
	return made, err
}

func (b *bound) addChapters() error {
	for i, c := range b.Chapters {
		made := &chapter{Chapter: c, book: b.books[i], first: len(b.file.GetSheetList()) + 1}
		made.part, _ = c.Part.(*part)
		b.chapters = append(b.chapters, made)
		if c.Part != nil && made.part == nil {
			return errors.New("a part of another book")
		}
		add := b.addData
		if c.Part == nil {
			add = b.addMissing
		}
		if err := add(made); err != nil {
			return fmt.Errorf("table %q: %w", made.table.Name, err)
		}
	}
	return nil
}

// addData adds the sheets of a table, and the one of what its rows come to.
func (b *bound) addData(c *chapter) error {
	for i, rows := range c.part.rows {
		name := b.names.take(c.sheetName(i + 1))
		c.sheets = append(c.sheets, name)
		if err := c.addSheet(b.file, name, b.names.table(tableName(c.sheet, i+1)), rows, c.part.widths.widths()); err != nil {
			return err
		}
	}
	ending := *c.book
	ending.ending = c.part.ending(c.Facts)
	c.book = &ending
	if len(c.ending.sections) == 0 || c.ending.rows == 0 {
		return nil
	}
	const end = " summary"
	c.summary = b.names.take(clipUnits(c.sheet, excelize.MaxSheetNameLength-len(end)) + end)
	return c.addSummary(b.file, c.summary)
}

// addMissing adds a sheet that says why there are no rows.
func (b *bound) addMissing(c *chapter) error {
	name := b.names.take(c.sheetName(1))
	c.sheets = append(c.sheets, name)
	s, err := c.addPaper(b.file, name, missingTab, []float64{26, wrapWidth})
	if err != nil {
		return err
	}
	s.text(1, "This report is missing: it could not be made.", missingLook())
	s.row += 2
	s.fact("Why", c.Notes...)
	for _, fact := range c.Facts {
		s.fact(fact.Name, fact.Values...)
	}
	return s.err
}

// copySheets takes the sheets of data out of their spools. They must begin and end as the workbook has them, or else
// styles and tables would be others than those that their cells count on.
func (b *bound) copySheets(z *archive) error {
	for _, c := range b.chapters {
		if c.part == nil {
			continue
		}
		for i, s := range c.part.streams {
			name := sheetPart(c.first + i)
			head, tail, err := b.parts.split(name)
			if err != nil {
				return err
			}
			if !bytes.Equal(head, s.head) || !bytes.Equal(tail, s.tail) {
				return fmt.Errorf("sheet %q is not the one that was begun", c.sheets[i])
			}
			if err := z.raw(name, *s, c.Spool); err != nil {
				return err
			}
		}
	}
	return nil
}

// names are those that sheets and tables of a workbook have, in small letters.
type names map[string]bool

// take is a name that no other sheet has.
func (n names) take(name string) string {
	unique := name
	for i := 2; n[strings.ToLower(unique)]; i++ {
		mark := "~" + strconv.Itoa(i)
		unique = clipUnits(name, excelize.MaxSheetNameLength-len(mark)) + mark
	}
	n[strings.ToLower(unique)] = true
	return unique
}

// table is a name that no other table has. Sheets may be called the same, since a blank is in front of what is noted here.
func (n names) table(name string) string {
	unique := name
	for i := 2; n[" "+strings.ToLower(unique)]; i++ {
		unique = name + "_" + strconv.Itoa(i)
	}
	n[" "+strings.ToLower(unique)] = true
	return unique
}
