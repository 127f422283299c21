// Package parquet writes tables as Apache Parquet, typed, so that DuckDB, Spark, BigQuery and their like read them without
// being told anything. It knows nothing of where rows come from and where the file goes.
//
// The types follow from the columns alone, never from the rows: the files of all windows of a report have one schema,
// and are read as one table. Every column may be null.
//
//	text, code, list         STRING; the items of a list joined by "; ", as in every format
//	int                      INT64
//	decimal, money           DECIMAL(38,9), which is BigQuery's NUMERIC: 29 digits before the point and 9 behind it
//	bool                     BOOLEAN
//	date                     DATE
//	time                     TIMESTAMP in microseconds, an instant; readers show it in their own zone
//	duration                 DECIMAL(18,9), in seconds, as in CSV; INTERVAL is read by few, and has no sign
//
// How many decimals a number had is not kept: 1.50 reads as 1.500000000. What a type cannot hold exactly, such as a
// number of 40 digits or one with 12 decimals, is null in its column rather than rounded, and stands as text in the last
// column, "overflow": a JSON object of column and value, null in nearly every row. Writer.Warnings counts such cells.
package parquet

import (
	"fmt"
	"io"

	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/reportjob/reportjob/exporters"
)

// Format is Parquet. Pages are compressed with Zstandard; columns, facts and zone stand in the file's metadata below
// keys that begin with "reportjob.".
func Format() exporters.Format {
	return exporters.Format{Name: "parquet", Ext: "parquet", MIME: "application/vnd.apache.parquet", New: newWriter}
}

// A row group is held in memory until it is full. It ends by rows or, where rows are long, by bytes, whichever comes
// first; neither depends on the machine.
const (
	groupRows   = 51_200
	groupBytes  = 16 << 20 // of values, before they are compressed
	pageBytes   = 64 << 10
	batchRows   = 64 // what the library takes at a time anyway
	batchBytes  = 1 << 20
	outBytes    = 64 << 10
	dictionary  = 128 << 10 // of a column; what goes beyond it in a row group is written plain
	createdName = "reportjob"
)

// writer gathers a batch of rows as values, and passes it on to the library's writer.
type writer struct {
	table  exporters.Table
	file   *exporters.File
	to     *parquetgo.GenericWriter[any]
	cells  *encoder
	batch  []parquetgo.Row
	n      int   // rows of the batch
	rows   int   // of the row group, the batch excepted
	bytes  int   // and of its values
	err    error // the first error; nothing is written after it
	closed bool
}

func newWriter(w io.Writer, table exporters.Table) (exporters.Writer, error) {
	if err := table.Check(); err != nil {
		return nil, err
	}
	p := &writer{table: table, file: exporters.NewFile(w), cells: newEncoder(table)}
	p.to = parquetgo.NewGenericWriter[any](p.file,
		schemaOf(table, p.cells.overflow),
		parquetgo.CreatedBy(createdName, "1.0.0", createdName),
		parquetgo.Compression(&zstd.Codec{Level: zstd.SpeedDefault, Concurrency: 1}),
		parquetgo.DataPageVersion(1), // which every reader knows
		parquetgo.PageBufferSize(pageBytes),
		parquetgo.WriteBufferSize(outBytes),
		parquetgo.DictionaryMaxBytes(dictionary),
	)
	width := p.cells.width()
	p.batch = make([]parquetgo.Row, batchRows)
	values := make([]parquetgo.Value, batchRows*width)
	for i := range p.batch {
		p.batch[i], values = values[:width:width], values[width:]
	}
	columns, err := columnsJSON(table)
	if err != nil {
		return nil, err
	}
	p.to.SetKeyValueMetadata(keyPrefix+"columns", columns)
	return p, nil
}

// Write appends a row.
func (p *writer) Write(row exporters.Row) error {
	switch {
	case p.closed:
		return exporters.ErrClosed
	case p.err != nil:
		return p.err
	}
	if err := p.table.CheckRow(row); err != nil {
		return err
	}
	p.cells.fill(p.batch[p.n], row)
	if p.n++; p.n == batchRows || len(p.cells.bytes) > batchBytes {
		p.fail(p.flush())
	}
	return p.err
}

// flush passes the batch on, and ends the row group if it is full.
func (p *writer) flush() error {
	if p.n == 0 {
		return nil
	}
	if _, err := p.to.WriteRows(p.batch[:p.n]); err != nil {
		return err
	}
	p.rows += p.n
	p.bytes += len(p.cells.bytes) + p.n*len(p.batch[0])*8
	p.n, p.cells.bytes = 0, p.cells.bytes[:0]
	if cap(p.cells.bytes) > 2*batchBytes {
		p.cells.bytes = nil
	}
	if p.rows < groupRows && p.bytes < groupBytes {
		return nil
	}
	p.rows, p.bytes = 0, 0
	return p.to.Flush()
}

// fail keeps the first error: the file's own, whatever became of it in the library.
func (p *writer) fail(err error) {
	if p.file.Err() != nil {
		err = p.file.Err()
	}
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("parquet: %w", err)
	}
}

// Close writes what is left, and the footer.
func (p *writer) Close() error {
	if p.closed {
		return p.err
	}
	p.closed = true
	if p.err == nil {
		p.fail(p.flush())
	}
	if p.err == nil {
		p.fail(p.to.Close())
	}
	p.to, p.batch, p.cells.bytes = nil, nil, nil
	return p.err
}

// Describe puts facts into the file's metadata.
func (p *writer) Describe(facts []exporters.Fact) {
	if p.closed {
		return
	}
	for _, fact := range facts {
		p.to.SetKeyValueMetadata(keyOf(fact), textOf(fact))
	}
}

// Warnings says what of the table does not stand in its column.
func (p *writer) Warnings() []string {
	switch n := p.cells.overflown; n {
	case 0:
		return nil
	case 1:
		return []string{fmt.Sprintf("1 value does not fit the type of its column and stands in column %q", p.cells.overflow)}
	default:
		return []string{fmt.Sprintf("%d values do not fit the type of their column and stand in column %q", n, p.cells.overflow)}
	}
}
