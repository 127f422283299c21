// Package reportjob holds nothing but the tests of the house: who may import whom, and where vendors' names stand.
package reportjob

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/reportjob/reportjob/"

// source is a file of the program, tests excepted.
type source struct {
	path    string // below the root, such as "jobs/run.go"
	imports []string
	file    *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && name != "."
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (hidden || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s := source{path: filepath.ToSlash(name), file: file}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rules say what the packages of a folder may import besides the standard library: the first rule that fits a package
// holds. A word that ends in a slash stands for everything below it.
var rules = []struct{ folder, may string }{
	{"clients/rest", "golang.org/x/"},
	{"clients/sandbox", "golang.org/x/ github.com/go-oauth2/"},
	{"clients/", module + "clients/rest golang.org/x/"},
	{"exporters/xlsx", module + "exporters github.com/xuri/excelize/ github.com/klauspost/compress/ golang.org/x/"},
	{"exporters/compressed", module + "exporters github.com/klauspost/compress/"},
	{"exporters/parquet", module + "exporters github.com/parquet-go/parquet-go github.com/parquet-go/parquet-go/"},
	{"exporters/exportertest", module + "exporters " + module + "internal/raced"},
	{"exporters/", module + "exporters golang.org/x/"},
	{"exporters", ""},
	{"jobs/reports", module + "jobs " + module + "clients/ " + module + "exporters"},
	{"jobs/schedule", module + "jobs github.com/robfig/cron/"},
	{"jobs/", module + "jobs " + module + "exporters golang.org/x/"},
	{"jobs", module + "exporters"},
	{"internal/raced", ""},
}

func TestImportsRunDownwards(t *testing.T) {
	t.Parallel()
	held := map[string]bool{}
	for _, s := range sources(t) {
		folder := path.Dir(s.path)
		for _, rule := range rules {
			if !covers(rule.folder, folder) {
				continue
			}
			held[rule.folder] = true
			for _, imported := range s.imports {
				if !standard(imported) && !allowed(rule.may, imported) {
					t.Errorf("%s imports %s; packages of %s may not", s.path, imported, rule.folder)
				}
			}
			break
		}
	}
	for _, rule := range rules {
		if !held[rule.folder] && !strings.HasSuffix(rule.folder, "/") {
			t.Errorf("there is no package %s: its rule holds nothing", rule.folder)
		}
	}
}

// covers tells whether a rule's folder is meant to hold a package: its own, or what is below it if it ends in a slash.
func covers(rule, folder string) bool {
	return rule == folder || strings.HasSuffix(rule, "/") && strings.HasPrefix(folder, rule)
}

func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

func allowed(may, imported string) bool {
	for word := range strings.FieldsSeq(may) {
		if covers(word, imported) {
			return true
		}
	}
	return false
}

// The program is the same under the race detector and without it; only its tests, and what holds tests, may differ.
func TestOnlyTestsAskForTheRaceDetector(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if slices.Contains(s.imports, module+"internal/raced") != (s.path == "exporters/exportertest/exportertest.go") {
			t.Errorf("%s imports %v", s.path, s.imports)
		}
	}
}

// Vendors have their names below clients/<vendor>, in the sandbox, in the files of their reports, in the list of all
// APIs, and in the settings of the command. Comments may name them as examples.
func TestVendorsAreNamedInTheirOwnPlacesOnly(t *testing.T) {
	t.Parallel()
	vendors := []string{"secureaccess", "sipgate", "sierra", "wizart", "cisco", "umbrella"}
	elsewhere := 0
	for _, s := range sources(t) {
		folder, name := path.Split(s.path)
		if s.path == "jobs/reports/reports.go" || covers("cmd/", folder) || covers("clients/sandbox/", folder) || covers("bench/", folder) {
			continue
		}
		elsewhere++
		ast.Inspect(s.file, func(n ast.Node) bool {
			word := wordOf(n)
			for i, vendor := range vendors {
				home := vendor
				if i > 3 {
					home = vendors[0]
				}
				at := folder == "clients/"+home+"/" || folder == "jobs/reports/" && strings.HasPrefix(name, home)
				if !at && strings.Contains(strings.ToLower(word), vendor) {
					t.Errorf("%s names %s: %s", s.path, vendor, word)
				}
			}
			return true
		})
	}
	if elsewhere < 50 {
		t.Errorf("only %d files were looked at", elsewhere)
	}
}

// wordOf is a name or a literal; comments are neither.
func wordOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name
	case *ast.BasicLit:
		return n.Value
	}
	return ""
}

func TestTheRulesOfTheHouseTellRightFromWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		may, imported string
		want          bool
	}{
		{module + "exporters", module + "exporters", true},
		{module + "exporters", module + "exporters/csv", false},
		{module + "clients/", module + "clients/rest", true},
		{"golang.org/x/", "golang.org/x/text/language", true},
		{"", module + "jobs", false},
	} {
		if got := allowed(c.may, c.imported); got != c.want {
			t.Errorf("%q may import %s: %v", c.may, c.imported, got)
		}
	}
	if !standard("net/http") || standard("github.com/x/y") {
		t.Error("the standard library is not told from the rest")
	}
}
