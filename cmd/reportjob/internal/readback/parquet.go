package readback

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"time"

	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetReader reads values by the types that the file declares.
type parquetReader struct {
	file   *parquetgo.File
	types  []parquetgo.Type
	names  []string
	groups []parquetgo.RowGroup // still to be read
	rows   parquetgo.Rows       // of the current one; nil between two
	batch  []parquetgo.Row
	ready  []parquetgo.Row // of the batch, still to be given
	row    [][]byte
	text   []byte
}

func newParquet(f *os.File) (*parquetReader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r := &parquetReader{batch: make([]parquetgo.Row, 64)}
	if r.file, err = parquetgo.OpenFile(f, info.Size(), parquetgo.SkipPageIndex(true), parquetgo.SkipBloomFilters(true)); err != nil {
		return nil, err
	}
	for _, column := range r.file.Root().Columns() {
		if !column.Leaf() || column.Repeated() {
			return nil, fmt.Errorf("column %q is no plain column", column.Name())
		}
		r.types = append(r.types, column.Type())
		r.names = append(r.names, column.Name())
	}
	var declared []struct {
		Name string `json:"name"`
	}
	text, _ := r.file.Lookup("reportjob.columns")
	if err := json.Unmarshal([]byte(text), &declared); err != nil || len(declared) > len(r.names) || len(declared)+1 < len(r.names) {
		return nil, errors.New("its metadata does not name its columns")
	}
	r.names = r.names[:len(declared)] // the one that may follow holds what the others cannot
	r.groups = r.file.RowGroups()
	return r, nil
}

func (r *parquetReader) header() []string { return r.names }

func (r *parquetReader) close() error {
	if r.rows == nil {
		return nil
	}
	err := r.rows.Close()
	r.rows = nil
	return err
}

func (r *parquetReader) next() ([][]byte, error) {
	for len(r.ready) == 0 {
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
	values := r.ready[0]
	r.ready = r.ready[1:]
	r.row, r.text = r.row[:0], r.text[:0]
	for i := range r.names {
		if i >= len(values) {
			return nil, fmt.Errorf("a row has %d values, expected %d", len(values), len(r.names))
		}
		start := len(r.text)
		var err error
		if r.text, err = appendValue(r.text, values[i], r.types[i]); err != nil {
			return nil, fmt.Errorf("column %q: %w", r.names[i], err)
		}
		r.row = append(r.row, r.text[start:len(r.text):len(r.text)])
	}
	if len(values) > len(r.names) && !values[len(r.names)].IsNull() {
		return r.row, r.overflow(values[len(r.names)].ByteArray())
	}
	return r.row, nil
}

// fill reads the next rows of the current row group, or begins the next one.
func (r *parquetReader) fill() error {
	if r.rows == nil {
		if len(r.groups) == 0 {
			return io.EOF
		}
		r.rows, r.groups = r.groups[0].Rows(), r.groups[1:]
	}
	n, err := r.rows.ReadRows(r.batch)
	r.ready = r.batch[:n]
	if errors.Is(err, io.EOF) {
		if n == 0 {
			return r.close()
		}
		return nil
	}
	return err
}

// overflow puts what did not fit its column where it belongs.
func (r *parquetReader) overflow(text []byte) error {
	var over map[string]string
	if err := json.Unmarshal(text, &over); err != nil {
		return fmt.Errorf("its column for what does not fit: %w", err)
	}
	for i, name := range r.names {
		value, ok := over[name]
		if !ok {
			continue
		}
		if len(r.row[i]) > 0 {
			return fmt.Errorf("column %q holds a value, and another one that does not fit", name)
		}
		r.row[i] = []byte(value)
	}
	return nil
}

// appendValue appends a value as text: numbers with a point, times in UTC.
func appendValue(dst []byte, v parquetgo.Value, t parquetgo.Type) ([]byte, error) {
	if v.IsNull() {
		return dst, nil
	}
	var logical any
	if declared := t.LogicalType(); declared != nil {
		logical = declared.Value
	}
	switch kind := t.Kind(); logical := logical.(type) {
	case *format.DecimalType:
		return appendDecimal(dst, v, kind, int(logical.Scale))
	case *format.TimestampType:
		if _, micros := logical.Unit.Value.(*format.MicroSeconds); micros && logical.IsAdjustedToUTC {
			return time.UnixMicro(v.Int64()).UTC().AppendFormat(dst, time.RFC3339Nano), nil
		}
	case *format.DateType:
		return time.Date(1970, 1, 1+int(v.Int32()), 0, 0, 0, 0, time.UTC).AppendFormat(dst, time.DateOnly), nil
	case *format.StringType:
		return append(dst, v.ByteArray()...), nil
	default:
		switch kind {
		case parquetgo.Boolean:
			return strconv.AppendBool(dst, v.Boolean()), nil
		case parquetgo.Int64:
			return strconv.AppendInt(dst, v.Int64(), 10), nil
		}
	}
	return dst, fmt.Errorf("values of type %s are not ours", t)
}

func appendDecimal(dst []byte, v parquetgo.Value, kind parquetgo.Kind, scale int) ([]byte, error) {
	unscaled := new(big.Int)
	switch kind {
	case parquetgo.Int64:
		unscaled.SetInt64(v.Int64())
	case parquetgo.FixedLenByteArray:
		bytes := v.ByteArray()
		unscaled.SetBytes(bytes)
		if len(bytes) > 0 && bytes[0] >= 0x80 {
			unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(8*len(bytes))))
		}
	default:
		return dst, fmt.Errorf("decimals of kind %s are not ours", kind)
	}
	negative := unscaled.Sign() < 0
	digits := unscaled.Abs(unscaled).Append(nil, 10)
	for len(digits) <= scale {
		digits = append([]byte{'0'}, digits...)
	}
	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	if scale == 0 {
		return dst, nil
	}
	return append(append(dst, '.'), digits[len(digits)-scale:]...), nil
}
