package readback

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// Inspect reads the files of one set side by side, row by row, and tells of each what columns and rows it has, and which
// of its cells say something else than those of the first intact file do. It tells the content of one that holds every cell
// exactly. It is a jobs.Inspect.
func Inspect(m jobs.Manifest, files []jobs.OpenFile) []jobs.Found {
	if len(m.Members) > 0 {
		return inspectBook(m, files)
	}
	found := make([]jobs.Found, len(files))
	columns, z, err := tableOf(m)
	if err != nil {
		for i := range found {
			found[i].Err = err
		}
		return found
	}
	c := comparison{columns: columns, zone: z}
	for i, f := range files {
		s, err := opened(f.Format, f.Content)
		if err != nil {
			found[i].Err = err
			continue
		}
		defer s.close()
		found[i].Columns = s.header()
		c.sides = append(c.sides, &side{source: s, name: f.Name, intact: f.Intact, found: &found[i], ready: true})
	}
	c.ask(m.Content, m.Columns)
	for c.step() {
	}
	for _, s := range c.sides {
		s.conclude()
	}
	return found
}

var _ jobs.Inspect = Inspect

func tableOf(m jobs.Manifest) ([]exporters.Column, *time.Location, error) {
	var columns []exporters.Column
	for _, c := range m.Columns {
		kind, err := exporters.ParseKind(c.Kind)
		if err != nil {
			return nil, nil, fmt.Errorf("the manifest's column %s: %w", c.Name, err)
		}
		columns = append(columns, exporters.Column{Name: c.Name, Kind: kind})
	}
	z, err := time.LoadLocation(m.Window.Zone)
	if err != nil {
		return nil, nil, fmt.Errorf("the manifest's zone: %w", err)
	}
	return columns, z, nil
}

// comparison is files being read side by side.
type comparison struct {
	columns []exporters.Column
	zone    *time.Location
	sides   []*side
	row     int64
}

// side is one of the files.
type side struct {
	source
	name    string
	intact  bool
	found   *jobs.Found
	ready   bool     // it may have another row
	cells   [][]byte // the current row's, as in the file
	text    []byte   // and as all formats have them in common
	common  [][]byte
	differ  int64         // how many cells were told to be others
	than    string        // the file that it was held against; empty if it was not
	content *jobs.Content // made of its cells; nil if nobody asks, or they do not tell
}

// step reads a row of every file that still has one, and compares them. It tells whether there may be more.
func (c *comparison) step() (more bool) {
	c.row++
	var first *side
	for _, s := range c.sides {
		if !s.ready || !s.read(c.columns, c.zone) {
			continue
		}
		more = true
		if first == nil && s.intact {
			first = s
		}
	}
	if first == nil {
		return more
	}
	for _, s := range c.sides {
		if s == first || !s.ready || len(s.common) != len(first.common) {
			continue
		}
		s.than = first.name
		for i := range s.common {
			if !same(first, s, i, c.columns[i].Kind) {
				s.tell(first, c.row, i, c.columns[i].Name)
			}
		}
	}
	return more
}

// read reads a row.
func (s *side) read(columns []exporters.Column, z *time.Location) bool {
	cells, err := s.safely()
	if err != nil {
		s.ready = false
		if !errors.Is(err, io.EOF) {
			s.found.Err = err
		}
		return false
	}
	s.found.Rows++
	s.cells, s.text, s.common = cells, s.text[:0], s.common[:0]
	if len(cells) != len(columns) {
		s.content = nil
		return true // which the header says, too
	}
	for i, cell := range cells {
		start := len(s.text)
		if len(cell) > 0 {
			s.text = s.source.common(s.text, cell, columns[i].Kind, z)
		}
		s.common = append(s.common, s.text[start:len(s.text):len(s.text)])
	}
	s.digest(columns)
	return true
}

// same tells whether two files say the same in a cell, as far as both can.
func same(a, b *side, i int, kind exporters.Kind) bool {
	x, y := a.common[i], b.common[i]
	if bytes.Equal(x, y) {
		return true
	}
	switch kind {
	case exporters.Time:
		xClock, xOffset, xKnown := bytes.Cut(x, []byte{offsetMark})
		yClock, yOffset, yKnown := bytes.Cut(y, []byte{offsetMark})
		return bytes.Equal(xClock, yClock) && (!xKnown || !yKnown || bytes.Equal(xOffset, yOffset))
	case exporters.Text, exporters.Code, exporters.List:
		return a.cuts && cutFrom(x, y) || b.cuts && cutFrom(y, x)
	}
	return false
}

// cutMark ends a text that did not fit its cell, and leastCut is less than what stands before it then.
const (
	cutMark  = "… [cut]"
	leastCut = 30_000
)

// cutFrom tells whether a text is the beginning of another one.
func cutFrom(short, long []byte) bool {
	kept, cut := bytes.CutSuffix(short, []byte(cutMark))
	return cut && len(kept) > leastCut && len(long) > len(kept) && bytes.HasPrefix(long, kept)
}

// told is how many cells of a file are named.
const told = 3

// tell notes that a cell differs.
func (s *side) tell(first *side, row int64, i int, column string) {
	if s.differ++; s.differ > told {
		return
	}
	s.found.Problems = append(s.found.Problems, fmt.Sprintf("row %d, column %s: it has %q, and %s has %q", row, column, clip(s.cells[i]), first.name, clip(first.cells[i])))
}

// conclude says how many cells more differ, or that the damage to the file is in none of them, and what its content is.
func (s *side) conclude() {
	if s.content != nil && s.found.Err == nil {
		s.found.Content = s.content.Sum()
	}
	switch more := s.differ - told; {
	case more > 0:
		s.found.Problems = append(s.found.Problems, fmt.Sprintf("%d more cells differ", more))
	case !s.intact && s.differ == 0 && s.than != "" && s.found.Err == nil:
		s.found.Problems = append(s.found.Problems, "its cells are those of "+s.than)
	}
}
