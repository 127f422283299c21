package parquet

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/big"
	"math/bits"
	"time"

	parquetgo "github.com/parquet-go/parquet-go"

	"github.com/reportjob/reportjob/exporters"
)

// encoder turns cells into values.
type encoder struct {
	columns   []exporters.Column
	zone      *time.Location
	overflow  string // the name of the column for what others cannot hold; empty if there is none
	overflown int64  // how many cells stand there
	bytes     []byte // that values of the batch point into
}

func newEncoder(table exporters.Table) *encoder {
	return &encoder{columns: table.Columns, zone: table.Location(), overflow: overflowName(table.Columns)}
}

// width is the number of values of a row.
func (e *encoder) width() int {
	if e.overflow == "" {
		return len(e.columns)
	}
	return len(e.columns) + 1
}

// fill makes the values of a row. They are valid until bytes is written anew.
func (e *encoder) fill(values parquetgo.Row, row exporters.Row) {
	over := 0
	for i, cell := range row {
		value, ok := e.value(cell, e.columns[i].Kind)
		if !ok {
			over++
		}
		values[i] = leveled(value, i)
	}
	if e.overflow == "" {
		return
	}
	last := parquetgo.NullValue()
	if over > 0 {
		e.overflown += int64(over)
		last = parquetgo.ByteArrayValue(e.keep(e.overflowing(row)))
	}
	values[len(row)] = leveled(last, len(row))
}

// leveled is a value of a column that may be null.
func leveled(value parquetgo.Value, column int) parquetgo.Value {
	if value.IsNull() {
		return value.Level(0, 0, column)
	}
	return value.Level(0, 1, column)
}

// keep copies bytes to where they stay until the batch is written.
func (e *encoder) keep(p []byte) []byte {
	start := len(e.bytes)
	e.bytes = append(e.bytes, p...)
	return e.bytes[start:len(e.bytes):len(e.bytes)]
}

// text is the cell as text; it stays until the batch is written.
func (e *encoder) text(cell exporters.Cell) []byte {
	start := len(e.bytes)
	e.bytes = cell.Append(e.bytes, e.zone)
	return e.bytes[start:len(e.bytes):len(e.bytes)]
}

// value is null, and not ok, if the column's type cannot hold the cell, as when it is of another kind.
func (e *encoder) value(cell exporters.Cell, kind exporters.Kind) (value parquetgo.Value, ok bool) {
	if cell.IsNull() {
		return parquetgo.NullValue(), true
	}
	switch kind {
	case exporters.Text, exporters.Code, exporters.List:
		return parquetgo.ByteArrayValue(e.text(cell)), true
	case exporters.Decimal, exporters.Money:
		return e.decimal(cell)
	}
	if n, ok := whole(cell); ok && cell.Kind() == kind {
		return valueOf(n, kind), true
	}
	return parquetgo.NullValue(), false
}

// whole is the whole number that a cell is as a value, if its type can hold it.
func whole(cell exporters.Cell) (n int64, ok bool) {
	switch cell.Kind() {
	case exporters.Int:
		n, _, ok = cell.Number()
		return n, ok
	case exporters.Bool:
		if cell.Bool() {
			return 1, true
		}
		return 0, true
	case exporters.Date:
		const day = 24 * 60 * 60
		n = cell.Date().Unix() / day
		return n, n >= math.MinInt32 && n <= math.MaxInt32
	case exporters.Time:
		return cell.Time(time.UTC).UnixMicro(), true
	case exporters.Duration:
		const limit = 1e18 // has one digit more than the type
		n = int64(cell.Duration())
		return n, n > -limit && n < limit
	}
	return 0, false
}

// valueOf is a whole number as a value of a kind's type.
func valueOf(n int64, kind exporters.Kind) parquetgo.Value {
	switch kind {
	case exporters.Bool:
		return parquetgo.BooleanValue(n != 0)
	case exporters.Date:
		return parquetgo.Int32Value(int32(n))
	}
	return parquetgo.Int64Value(n)
}

// decimal is the number of units of 10^-9 in 16 bytes, the highest first, in two's complement.
func (e *encoder) decimal(cell exporters.Cell) (parquetgo.Value, bool) {
	n, decimals, ok := cell.Number()
	if !ok {
		return e.bigDecimal(cell)
	}
	for ; decimals > scale; decimals-- {
		if n%10 != 0 {
			return parquetgo.NullValue(), false
		}
		n /= 10
	}
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	hi, lo := bits.Mul64(magnitude, uint64(powers[scale-decimals])) // less than 10^19 × 10^9, which always fits
	if n < 0 {
		var carry uint64
		lo, carry = bits.Add64(^lo, 1, 0)
		hi, _ = bits.Add64(^hi, 0, carry)
	}
	var number [numberBytes]byte
	binary.BigEndian.PutUint64(number[:8], hi)
	binary.BigEndian.PutUint64(number[8:], lo)
	return parquetgo.FixedLenByteArrayValue(e.keep(number[:])), true
}

var powers = [scale + 1]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// bigDecimal is decimal for a number that int64 does not hold, of which there are next to none.
func (e *encoder) bigDecimal(cell exporters.Cell) (parquetgo.Value, bool) {
	number, ok := new(big.Rat).SetString(string(cell.Append(nil, e.zone)))
	if !ok {
		return parquetgo.NullValue(), false
	}
	number.Mul(number, new(big.Rat).SetInt64(powers[scale]))
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(numberPrecision), nil)
	if !number.IsInt() || number.Num().CmpAbs(limit) >= 0 {
		return parquetgo.NullValue(), false
	}
	unscaled := new(big.Int).Set(number.Num())
	if unscaled.Sign() < 0 {
		unscaled.Add(unscaled, new(big.Int).Lsh(big.NewInt(1), 8*numberBytes))
	}
	return parquetgo.FixedLenByteArrayValue(e.keep(unscaled.FillBytes(make([]byte, numberBytes)))), true
}

// overflowing is the JSON object of what no column of the row can hold.
func (e *encoder) overflowing(row exporters.Row) []byte {
	text := []byte{'{'}
	for i, cell := range row {
		kept := len(e.bytes)
		_, ok := e.value(cell, e.columns[i].Kind)
		e.bytes = e.bytes[:kept]
		if ok {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = appendJSON(text, e.columns[i].Name)
		text = appendJSON(append(text, ':'), string(cell.Append(nil, e.zone)))
	}
	return append(text, '}')
}

func appendJSON(dst []byte, s string) []byte {
	text, _ := json.Marshal(s) // a string always can be
	return append(dst, text...)
}
