package jobs

import (
	"strings"
	"testing"
	"time"
)

func TestTemplatesThatCouldHarmAreRefused(t *testing.T) {
	for template, say := range map[string]string{
		"{report}":                            "two windows would get one name",
		"calls_{from}":                        "two windows would get one name",
		"{slot}":                              "two windows would get one name",
		"../{window}":                         "no folders",
		`..\{window}`:                         "no folders",
		"/etc/{window}":                       "no folders",
		"{window}/{report}":                   "no folders",
		".{window}":                           "hidden",
		"a..{window}":                         "two points",
		"{window}.":                           "end with a blank or a point",
		" {window}":                           "begin with a blank",
		"-{window}":                           "begin with a blank or -",
		"{window}\n":                          "cannot be seen",
		"{window}\x00":                        "cannot be seen",
		"{window}\u202e":                      "cannot be seen",
		"{window}:stream":                     "cannot be in the name of a file everywhere",
		"{window}?":                           "cannot be in the name of a file everywhere",
		"{window}\xff":                        "not UTF-8",
		"con.{window}":                        "CON",
		"Lpt1.{window}":                       "Lpt1",
		"nul .{window}":                       "nul",
		"latest.{window}":                     "names of other files",
		"{window}.manifest":                   "names of other files",
		"{windw}":                             "unknown word {windw}",
		"{window":                             "without its }",
		"window}{window}":                     "without its {",
		"{}{window}":                          "unknown word {}",
		"{{window}}":                          "unknown word {{window}",
		"{window}" + strings.Repeat("x", 300): "",
	} {
		parsed, err := ParseTemplate(template)
		if say == "" {
			if err != nil || parsed.Check(Info{Name: "calls"}) == nil {
				t.Errorf("%q: %v, and no mistake for its length", template, err)
			}
			continue
		}
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(say)) {
			t.Errorf("%q: %v, want %q", template, err, say)
		}
	}
}

func TestTemplatesNameFiles(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	o := order(t.TempDir(), calls(rows(1, "x")), "a")
	o.Zone, o.Window = berlin, Window{time.Date(2026, 11, 21, 0, 0, 0, 0, berlin), time.Date(2026, 11, 22, 0, 0, 0, 0, berlin)}
	for template, want := range map[string]string{
		"{report}_{window}":           "calls_2026-11-21",
		"{window} {api}-{report}":     "2026-11-21 phone-calls",
		"{from}-{to}":                 "20261120T230000Z-20261121T230000Z",
		"Anrufe (täglich) {window}":   "Anrufe (täglich) 2026-11-21",
		"con_{window}":                "con_2026-11-21",
		"{report}.{window}.of.{slot}": "calls.2026-11-21.of.20261122T050000Z",
	} {
		parsed, err := ParseTemplate(template)
		if err != nil || parsed.Check(o.Job.Info()) != nil || parsed.String() != template {
			t.Fatalf("%q: %v, %v", template, parsed, err)
		}
		o.Filename = parsed
		result := deliver(t, o)
		if o.Base() != want || !strings.HasSuffix(result.ManifestPath, "/calls/"+want+".manifest.json") || result.Files[0].Name != want+".a" {
			t.Errorf("%q: %s, %s", template, o.Base(), result.ManifestPath)
		}
		if m, err := ReadManifest(result.ManifestPath); err != nil || (m.Filename == "") != (template == usualTemplate) {
			t.Errorf("%q: the manifest says %q, %v", template, m.Filename, err)
		} else if base, ok := m.base(); !ok || base != want {
			t.Errorf("%q: from the manifest %q", template, base)
		}
	}
	for _, v := range Verify(o.Output, inspectLines) {
		if !v.OK {
			t.Errorf("%+v", v)
		}
	}
}

func TestSetsOfAnotherTemplateAreKnownByTheirManifests(t *testing.T) {
	folder := t.TempDir()
	old := deliver(t, order(folder, calls(rows(2, "x")), "a"))
	o := order(folder, calls(rows(2, "x")), "a")
	o.Filename, _ = ParseTemplate("{window}")
	if !Delivered(folder, "calls")(o.Window) {
		t.Error("the window was delivered, under another name")
	}
	o.Again = true
	if result := deliver(t, o); !result.Unchanged || result.ManifestPath != old.ManifestPath {
		t.Errorf("read again: %+v", result)
	}
	o.Job = calls(rows(3, "x"))
	if result := deliver(t, o); result.Unchanged || !strings.HasSuffix(result.ManifestPath, "/2026-11-21.manifest.json") {
		t.Errorf("read again, with another row: %+v", result)
	}
	if m, err := ReadManifest(old.ManifestPath); err != nil || m.Rows != 2 {
		t.Errorf("the older set: %v, %v", m, err)
	}
	o.Window.From, o.Window.To = o.Window.To, o.Window.To.AddDate(0, 0, 1)
	if Delivered(folder, "calls")(o.Window) || Delivered(folder, "faxes")(Window{saturday, saturday.AddDate(0, 0, 1)}) {
		t.Error("this window was not delivered")
	}
}

func TestLeftoversOfEveryTemplateAreCleared(t *testing.T) {
	folder := t.TempDir()
	s := &set{place: place{report: "calls"}}
	for _, name := range []string{"calls_2026-11-20.csv", "20261120.csv", "Anrufe 2026.manifest.json", "latest.csv"} {
		touch(t, folder+"/calls/"+s.hidden(name))
	}
	deliver(t, order(folder, calls(rows(1, "x")), "a"))
	if left := hidden(t, folder); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestTheLongestNamesCanBeMade(t *testing.T) {
	for _, prefix := range []string{"calls_", "x"} {
		n := 0
		for template, _ := ParseTemplate(prefix + "{window}"); template.Check(Info{Name: "calls"}) == nil; n++ {
			template, _ = ParseTemplate(prefix + strings.Repeat("x", n) + "{window}")
		}
		o := order(t.TempDir(), calls(rows(1, "x")), "csv.gz")
		o.Window.To = o.Window.To.Add(time.Second)
		o.Filename, _ = ParseTemplate(prefix + strings.Repeat("x", n-2) + "{window}")
		if deliver(t, o); len(o.Base()) < 170 || o.Filename.Check(o.Job.Info()) != nil {
			t.Errorf("%d bytes", len(o.Base()))
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"{report}_{window}", "{from}--{to}", "../{window}", "{{window}}", "con.{window}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := ParseTemplate(text)
		if err != nil {
			return
		}
		day := naming{report: "calls", window: "2026-11-21", from: saturday, to: saturday.AddDate(0, 0, 1)}
		next := naming{report: "calls", window: "2026-11-22", from: day.to, to: day.to.AddDate(0, 0, 1)}
		a, b := template.base(day), template.base(next)
		if a == b || !(File{Name: a + ".csv"}).of(a) || checkBase(a) != nil || strings.ContainsAny(a, "/\\\x00\n") {
			t.Errorf("%q gives %q and %q", text, a, b)
		}
		if again, err := ParseTemplate(template.String()); err != nil || again != template {
			t.Errorf("%q is read back as %v, %v", text, again, err)
		}
	})
}
