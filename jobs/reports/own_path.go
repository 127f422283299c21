package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ownPath is the way to a value in a record: names of members between dots, a number for an element of a list (from 0),
// and [] behind a name for all elements of a list. "identities.0.label", "categories[].label"; "." is the record itself.
type ownPath struct {
	text  string
	steps []ownStep
}

// ownStep is the way from a value into one of its parts, or into all of them.
type ownStep struct {
	name string // of a member, or the number of an element
	all  bool
}

var errPath = errors.New("expected names between dots, such as domain, identities.0.label or categories[].label")

func compilePath(text string) (ownPath, error) {
	p := ownPath{text: text}
	if text == "" || text == "." {
		p.text = "."
		return p, nil
	}
	for part := range strings.SplitSeq(text, ".") {
		name, all := strings.CutSuffix(part, "[]")
		if name == "" && !(all && p.steps == nil) || strings.ContainsAny(name, "[]= \t\n") {
			return ownPath{}, errPath
		}
		if name != "" {
			p.steps = append(p.steps, ownStep{name: name})
		}
		if all {
			p.steps = append(p.steps, ownStep{all: true})
		}
	}
	return p, nil
}

// many tells whether the path leads to any number of values.
func (p ownPath) many() bool {
	for _, s := range p.steps {
		if s.all {
			return true
		}
	}
	return false
}

// find gives the values at the path: one if it is not many, none if there is nothing there or null. Its error says what
// stood in the way.
func (p ownPath) find(v any) ([]any, error) { return descend(v, p.steps, "") }

func descend(v any, steps []ownStep, at string) ([]any, error) {
	switch {
	case v == nil:
		return nil, nil
	case len(steps) == 0:
		return []any{v}, nil
	case steps[0].all:
		return descendAll(v, steps[1:], at)
	}
	name := steps[0].name
	next := strings.TrimPrefix(at+"."+name, ".")
	switch v := v.(type) {
	case map[string]any:
		return descend(v[name], steps[1:], next)
	case []any:
		n, err := strconv.ParseUint(name, 10, 31)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: a list where an object was expected: its elements are %s.0, %s.1 …, or %s[] for all",
				where(at), at, at, at)
		case int(n) >= len(v):
			return nil, nil
		}
		return descend(v[n], steps[1:], next)
	}
	return nil, fmt.Errorf("%s: %s where an object was expected", where(at), describeValue(v))
}

// nullAt looks where find found nothing: it names the null that stands there or in the way, and what was expected in its
// place. It says nothing if there is no null, so that something is missing.
func nullAt(v any, steps []ownStep, at string) string {
	switch {
	case v == nil && len(steps) == 0:
		return where(at) + ": null where a list was expected"
	case v == nil:
		return where(at) + ": null where an object was expected"
	case len(steps) == 0:
		return ""
	}
	name := steps[0].name
	part, there := any(nil), false
	switch v := v.(type) {
	case map[string]any:
		part, there = v[name]
	case []any:
		n, err := strconv.Atoi(name)
		if there = err == nil && n >= 0 && n < len(v); there {
			part = v[n]
		}
	}
	if !there {
		return ""
	}
	return nullAt(part, steps[1:], strings.TrimPrefix(at+"."+name, "."))
}

func descendAll(v any, steps []ownStep, at string) ([]any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: %s where a list was expected", where(at), describeValue(v))
	}
	var found []any
	for i, element := range list {
		values, err := descend(element, steps, at+"."+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		found = append(found, values...)
	}
	return found, nil
}

// where names a place in a record.
func where(at string) string {
	if at == "" {
		return "the record"
	}
	return at
}

// describeValue names the type of a value in the words of JSON.
func describeValue(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	}
	return "an object"
}
