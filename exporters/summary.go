package exporters

import (
	"cmp"
	"fmt"
	"slices"
)

// Summary makes the blocks of a table while its rows stream by, in memory that does not grow with their number. Sums are
// exact, whatever the numbers and their decimals.
type Summary struct {
	blocks []*summed
}

// summed is a block on its way.
type summed struct {
	Block
	by, split, sum int // the places of its columns, -1 for none
	table          Table
	all            *tally  // of one value: all rows
	series         *series // of stretches of time
	lines          *tally  // of values, if they are no stretches
	splits         *tally  // the values of split, by the number of the part
	recent         Cell    // the split's value in the row before, which is often that of the next one, too
	recently       int     // its part
}

const (
	mostLines  = 100 // of a block that shows all values
	mostParts  = 8   // shown of a split
	knownParts = 32  // counted of a split
)

// NewSummary begins the summary of a table. A block that names a column which the table does not have is left out, since
// columns can be hidden; one that cannot be made of the columns is an error.
func NewSummary(table Table) (*Summary, error) {
	s := &Summary{}
	for _, b := range table.Summary {
		hidden := func(name string) bool { return name != "" && table.column(name) < 0 }
		if hidden(b.By) || hidden(b.Split) || hidden(b.Sum) {
			continue
		}
		if err := table.checkBlock(b); err != nil {
			return nil, fmt.Errorf("table %q: summary %q: %w", table.Name, b.Title, err)
		}
		s.blocks = append(s.blocks, newSummed(b, table))
	}
	return s, nil
}

func newSummed(b Block, table Table) *summed {
	s := &summed{
		Block: b, table: table, by: table.column(b.By), split: table.column(b.Split), sum: table.column(b.Sum),
		all: newTally(1), splits: newTally(knownParts),
	}
	s.all.find(Null)
	switch {
	case b.Every != NoStretch:
		s.series = newSeries(b.Every, table.Location())
	case b.By != "":
		s.lines = newTally(tallyRoom)
	}
	return s
}

// Add counts a row.
func (s *Summary) Add(row Row) {
	for _, b := range s.blocks {
		b.add(row)
	}
}

func (s *summed) add(row Row) {
	amount := Cell{kind: Int, num: 1}
	if s.sum >= 0 {
		amount = row[s.sum]
	}
	part := 0
	if s.split >= 0 {
		part = s.part(row[s.split])
	}
	s.all.addTo(0, part, amount)
	switch {
	case s.series != nil:
		s.series.add(row[s.by], part, amount)
	case s.lines != nil:
		s.lines.add(row[s.by], part, amount)
	}
}

// part is the number of a value of the split, from 1; 0 if there are too many values already.
func (s *summed) part(value Cell) int {
	if value != s.recent || s.recently == 0 {
		s.recent, s.recently = value, s.look(value)
	}
	return s.recently
}

func (s *summed) look(value Cell) int {
	if i, ok := s.splits.known(value); ok {
		return i + 1
	}
	if len(s.splits.entries) == knownParts {
		return 0
	}
	return s.splits.find(value) + 1
}

// Section is a block with its numbers.
type Section struct {
	Title  string
	Chart  Chart
	By     Column  // whose values the lines are; the zero Column if there is one line, for all rows
	Every  Stretch // what the lines are stretches of, never HourOrDay
	Sum    Column  // what the numbers are: a column, or "rows"
	Split  Column  // whose values part the numbers
	Splits []Cell  // these values, in their order
	Others bool    // the numbers have one part more, of all other values
	Lines  []Line
	All    Line // of all rows, whether their lines are shown or not
	// AtLeast tells that there were too many different values to count them all: each number may be too low by Missed,
	// and so may be what is not listed. With amounts below zero, they may as well be too high.
	AtLeast bool
	Missed  Cell
	Note    string // in a sentence, what is worth knowing about the lines
}

// Line is what rows of a value, or of a stretch of time, come to.
type Line struct {
	Label Cell // null: rows without a value; an hour is the instant when it begins, a longer stretch its first day
	Total Cell
	Parts []Cell // by the values of the split
}

// Sections are the blocks with their numbers, in the order in which they were declared.
func (s *Summary) Sections() []Section {
	var sections []Section
	for _, b := range s.blocks {
		sections = append(sections, b.section())
	}
	return sections
}

func (s *summed) section() Section {
	section := Section{Title: s.Title, Chart: s.Chart, Sum: Column{Name: "rows", Kind: Int}}
	if s.sum >= 0 {
		section.Sum = s.table.Columns[s.sum]
	}
	parts := s.parts(&section)
	section.All = s.line(section, s.all, 0, parts)
	switch {
	case s.series != nil:
		section.By, section.Every = s.table.Columns[s.by], s.series.stretch
		s.stretches(&section, parts)
	case s.lines != nil:
		section.By = s.table.Columns[s.by]
		s.list(&section, parts)
	default:
		section.Lines = []Line{section.All}
	}
	return section
}

// parts are the numbers of the parts that are shown: those with the most, in the order of their values.
func (s *summed) parts(section *Section) []int {
	if s.split < 0 {
		return nil
	}
	section.Split = s.table.Columns[s.split]
	parts := make([]int, len(s.splits.entries))
	for i := range parts {
		parts[i] = i + 1
	}
	if len(parts) > mostParts {
		slices.SortFunc(parts, func(a, b int) int {
			return cmp.Or(s.all.part(0, b).absolute().compare(s.all.part(0, a).absolute()), cmp.Compare(a, b))
		})
		parts, section.Others = parts[:mostParts], true
	}
	label := func(part int) Cell { return s.splits.label(part - 1) }
	slices.SortFunc(parts, func(a, b int) int { return label(a).order(label(b)) })
	for _, part := range parts {
		section.Splits = append(section.Splits, label(part))
	}
	return parts
}

// line is a line of a tally. What the parts that are shown do not make up is that of the others.
func (s *summed) line(section Section, t *tally, i int, parts []int) Line {
	kind, total := section.Sum.Kind, t.part(i, 0)
	line := Line{Label: t.label(i), Total: total.cell(kind)}
	rest := total
	for _, part := range parts {
		line.Parts = append(line.Parts, t.part(i, part).cell(kind))
		rest = rest.minus(t.part(i, part))
	}
	if section.Others {
		line.Parts = append(line.Parts, rest.cell(kind))
	}
	return line
}

// stretches are the lines of a series, those without rows among them.
func (s *summed) stretches(section *Section, parts []int) {
	nothing := newTally(1)
	nothing.find(Null)
	for _, label := range s.series.labels() {
		line := s.line(*section, nothing, 0, parts)
		if i, ok := s.series.tally.known(label); ok {
			line = s.line(*section, s.series.tally, i, parts)
		}
		line.Label = label
		section.Lines = append(section.Lines, line)
	}
}

// list is the lines of values: those with the most, or all.
func (s *summed) list(section *Section, parts []int) {
	t, top := s.lines, s.Top
	if top == 0 {
		top = mostLines
	}
	order := make([]int, len(t.entries))
	for i := range order {
		order[i] = i
	}
	value := t.order
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(t.part(b, 0).compare(t.part(a, 0)), value(a, b)) })
	shown := order[:min(top, len(order))]
	s.judge(section, shown)
	if s.Top == 0 {
		slices.SortFunc(shown, value)
	}
	for _, i := range shown {
		section.Lines = append(section.Lines, s.line(*section, t, i, parts))
	}
	if more := len(t.entries) - len(shown); more > 0 && !t.forgot {
		section.Note = fmt.Sprintf("The %d with the most of %d.", len(shown), len(t.entries))
	}
}

// judge tells whether the lines are exact although values were forgotten: if none of those shown ever was, and none of the
// others can have come to as much.
func (s *summed) judge(section *Section, shown []int) {
	t := s.lines
	if !t.forgot || len(shown) == 0 {
		return
	}
	least := t.part(shown[len(shown)-1], 0)
	section.AtLeast = least.compare(t.lost) <= 0
	for i := range t.entries {
		if missed := t.missed(i); !missed.isZero() && (slices.Contains(shown, i) || least.compare(t.most(i)) <= 0) {
			section.AtLeast = true
		}
	}
	section.Note = fmt.Sprintf("The %d with the most of more than %d.", len(shown), tallyRoom)
	if section.AtLeast {
		section.Missed = t.lost.cell(section.Sum.Kind)
		section.Note = fmt.Sprintf("At least so much each. There are more than %d different values; of any, up to %s may have been missed.",
			tallyRoom, section.Missed.Append(nil, nil))
	}
}
