package sandbox

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sierraField is one property of a row. Its value is nil where the property is absent; stub is what a deleted record
// shows instead, nil for nothing.
type sierraField[T any] struct {
	name    string
	unasked bool // comes without being named in "fields"
	value   func(v *sierraView, row T) any
	stub    any
}

// sierraFilter reads the value of a query parameter and returns the test that rows have to pass.
type sierraFilter[T any] func(v *sierraView, value string) (keep func(T) bool, failed *sierraError)

// sierraList is one list of the API and the look-up of one of its rows.
type sierraList[T any] struct {
	rows    func(v *sierraView) []T // in the order of the list
	id      func(T) int
	record  func(T) *sierraRecord // nil for rows that are no records, such as checkouts
	fields  []sierraField[T]
	filters map[string]sierraFilter[T]
	login   bool // wants the parameter "login"

	// Manners that differ from list to list.
	plain        bool // neither total nor start
	startless    bool // leaves out a start of 0
	emptyDeleted bool // answers 200 where nothing is deleted; the others answer 404
}

// sierraPage is what a request asks of a list.
type sierraPage[T any] struct {
	limit, offset int
	deleted       bool // only stubs are asked for
	fields        []sierraField[T]
	everything    bool // the lone comma, which knows no deletedDate
	tests         []func(T) bool
}

// list answers one page. Lists of records count the rows of this page in "total" and know no empty page; the others
// give the real total.
func (l sierraList[T]) list(v *sierraView, _ string, query url.Values) (any, *sierraError) {
	page, failed := l.parse(v, query)
	if failed != nil {
		return nil, failed
	}
	rows, total := page.cut(l.rows(v))
	if l.record != nil && len(rows) == 0 {
		if l.emptyDeleted && page.deleted {
			return object{"start": page.offset, "entries": rows}, nil
		}
		return nil, &sierraNoRecord
	}
	entries := make([]object, len(rows))
	for i, row := range rows {
		entries[i] = l.render(v, row, page)
	}
	if l.record != nil {
		total = len(entries)
	}
	answer := object{"total": total, "start": page.offset, "entries": entries}
	if l.plain {
		delete(answer, "total")
	}
	if l.plain || l.startless && page.offset == 0 {
		delete(answer, "start")
	}
	return answer, nil
}

// one answers one row by its id.
func (l sierraList[T]) one(v *sierraView, id string, query url.Values) (any, *sierraError) {
	for name := range query {
		if name != "fields" && !(l.login && name == "login") {
			return nil, &sierraUnknown
		}
	}
	page, failed := l.parse(v, query)
	if failed != nil {
		return nil, failed
	}
	for _, row := range l.rows(v) {
		if digits(l.id(row)) == id {
			return l.render(v, row, page), nil
		}
	}
	return nil, &sierraNoRecord
}

func (l sierraList[T]) parse(v *sierraView, query url.Values) (sierraPage[T], *sierraError) {
	page := sierraPage[T]{limit: 50, deleted: query.Get("deleted") == "true"}
	if l.login {
		if failed := checkSierraLogin(query); failed != nil {
			return page, failed
		}
	}
	var failed *sierraError
	for name, values := range query {
		value := values[len(values)-1]
		switch filter := l.filters[name]; {
		case name == "login" && l.login:
		case name == "limit":
			page.limit, failed = sierraNumber(name, value, 1, 2000)
		case name == "offset":
			page.offset, failed = sierraNumber(name, value, 0, 1<<31-1)
		case name == "fields":
			failed = page.choose(l.fields, value)
		case filter != nil:
			var keep func(T) bool
			if keep, failed = filter(v, value); keep != nil {
				page.tests = append(page.tests, keep)
			}
		default:
			failed = &sierraUnknown
		}
		if failed != nil {
			return page, failed
		}
	}
	if page.everything && page.deleted {
		return page, &sierraBroken
	}
	if page.fields == nil {
		failed = page.choose(l.fields, "default")
	}
	return page, failed
}

// choose reads the parameter "fields". A lone comma gives everything.
func (p *sierraPage[T]) choose(fields []sierraField[T], value string) *sierraError {
	if value == "," {
		p.fields, p.everything = fields, true
		return nil
	}
	for name := range strings.SplitSeq(value, ",") {
		known := name == "default"
		for _, f := range fields {
			if f.name == name || name == "default" && f.unasked {
				p.fields, known = append(p.fields, f), true
			}
		}
		if !known {
			return invalidSierra("Invalid parameter : Field Not Found " + name)
		}
	}
	return nil
}

// cut returns the rows of the page and the number of rows of all pages.
func (p sierraPage[T]) cut(all []T) (rows []T, total int) {
	rows = []T{}
	for _, row := range all {
		if !p.keeps(row) {
			continue
		}
		if total++; total > p.offset && len(rows) < p.limit {
			rows = append(rows, row)
		}
	}
	return rows, total
}

func (p sierraPage[T]) keeps(row T) bool {
	for _, keep := range p.tests {
		if !keep(row) {
			return false
		}
	}
	return true
}

func (l sierraList[T]) render(v *sierraView, row T, page sierraPage[T]) object {
	o := make(object, len(page.fields))
	stub := l.record != nil && l.record(row).deletedBy(v.now)
	for _, f := range page.fields {
		value := f.stub
		if !stub || f.name == "id" || f.name == "deleted" || f.name == "deletedDate" && !page.everything {
			value = f.value(v, row)
		}
		if value != nil {
			o[f.name] = value
		}
	}
	return o
}

// sierraRecordFields are the properties of every record. Ids of some records are text, of others numbers.
func sierraRecordFields[T any](record func(T) *sierraRecord, id func(int) any, suppressedUnasked bool) []sierraField[T] {
	return []sierraField[T]{
		{"id", true, func(_ *sierraView, t T) any { return id(record(t).id) }, nil},
		{"updatedDate", true, func(v *sierraView, t T) any { return sierraTime(record(t).updatedAt(v.now)) }, nil},
		{"createdDate", true, func(_ *sierraView, t T) any { return sierraTime(record(t).created) }, nil},
		{"deletedDate", true, func(v *sierraView, t T) any {
			if !record(t).deletedBy(v.now) {
				return nil
			}
			return sierraDate(record(t).deleted)
		}, nil},
		{"deleted", true, func(v *sierraView, t T) any { return record(t).deletedBy(v.now) }, nil},
		{"suppressed", suppressedUnasked, func(_ *sierraView, t T) any { return record(t).suppressed }, nil},
	}
}

// sierraRecordFilters are the parameters that every list of records knows, and others that one list adds.
func sierraRecordFilters[T any](record func(T) *sierraRecord, more map[string]sierraFilter[T]) map[string]sierraFilter[T] {
	filters := map[string]sierraFilter[T]{
		"id": sierraIDs(func(t T) int { return record(t).id }),
		"createdDate": sierraTimes(func(_ *sierraView, t T) time.Time {
			return record(t).created
		}),
		"updatedDate": sierraTimes(func(v *sierraView, t T) time.Time {
			if record(t).deletedBy(v.now) {
				return time.Time{}
			}
			return record(t).updatedAt(v.now)
		}),
		"deletedDate": sierraDates(func(v *sierraView, t T) time.Time {
			if !record(t).deletedBy(v.now) {
				return time.Time{}
			}
			return record(t).deleted
		}),
		"deleted":    sierraBool(func(v *sierraView, t T) bool { return record(t).deletedBy(v.now) }),
		"suppressed": sierraBool(func(_ *sierraView, t T) bool { return record(t).suppressed }),
	}
	for name, filter := range more {
		filters[name] = filter
	}
	return filters
}

// sierraIDs reads one id, a list of ids, or a range that includes both of its ends and may lack one.
func sierraIDs[T any](id func(T) int) sierraFilter[T] {
	return func(_ *sierraView, value string) (func(T) bool, *sierraError) {
		if first, last, ok := cutRange(value); ok {
			from, err1 := numberOr(first, 0)
			to, err2 := numberOr(last, 1<<62)
			if err1 != nil || err2 != nil {
				return nil, invalidSierra("id : " + value)
			}
			return func(t T) bool { return id(t) >= from && id(t) <= to }, nil
		}
		wanted := map[int]bool{}
		for text := range strings.SplitSeq(value, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				return nil, invalidSierra("id : " + value)
			}
			wanted[n] = true
		}
		return func(t T) bool { return wanted[id(t)] }, nil
	}
}

// sierraTimes reads an instant or a range of them that includes both of its ends. Rows without the time, which is
// then zero, do not pass.
func sierraTimes[T any](at func(*sierraView, T) time.Time) sierraFilter[T] {
	return sierraSpan(at, time.RFC3339, time.DateOnly)
}

// sierraDates is sierraTimes for parameters that take dates alone.
func sierraDates[T any](at func(*sierraView, T) time.Time) sierraFilter[T] {
	return sierraSpan(at, time.DateOnly)
}

func sierraSpan[T any](at func(*sierraView, T) time.Time, layouts ...string) sierraFilter[T] {
	return func(v *sierraView, value string) (func(T) bool, *sierraError) {
		first, last, ok := cutRange(value)
		if !ok {
			first, last = value, value
		}
		from, ok1 := parseAny(first, layouts, time.Unix(0, 0))
		to, ok2 := parseAny(last, layouts, v.now.AddDate(100, 0, 0))
		if !ok1 || !ok2 {
			return nil, invalidSierra("date : " + value)
		}
		return func(t T) bool {
			instant := at(v, t)
			return !instant.IsZero() && !instant.Before(from) && !instant.After(to)
		}, nil
	}
}

// sierraBool reads true or false.
func sierraBool[T any](is func(*sierraView, T) bool) sierraFilter[T] {
	return func(v *sierraView, value string) (func(T) bool, *sierraError) {
		wanted, err := strconv.ParseBool(value)
		if err != nil {
			return nil, invalidSierra("boolean : " + value)
		}
		return func(t T) bool { return is(v, t) == wanted }, nil
	}
}

// sierraCodes reads a list of codes, each of which may end in an asterisk that stands for anything.
func sierraCodes[T any](codes func(T) []string) sierraFilter[T] {
	return func(_ *sierraView, value string) (func(T) bool, *sierraError) {
		wanted := strings.Split(value, ",")
		return func(t T) bool {
			return slices.ContainsFunc(codes(t), func(code string) bool {
				return slices.ContainsFunc(wanted, func(want string) bool { return matchCode(code, want) })
			})
		}, nil
	}
}

func matchCode(code, want string) bool {
	code, want = strings.TrimSpace(code), strings.TrimSpace(want)
	if start, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(code, start)
	}
	return code == want
}

func checkSierraLogin(query url.Values) *sierraError {
	switch query.Get("login") {
	case "":
		return &sierraMissing
	case SierraLogin:
		return nil
	}
	return &sierraForbidden
}

func sierraNumber(name, value string, least, most int) (int, *sierraError) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, invalidSierra(name + " : " + value)
	}
	return n, nil
}

// cutRange takes "[a,b]" apart; either end may be empty.
func cutRange(value string) (first, last string, ok bool) {
	inner, opened := strings.CutPrefix(value, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	first, last, comma := strings.Cut(inner, ",")
	return strings.TrimSpace(first), strings.TrimSpace(last), opened && closed && comma
}

func numberOr(text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	return strconv.Atoi(text)
}

func parseAny(text string, layouts []string, otherwise time.Time) (time.Time, bool) {
	if text == "" {
		return otherwise, true
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// sierraPlain is a short list whose rows are made whole, with their properties named in order.
func sierraPlain(rows func(v *sierraView) []object, names ...string) sierraList[object] {
	l := sierraList[object]{rows: rows, id: func(o object) int { n, _ := o["id"].(int); return n }}
	l.filters = map[string]sierraFilter[object]{"id": sierraIDs(l.id)}
	for _, name := range names {
		l.fields = append(l.fields, sierraField[object]{name, true, func(_ *sierraView, o object) any { return o[name] }, nil})
	}
	return l
}
