package xlsx

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

func TestAddressesAreLinksWhereAskedFor(t *testing.T) {
	start := "https://example.org/"
	for text, linked := range map[string]bool{
		start + "?a=b&c=<d>#e":                            true,
		"http://user@example.org:8080/it's":               true,
		start + "größe/日本/🙂":                              true,
		start + strings.Repeat("x", maxLinked-len(start)): true,
		start + strings.Repeat("x", maxLinked):            false,
		start + strings.Repeat("🙂", maxLinked/2):          false,
		start + `"&HYPERLINK("http://elsewhere.org`:       false,
		start + `"`:                false,
		start + "a b":              false,
		start + "a\u00a0b":         false,
		start + "a\nb":             false,
		start + "\x01":             false,
		start + "\u202Etxt.exe":    false,
		start + "_x0022_":          false,
		" " + start:                false,
		start + " ":                false,
		"see " + start:             false,
		"https://":                 false,
		"https:///path":            false,
		"https:example.org":        false,
		"ftp://example.org":        false,
		"javascript:alert(1)":      false,
		`\\server\share`:           false,
		"=HYPERLINK(\"http://x\")": false,
		"www.example.org":          false,
	} {
		table := one(exporters.Text)
		table.Links = true
		file, _ := write(t, table, exporters.Row{exporters.OfText(text)})
		f := open(t, file)
		formula, err := f.GetCellFormula("one", "A2")
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if linked {
			want = `HYPERLINK("` + text + `")`
		}
		if formula != want {
			t.Errorf("%q has the formula %q, expected %q", text, formula, want)
		}
		if rows := readBack(t, table, file); rows[0][0] != text {
			t.Errorf("%q reads as %q", text, rows[0][0])
		}
		if looks := underlined(t, f, "A2"); looks != linked {
			t.Errorf("%q looks like a link: %v", text, looks)
		}
	}
}

func underlined(t testing.TB, f *excelize.File, cell string) bool {
	t.Helper()
	id, err := f.GetCellStyle("one", cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style.Font != nil && style.Font.Underline == "single" && style.Font.Color != ""
}

func TestOnlyTextsBecomeLinks(t *testing.T) {
	const address = "https://example.org/"
	table := exporters.Table{Name: "one", Links: true, Columns: []exporters.Column{
		{Name: "a", Kind: exporters.Code}, {Name: "b", Kind: exporters.List}, {Name: "c", Kind: exporters.Text}}}
	file, _ := write(t, table, exporters.Row{exporters.OfCode(address), exporters.OfList(address), exporters.OfText(address)})
	f := open(t, file)
	for cell, linked := range map[string]bool{"A2": false, "B2": false, "C2": true} {
		if formula, err := f.GetCellFormula("one", cell); err != nil || (formula != "") != linked {
			t.Errorf("%s has the formula %q: %v", cell, formula, err)
		}
	}
	table.Links = false
	file, _ = write(t, table, exporters.Row{exporters.OfCode(address), exporters.OfList(address), exporters.OfText(address)})
	for name, part := range checkParts(t, file) {
		if strings.Contains(part, "<f>") || strings.Contains(part, "hyperlink") {
			t.Errorf("part %s has a link though nobody asked for any", name)
		}
	}
}

func TestABookOfSeveralTablesHasLinksToo(t *testing.T) {
	table := one(exporters.Text)
	for _, links := range []bool{true, false} {
		table.Links = links
		var file bytes.Buffer
		w, err := aloneInABook(t).New(&file, table)
		if err != nil {
			t.Fatal(err)
		}
		writeAll(t, w, []exporters.Row{{exporters.OfText("https://example.org/")}})
		checkParts(t, file.Bytes())
		f := open(t, file.Bytes())
		if formula, err := f.GetCellFormula("one", "A2"); err != nil || (formula != "") != links || underlined(t, f, "A2") != links {
			t.Errorf("links %v: the formula is %q: %v", links, formula, err)
		}
	}
}

func TestWorkbooksWithLinksHaveTheSameBytes(t *testing.T) {
	table := one(exporters.Text)
	table.Links = true
	row := exporters.Row{exporters.OfText("https://example.org/")}
	first, _ := write(t, table, row)
	second, _ := write(t, table, row)
	if !bytes.Equal(first, second) {
		t.Error("they differ")
	}
}
