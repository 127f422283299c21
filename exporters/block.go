package exporters

import (
	"fmt"
	"slices"
)

// mostTop is how many lines a list may ask for.
const mostTop = 100

// groups are the kinds whose values can be lines or parts of a summary; numbers, those that can be added up.
var (
	groups  = [...]Kind{Text, Code, List, Bool, Date, Int}
	numbers = [...]Kind{Int, Decimal, Money, Duration}
)

// CheckSummary tells which block of the summary cannot be made of the table's columns. It is meant for tables with all
// of their columns: a block over one that is hidden is no mistake, and is left out by NewSummary.
func (t Table) CheckSummary() error {
	for _, b := range t.Summary {
		for _, name := range []string{b.By, b.Split, b.Sum} {
			if name != "" && t.column(name) < 0 {
				return fmt.Errorf("summary %q: there is no column %q", b.Title, name)
			}
		}
		if err := t.checkBlock(b); err != nil {
			return fmt.Errorf("summary %q: %w", b.Title, err)
		}
	}
	return nil
}

// column is the place of a column, -1 if there is none of this name.
func (t Table) column(name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// kind is the kind of a column, 0 if there is none of this name.
func (t Table) kind(name string) Kind {
	if i := t.column(name); i >= 0 {
		return t.Columns[i].Kind
	}
	return 0
}

func (t Table) checkBlock(b Block) error {
	by, split, sum := t.kind(b.By), t.kind(b.Split), t.kind(b.Sum)
	switch {
	case b.Title == "":
		return fmt.Errorf("it has no title")
	case b.Every != NoStretch && !b.Every.fits(by):
		return fmt.Errorf("column %q has no times, or none as short, to be counted by", b.By)
	case b.Every == NoStretch && b.By != "" && !slices.Contains(groups[:], by):
		return fmt.Errorf("the values of column %q, of kind %s, cannot be lines", b.By, by)
	case b.Split != "" && (!slices.Contains(groups[:], split) || b.Split == b.By):
		return fmt.Errorf("column %q cannot part the lines", b.Split)
	case b.Sum != "" && !slices.Contains(numbers[:], sum):
		return fmt.Errorf("column %q, of kind %s, cannot be added up", b.Sum, sum)
	case b.Top < 0 || b.Top > mostTop || b.Top > 0 && (b.By == "" || b.Every != NoStretch):
		return fmt.Errorf("it cannot have the first %d lines", b.Top)
	}
	return b.checkChart()
}

// fits tells whether a column of the kind has such stretches.
func (s Stretch) fits(kind Kind) bool {
	switch s {
	case Hour, HourOrDay:
		return kind == Time
	case Day, Month, Year:
		return kind == Time || kind == Date
	}
	return false
}

func (b Block) checkChart() error {
	ok := false
	switch b.Chart {
	case NoChart:
		ok = true
	case Lines:
		ok = b.Every != NoStretch
	case Bars:
		ok = b.By != "" && b.Every == NoStretch
	case Stacked:
		ok = b.By != "" && b.Split != ""
	}
	if !ok {
		return fmt.Errorf("it has nothing to draw its chart of")
	}
	return nil
}

// CheckMarks tells which of the column's marks can never hold.
func (c Column) CheckMarks() error {
	for _, m := range c.Marks {
		ok := false
		switch c.Kind {
		case Text, Code:
			ok = m.Above == nil && m.Value != ""
		case Bool:
			ok = m.Above == nil && (m.Value == "true" || m.Value == "false")
		case Int, Duration:
			ok = m.Above != nil && m.Value == ""
		}
		if !ok || m.Mood < Good || m.Mood > Bad {
			return fmt.Errorf("column %q: a %s cannot be marked so: %+v", c.Name, c.Kind, m)
		}
	}
	return nil
}

// Mood is what a value of a text, a code or a truth means; 0 if no mark names it.
func (c Column) Mood(value Cell) Mood {
	text := string(value.Append(nil, nil))
	for _, m := range c.Marks {
		if m.Above == nil && m.Value == text {
			return m.Mood
		}
	}
	return 0
}
