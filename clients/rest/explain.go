package rest

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// quoted is how many characters of an answer an error shows.
const quoted = 200

// ExplainJSON finds what an error answer says, in any of the shapes that the APIs of this house use: data.errors[] (param,
// value, error), data.errors with requiredParameters, data.error, errors[] (title, detail, source), errors{field: []},
// name with description and code, message, and error with error_description and hint. Without any of them it is the first
// 200 characters of the text, or "an HTML page titled …".
func ExplainJSON(r *Response) string {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	if decoder.Decode(&members) == nil {
		if text := explain(members); text != "" {
			return shorten(text)
		}
	}
	return describe(r)
}

// explain tries the shapes, the most telling first.
func explain(m map[string]any) string {
	data, _ := m["data"].(map[string]any)
	for _, text := range []string{
		explainErrors(data["errors"], data["requiredParameters"]),
		text(data["error"]),
		explainErrors(m["errors"], nil),
		explainErrors(m["data"], nil),
		join(": ", text(m["name"]), text(m["description"])),
		explainOAuth(m),
	} {
		if text != "" {
			return withCode(text, m)
		}
	}
	return ""
}

// explainOAuth reads message, and the error object of OAuth (RFC 6749, 5.2) in the dialects that are out there.
func explainOAuth(m map[string]any) string {
	said := text(m["error_description"])
	if said == "" {
		said = text(m["message"])
	}
	code, _ := m["error"].(string)
	if nested, ok := m["error"].(map[string]any); ok {
		said = join(": ", said, text(nested["message"]))
	}
	if code == said {
		code = ""
	}
	said = join(": ", code, said)
	if hint := text(m["hint"]); hint != "" {
		said = strings.TrimSpace(said + " (" + hint + ")")
	}
	return said
}

// withCode adds an API's own number for an error.
func withCode(said string, m map[string]any) string {
	if code, ok := m["code"].(json.Number); ok && text(m["name"]) != "" {
		return said + " (code " + code.String() + ")"
	}
	return said
}

// explainErrors reads an errors member: a text, a list of texts or objects, or lists of texts by field.
func explainErrors(v, required any) string {
	var parts []string
	switch e := v.(type) {
	case string:
		parts = append(parts, e)
	case []any:
		for _, one := range e {
			parts = append(parts, explainOne(one))
		}
	case map[string]any:
		for _, field := range sortedNames(e) {
			if list, ok := e[field].([]any); ok {
				parts = append(parts, field+": "+explainErrors(list, nil))
			} else {
				parts = append(parts, join(": ", field, text(e[field])))
			}
		}
	}
	said := join("; ", parts...)
	if required == nil {
		return said
	}
	if names := explainErrors(required, nil); names != "" && said != "" {
		said += ": " + strings.ReplaceAll(names, "; ", ", ")
	}
	return said
}

// explainOne reads an element of a list of errors.
func explainOne(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return text(v)
	}
	said := text(m["detail"])
	if said == "" {
		said = text(m["title"])
	} else if title := text(m["title"]); title != "" && title != said {
		said = title + ": " + said
	}
	where := text(m["param"])
	if source, ok := m["source"].(map[string]any); ok {
		where = join("", text(source["parameter"]), text(source["pointer"]))
	}
	if value := text(m["value"]); value != "" && where != "" {
		where += "=" + value
	}
	return join(": ", where, join(": ", said, text(m["error"]), text(m["message"])))
}

// describe says what an answer is that says nothing in JSON.
func describe(r *Response) string {
	body := strings.TrimSpace(strings.ToValidUTF8(string(r.Body[:min(len(r.Body), 64<<10)]), "�"))
	switch {
	case body == "":
		return ""
	case strings.HasPrefix(body, "<") || strings.Contains(contentType(r.Header), "html"):
		if title := htmlTitle.FindStringSubmatch(body); title != nil {
			return "an HTML page titled “" + shorten(html.UnescapeString(title[1])) + "”"
		}
		if strings.HasPrefix(strings.ToLower(body), "<?xml") {
			return "XML"
		}
		return "an HTML page without a title"
	}
	return shorten(body)
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title>`)

// shorten makes a text fit for one line of a log: no line ends nor other control characters, 200 characters at most.
func shorten(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c <= ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 }), " ")
	if utf8.RuneCountInString(s) > quoted {
		s = string([]rune(s)[:quoted]) + "…"
	}
	return s
}

// text is v if it is a string or a number, "" otherwise.
func text(v any) string {
	switch t := v.(type) {
	case string:
		return strings.TrimSpace(t)
	case json.Number:
		return t.String()
	}
	return ""
}

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" })
	return strings.Join(parts, separator)
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
