package exporters

// Fact is something that is known about a table as a whole, such as whose data it is or why it is complete.
type Fact struct {
	Name   string   // for people, such as "Window"
	Values []string // one line each
}

// Describer is a Writer that has a place for facts about its table. It is told them once, after the last row and before
// Close.
type Describer interface {
	Describe([]Fact)
}

// Mood is what a value means to whoever looks for trouble.
type Mood uint8

// The moods. The zero Mood stands out in no way.
const (
	Good Mood = iota + 1
	Doubtful
	Bad
)

// Mark has the cells of a column that hold a value, or more than a number, stand out where a format has colours.
type Mark struct {
	Mood  Mood
	Value string // of a text, a code, or a truth ("true", "false")
	Above *int64 // of a whole number or a duration in seconds: every one above it
}

// Marked has cells with this value stand out.
func Marked(mood Mood, value string) Mark { return Mark{Mood: mood, Value: value} }

// MarkedAbove has numbers above this one stand out.
func MarkedAbove(mood Mood, n int64) Mark { return Mark{Mood: mood, Above: &n} }

// Block is one part of a summary: rows are counted, or a column of them is added up, while they stream by. A format that
// has no summaries passes over it.
//
// With By, each value of that column is a line of its own; with Every, each stretch of time of a column of times; with
// neither, the block is one line for all rows. With Split, each line has a number for each value of a second column, of
// which there should be few, besides the one for all.
type Block struct {
	Title string // for people, such as "Most requested domains"
	By    string // the name of a column
	Every Stretch
	Split string // the name of a column; the eight values with the most are shown, and the others together
	Sum   string // the name of a column of numbers, amounts or durations; rows are counted if it is empty
	Top   int    // how many lines there are at most, those with the most first; 0: all, in the order of their values
	Chart Chart
}

// Stretch is a length of time that lines of a summary are about.
type Stretch uint8

// The stretches. HourOrDay is hours where rows span three days at most, and days where they span more. Where rows span
// more stretches than anybody would look at, the next longer ones take their place.
const (
	NoStretch Stretch = iota
	Hour
	Day
	HourOrDay
	Month
	Year
)

// Chart is how a block is drawn.
type Chart uint8

// The charts.
const (
	NoChart Chart = iota
	Lines         // of a time series
	Bars          // of a list
	Stacked       // bars whose parts are the values of Split
)
