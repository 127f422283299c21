package jobs

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Column is one column of a report over records of type T. Text, Code, Int and their like make one; a getter that
// also returns a bool says with it whether the record has the value at all.
type Column[T any] struct {
	exporters.Column
	personal bool
	cell     func(*T) exporters.Cell
}

// Columns are a report's columns in their order in files.
type Columns[T any] []Column[T]

// shown are the columns for these parameters: personal data only where it was asked for.
func (c Columns[T]) shown(params url.Values) Columns[T] {
	if params.Get("personal") == "true" {
		return c
	}
	var shown Columns[T]
	for _, column := range c {
		if !column.personal {
			shown = append(shown, column)
		}
	}
	return shown
}

// HasPersonal tells whether there are columns that only personal=true shows.
func (c Columns[T]) HasPersonal() bool {
	for _, column := range c {
		if column.personal {
			return true
		}
	}
	return false
}

// In declares the column's unit, such as "bytes", "EUR" or "percent".
func (c Column[T]) In(unit string) Column[T] {
	c.Unit = unit
	return c
}

// From declares the API's own name or path of the field where it is not the column's name.
func (c Column[T]) From(field string) Column[T] {
	c.Field = field
	return c
}

// Marking has values of the column stand out where a format has colours: blocked, overdue, failed.
func (c Column[T]) Marking(marks ...exporters.Mark) Column[T] {
	c.Marks = marks
	return c
}

// Personal marks data about a person that stays out of files unless PARAMS_<REPORT> asks with personal=true.
func (c Column[T]) Personal() Column[T] {
	c.personal = true
	return c
}

// Of is a column of any kind. The constructors below are shorter and cannot mismatch kind and value.
func Of[T any](kind exporters.Kind, name, meaning string, cell func(*T) exporters.Cell) Column[T] {
	return Column[T]{
		Column: exporters.Column{Name: name, Kind: kind, Meaning: meaning, Field: name},
		cell:   cell,
	}
}

// Text is a column of text as it is.
func Text[T any](name, meaning string, get func(*T) string) Column[T] {
	return Of(exporters.Text, name, meaning, func(r *T) exporters.Cell { return exporters.OfText(get(r)) })
}

// Code is a column of names made of digits: phone numbers, bar codes, ids, hashes, IP addresses.
func Code[T any](name, meaning string, get func(*T) string) Column[T] {
	return Of(exporters.Code, name, meaning, func(r *T) exporters.Cell { return exporters.OfCode(get(r)) })
}

// List is a column of lists; items are joined by "; ".
func List[T any](name, meaning string, get func(*T) []string) Column[T] {
	return Of(exporters.List, name, meaning, func(r *T) exporters.Cell { return exporters.OfList(get(r)...) })
}

// Int is a column of whole numbers.
func Int[T any](name, meaning string, get func(*T) (int64, bool)) Column[T] {
	return Of(exporters.Int, name, meaning, func(r *T) exporters.Cell {
		if n, ok := get(r); ok {
			return exporters.OfInt(n)
		}
		return exporters.Null
	})
}

// Count is a column of whole numbers that every record has.
func Count[T any](name, meaning string, get func(*T) int64) Column[T] {
	return Of(exporters.Int, name, meaning, func(r *T) exporters.Cell { return exporters.OfInt(get(r)) })
}

// Decimal is a column of exact numbers as JSON writes them. What is not a number is an empty cell: clients refuse such
// an answer before it comes here.
func Decimal[T any](name, meaning string, get func(*T) json.Number) Column[T] {
	return number(exporters.Decimal, name, meaning, get)
}

// Money is a column of exact amounts as JSON writes them. Computed amounts are made by Of and exporters.OfMoney.
func Money[T any](name, meaning string, get func(*T) json.Number) Column[T] {
	return number(exporters.Money, name, meaning, get)
}

func number[T any](kind exporters.Kind, name, meaning string, get func(*T) json.Number) Column[T] {
	return Of(kind, name, meaning, func(r *T) exporters.Cell {
		cell, err := exporters.ParseNumber(kind, string(get(r)))
		if err != nil {
			return exporters.Null
		}
		return cell
	})
}

// Bool is a column of true and false.
func Bool[T any](name, meaning string, get func(*T) (value, ok bool)) Column[T] {
	return Of(exporters.Bool, name, meaning, func(r *T) exporters.Cell {
		if b, ok := get(r); ok {
			return exporters.OfBool(b)
		}
		return exporters.Null
	})
}

// Date is a column of calendar days without a zone. Only year, month and day of what get returns count, and they are
// taken as they stand; the zero time is an empty cell.
func Date[T any](name, meaning string, get func(*T) time.Time) Column[T] {
	return Of(exporters.Date, name, meaning, func(r *T) exporters.Cell {
		if t := get(r); !t.IsZero() {
			return exporters.OfDate(t.Date())
		}
		return exporters.Null
	})
}

// Time is a column of instants, shown in the report's zone; the zero time is an empty cell.
func Time[T any](name, meaning string, get func(*T) time.Time) Column[T] {
	return Of(exporters.Time, name, meaning, func(r *T) exporters.Cell { return exporters.OfTime(get(r)) })
}

// Duration is a column of lengths of time.
func Duration[T any](name, meaning string, get func(*T) (time.Duration, bool)) Column[T] {
	return Of(exporters.Duration, name, meaning, func(r *T) exporters.Cell {
		if d, ok := get(r); ok {
			return exporters.OfDuration(d)
		}
		return exporters.Null
	})
}
