package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/reportjob/reportjob/exporters"
)

// ownColumn is a column as a definition declares it: [name=]path[:kind]. The name is the path in snake_case if none is
// given, and the kind text, or list for a path with [].
type ownColumn struct {
	name string
	path ownPath
	kind exporters.Kind
	make func(v any) (exporters.Cell, error) // v is a bool, a string or a number
	list bool                                // of values that are joined
}

// Kinds of definitions besides those of columns: instants that are counted.
const (
	kindMillis  = "time-ms" // milliseconds since 1970
	kindSeconds = "time-s"  // seconds since 1970
)

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func parseOwnColumn(text string) (ownColumn, error) {
	if text == "" {
		return ownColumn{}, errors.New("a column without a path: expected path or path:kind between the commas")
	}
	name, rest, named := strings.Cut(text, "=")
	if !named {
		name, rest = "", text
	}
	path, kind, typed := strings.Cut(rest, ":")
	compiled, err := compilePath(path)
	if err != nil || path == "" {
		return ownColumn{}, errPath
	}
	c := ownColumn{name: name, path: compiled}
	if !named {
		if c.name = snake(path); c.name == "" {
			return c, fmt.Errorf("no name can be made of the path: expected name=%s", path)
		}
	} else if !snakeCase.MatchString(name) {
		return c, fmt.Errorf("name %q: expected snake_case, such as external_ip", clip(name))
	}
	if len(exporters.Column{Name: c.name}.Heading()) > exporters.LongestHeading { // a workbook would cut it, and verify would miss it
		return c, fmt.Errorf("name %q: expected no more than %d characters; name=path sets it", clip(c.name), exporters.LongestHeading)
	}
	if !typed {
		kind = "text"
		if compiled.many() {
			kind = "list"
		}
	}
	return c, c.setKind(kind)
}

func (c *ownColumn) setKind(name string) error {
	switch name {
	case kindMillis:
		c.kind, c.make = exporters.Time, func(v any) (exporters.Cell, error) { return counted(v, time.UnixMilli, 1000) }
	case kindSeconds:
		c.kind, c.make = exporters.Time, func(v any) (exporters.Cell, error) {
			return counted(v, func(n int64) time.Time { return time.Unix(n, 0) }, 1)
		}
	default:
		kind, err := exporters.ParseKind(name)
		if err != nil {
			kinds := []string{kindMillis, kindSeconds}
			for k := exporters.Text; k <= exporters.List; k++ {
				kinds = append(kinds, k.String())
			}
			return fmt.Errorf("%w, %s, %s%s", err, kindMillis, kindSeconds, suggest(name, kinds))
		}
		c.kind, c.make = kind, cellOf(kind)
	}
	joins := c.kind == exporters.List || c.kind == exporters.Text || c.kind == exporters.Code
	if c.path.many() && !joins {
		return fmt.Errorf("kind %s: a path with [] gives any number of values: expected list", name)
	}
	c.list = c.path.many() || c.kind == exporters.List
	return nil
}

// snake makes a name of a path: identities.0.label is identities_0_label, externalIp and external-ip are external_ip.
func snake(path string) string {
	var name strings.Builder
	var before rune
	gap := false
	for _, r := range path {
		letter := r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
		gap = gap || !letter || unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before))
		if letter {
			if gap && name.Len() > 0 {
				name.WriteByte('_')
			}
			name.WriteRune(unicode.ToLower(r))
			gap = false
		}
		before = r
	}
	return name.String()
}

// cell makes the column's cell of a record.
func (c ownColumn) cell(record any) (exporters.Cell, error) {
	values, err := c.path.find(record)
	if err != nil || len(values) == 0 {
		return exporters.Null, err
	}
	if c.list {
		return c.joined(values)
	}
	cell, err := c.make(values[0])
	if err != nil {
		return exporters.Null, fmt.Errorf("%s: %w", c.path.text, err)
	}
	return cell, nil
}

// joined makes one cell of any number of values, and of a list of them.
func (c ownColumn) joined(values []any) (exporters.Cell, error) {
	var items []string
	for _, v := range values {
		elements, ok := v.([]any)
		if !ok {
			elements = []any{v}
		}
		for _, element := range elements {
			item, ok := scalarText(element)
			if !ok {
				return exporters.Null, fmt.Errorf("%s: %s in a list of texts", c.path.text, describeValue(element))
			}
			if item != "" {
				items = append(items, item)
			}
		}
	}
	switch text := strings.Join(items, "; "); c.kind {
	case exporters.Text:
		return exporters.OfText(text), nil
	case exporters.Code:
		return exporters.OfCode(text), nil
	}
	return exporters.OfList(items...), nil
}

// scalarText is a value as text, digit for digit.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// cellOf makes cells of one kind.
func cellOf(kind exporters.Kind) func(v any) (exporters.Cell, error) {
	return func(v any) (exporters.Cell, error) {
		text, ok := scalarText(v)
		if _, truth := v.(bool); truth && kind != exporters.Text && kind != exporters.Code && kind != exporters.Bool {
			ok = false
		}
		if !ok {
			return exporters.Null, mismatch(v, kind)
		}
		if trimmed := strings.TrimSpace(text); kind != exporters.Text {
			text = trimmed
		}
		if text == "" {
			return exporters.Null, nil
		}
		cell, ok := parseCell(kind, text)
		if !ok {
			return exporters.Null, mismatch(v, kind)
		}
		return cell, nil
	}
}

func parseCell(kind exporters.Kind, text string) (exporters.Cell, bool) {
	switch kind {
	case exporters.Text:
		return exporters.OfText(text), true
	case exporters.Code:
		return exporters.OfCode(text), true
	case exporters.Int, exporters.Decimal, exporters.Money:
		cell, err := exporters.ParseNumber(kind, text)
		return cell, err == nil
	case exporters.Bool:
		switch text {
		case "true", "1":
			return exporters.OfBool(true), true
		case "false", "0":
			return exporters.OfBool(false), true
		}
	case exporters.Date:
		t, err := time.Parse(time.DateOnly, text)
		return exporters.OfDate(t.Date()), err == nil
	case exporters.Time:
		t, err := time.Parse(time.RFC3339, text)
		return exporters.OfTime(t), err == nil
	case exporters.Duration:
		d, ok := parseSeconds(text)
		return exporters.OfDuration(d), ok
	}
	return exporters.Null, false
}

// parseSeconds reads a number of seconds as numbers of other kinds are read, exponents included, and digit for digit. What
// is below a nanosecond is cut off: a duration does not hold it.
func parseSeconds(text string) (time.Duration, bool) {
	number, err := exporters.ParseNumber(exporters.Decimal, text)
	if err != nil {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(string(number.Append(nil, time.UTC)), ".")
	const decimals = 9
	fraction = (fraction + strings.Repeat("0", decimals))[:decimals]
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	return time.Duration(n), err == nil
}

// counted is an instant that is given as a number since 1970, so many a second; 0 is none.
func counted(v any, at func(int64) time.Time, perSecond int64) (exporters.Cell, error) {
	const year10000 = 253_402_300_800
	text, _ := scalarText(v)
	if _, truth := v.(bool); text == "" && v != "" || truth {
		return exporters.Null, mismatch(v, exporters.Int)
	}
	cell, err := exporters.ParseNumber(exporters.Int, strings.TrimSpace(text))
	n, _, ok := cell.Number()
	switch {
	case err == nil && (cell.IsNull() || n == 0 && ok):
		return exporters.Null, nil
	case err != nil || !ok || n/perSecond >= year10000 || n/perSecond <= -year10000/6:
		return exporters.Null, fmt.Errorf("%s where a number of %s since 1970 was expected", describeShort(v),
			map[bool]string{true: "seconds", false: "milliseconds"}[perSecond == 1])
	}
	return exporters.OfTime(at(n)), nil
}

func mismatch(v any, kind exporters.Kind) error {
	return fmt.Errorf("%s where %s was expected", describeShort(v), describeKind(kind))
}

// describeShort names a value's type, and shows it if it is a number; a text may be anybody's secret.
func describeShort(v any) string {
	if number, ok := v.(json.Number); ok && len(number) <= 40 {
		return "the number " + number.String()
	}
	return describeValue(v)
}

func describeKind(kind exporters.Kind) string {
	switch kind {
	case exporters.Int:
		return "a whole number"
	case exporters.Decimal, exporters.Money:
		return "a number"
	case exporters.Bool:
		return "true or false"
	case exporters.Date:
		return "a date such as 2026-11-21"
	case exporters.Time:
		return "a time with its offset such as 2026-11-21T12:00:00Z"
	case exporters.Duration:
		return "a number of seconds"
	}
	return "a text"
}
