package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// digest is that of a table, whatever the format of its file: the SHA-256 of the name and kind of each column
// and then of each row's cells, in order, every one of them as the number of its bytes (32 bits, big-endian) and as
// text. The text of a cell is that of exporters.Cell.Append in the report's zone: what CSV files in English show.
type digest struct {
	hash hash.Hash
	text []byte
	zone *time.Location
}

// digestBuffer is how many bytes are gathered before they are digested.
const digestBuffer = 16 << 10

func newDigest(columns []ManifestColumn, zone *time.Location) *digest {
	d := &digest{hash: sha256.New(), text: make([]byte, 0, 2*digestBuffer), zone: zone}
	for _, column := range columns {
		d.add([]byte(column.Name))
		d.add([]byte(column.Kind))
	}
	return d
}

// row digests a row on its way into files.
func (d *digest) row(row exporters.Row) {
	for i := range row {
		start := len(d.text)
		d.text = append(d.text, 0, 0, 0, 0)
		if cell := &row[i]; !cell.IsNull() {
			d.text = cell.Append(d.text, d.zone)
			binary.BigEndian.PutUint32(d.text[start:], uint32(len(d.text)-start-4))
		}
	}
	d.empty(digestBuffer)
}

// add digests one text.
func (d *digest) add(text []byte) {
	d.text = binary.BigEndian.AppendUint32(d.text, uint32(len(text)))
	d.text = append(d.text, text...)
	d.empty(digestBuffer)
}

// empty digests what was gathered, if it is enough.
func (d *digest) empty(enough int) {
	if len(d.text) >= enough {
		d.hash.Write(d.text)
		d.text = d.text[:0]
	}
}

func (d *digest) sum() string {
	d.empty(0)
	return hex.EncodeToString(d.hash.Sum(nil))
}

// Content makes what a manifest says as its content, of a table that is read back from a file.
type Content struct{ digest *digest }

// NewContent begins with the columns of a manifest.
func NewContent(columns []ManifestColumn) *Content { return &Content{newDigest(columns, nil)} }

// Add takes the next cell, row by row: its text as exporters.Cell.Append shows it in the zone of the manifest's window,
// empty for a cell without a value.
func (c *Content) Add(cell []byte) { c.digest.add(cell) }

// Sum is the content, once all cells are there.
func (c *Content) Sum() string { return c.digest.sum() }
