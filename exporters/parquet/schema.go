package parquet

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	parquetgo "github.com/parquet-go/parquet-go"

	"github.com/reportjob/reportjob/exporters"
)

// The decimals of all reports. A scale for each column would have to be known before the first row, and kept for ever.
const (
	scale            = 9
	numberPrecision  = 38
	secondsPrecision = 18
	numberBytes      = 16
)

// schemaOf is the schema of a table; overflow names the column that it has besides, if it has one.
func schemaOf(table exporters.Table, overflow string) *parquetgo.Schema {
	var fields []parquetgo.Field
	for _, column := range table.Columns {
		fields = append(fields, &field{Node: parquetgo.Optional(nodeOf(column.Kind)), name: column.Name})
	}
	if overflow != "" {
		fields = append(fields, &field{Node: parquetgo.Optional(nodeOf(exporters.Text)), name: overflow})
	}
	return parquetgo.NewSchema("table", &root{fields: fields})
}

// nodeOf is the type of a kind, see the package's comment.
func nodeOf(kind exporters.Kind) parquetgo.Node {
	switch kind {
	case exporters.Int:
		return parquetgo.Leaf(parquetgo.Int64Type)
	case exporters.Decimal, exporters.Money:
		return parquetgo.Decimal(scale, numberPrecision, parquetgo.FixedLenByteArrayType(numberBytes))
	case exporters.Duration:
		return parquetgo.Decimal(scale, secondsPrecision, parquetgo.Int64Type)
	case exporters.Bool:
		return parquetgo.Leaf(parquetgo.BooleanType)
	case exporters.Date:
		return parquetgo.Date()
	case exporters.Time:
		return parquetgo.Timestamp(parquetgo.Microsecond)
	}
	return parquetgo.Encoded(parquetgo.String(), &parquetgo.RLEDictionary)
}

// root is a group whose fields stand in the order of the table's columns. The library's own sorts them by name.
type root struct {
	parquetgo.Group
	fields []parquetgo.Field
}

func (r *root) Fields() []parquetgo.Field { return r.fields }

// GoType is a type that rows are never turned into: they are written as values.
func (r *root) GoType() reflect.Type { return reflect.TypeFor[struct{}]() }

// field is a column.
type field struct {
	parquetgo.Node
	name string
}

func (f *field) Name() string { return f.name }

// Value is for rows that are structs, of which there are none.
func (f *field) Value(reflect.Value) reflect.Value { return reflect.Value{} }

// overflowName is the name of the column for what others cannot hold: none for a table of nothing but text.
func overflowName(columns []exporters.Column) string {
	typed := func(c exporters.Column) bool {
		return c.Kind != exporters.Text && c.Kind != exporters.Code && c.Kind != exporters.List
	}
	if !slices.ContainsFunc(columns, typed) {
		return ""
	}
	name := "overflow"
	for slices.ContainsFunc(columns, func(c exporters.Column) bool { return strings.EqualFold(c.Name, name) }) {
		name += "_"
	}
	return name
}

// keyPrefix begins our keys in a file's metadata.
const keyPrefix = "reportjob."

// keyOf is the key of a fact: "Made by" becomes reportjob.made_by.
func keyOf(fact exporters.Fact) string {
	return keyPrefix + strings.ReplaceAll(strings.ToLower(fact.Name), " ", "_")
}

func textOf(fact exporters.Fact) string {
	return strings.ToValidUTF8(strings.Join(fact.Values, "\n"), "\uFFFD")
}

// columnsJSON is what is known of the columns besides their types.
func columnsJSON(table exporters.Table) (string, error) {
	type column struct {
		Name    string `json:"name"`
		Kind    string `json:"kind"`
		Unit    string `json:"unit,omitempty"`
		Meaning string `json:"meaning,omitempty"`
		Field   string `json:"field,omitempty"`
	}
	var columns []column
	for _, c := range table.Columns {
		columns = append(columns, column{c.Name, c.Kind.String(), c.Unit, c.Meaning, c.Field})
	}
	text, err := json.Marshal(columns)
	return string(text), err
}
