package exporters

import "io"

// Book makes one file of several tables. The rows of each are a part of their own, which lies in a spool until all parts
// are there, so that many can be written at once, and one that fails leaves nothing in the file. Which part was written
// first changes nothing about the file.
type Book interface {
	// Part begins the rows of the i-th table. They go to the spool as they come; memory does not grow with their number.
	// Part may be called by several goroutines at once, for each table by one.
	Part(i int, spool io.Writer) (Writer, error)
	// Bind writes the file, once, when every part was closed. It names the sheets on which each table stands.
	Bind(w io.Writer, cover Cover) (sheets [][]string, err error)
}

// Cover is what is known of a book when its parts are there.
type Cover struct {
	Facts    []Fact    // about the book as a whole
	Chapters []Chapter // one for each table, in their order
}

// Chapter is what is known of one of a book's tables.
type Chapter struct {
	Part    Writer      // as Book.Part gave it, closed; nil if the table is missing
	Spool   io.ReaderAt // what was written there
	Window  string      // what the rows are of, for people
	Rows    int64
	Verdict string
	Mood    Mood     // what the verdict means
	Notes   []string // why the verdict is what it is or, in place of a table that is missing, why that is so
	Facts   []Fact
}
