package exporters

import (
	"strings"
	"testing"
	"time"
)

func TestHeadingsAreForPeople(t *testing.T) {
	for name, want := range map[string]string{
		"external_ip": "External IP", "id": "ID", "call_ids": "Call IDs", "duration": "Duration", "url": "URL", "file_sha256": "File SHA-256",
		"größe_über": "Größe Über", "über_alles": "Über Alles", "": "", "a": "A", "identities.0.label": "Identities.0.label",
		"\xff_x": "\uFFFD X", "_x": " X",
	} {
		if got := (Column{Name: name}).Heading(); got != want {
			t.Errorf("heading of %q is %q, expected %q", name, got, want)
		}
	}
}

func TestKindsAreReadByTheirNames(t *testing.T) {
	for k := Text; k <= List; k++ {
		text, err := k.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseKind(string(text)); err != nil || got != k {
			t.Errorf("%s reads as %v, %v", text, got, err)
		}
	}
	for _, name := range []string{"", "Text", "float", "kind(0)"} {
		if k, err := ParseKind(name); err == nil {
			t.Errorf("%q reads as %v", name, k)
		} else if !strings.Contains(err.Error(), "duration") {
			t.Errorf("the error does not name the kinds: %v", err)
		}
	}
	if got := Kind(200).String(); got != "kind(200)" {
		t.Errorf("an unknown kind is %q", got)
	}
}

func TestTablesAreCheckedBeforeAFileIsBegun(t *testing.T) {
	a := Column{Name: "a", Kind: Text}
	for want, columns := range map[string][]Column{
		"":              {a, {Name: "b", Kind: List}},
		"no columns":    nil,
		"stands twice":  {a, a},
		"has no name":   {{Kind: Text}},
		"is not UTF-8":  {{Name: "a\xff", Kind: Text}},
		`"b" has no ki`: {a, {Name: "b"}},
	} {
		err := Table{Name: "t", Columns: columns}.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("columns %v: error is %v, expected %q", columns, err, want)
		}
	}
	table := Table{Name: "t", Columns: []Column{a}}
	if table.CheckRow(Row{Null}) != nil || table.CheckRow(nil) == nil || table.CheckRow(Row{Null, Null}) == nil {
		t.Error("rows are checked for another length than the table's")
	}
	if table.Location() != time.UTC {
		t.Error("a table without a zone is not in UTC")
	}
}
