//go:build unix

package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// plot draws how seconds and memory grow with rows, beside the document that shows it.
func (b *bench) plot(document string) error {
	if len(b.growth) < 2 {
		return nil
	}
	var picture strings.Builder
	if err := draw(&picture, b.growth); err != nil {
		return err
	}
	path := strings.TrimSuffix(document, filepath.Ext(document)) + ".svg"
	return os.WriteFile(path, []byte(picture.String()), 0o644)
}

// Where a panel has its points, in a picture of two.
const (
	panelWidth, panelHeight = 300.0, 220.0
	panelLeft, panelTop     = 60.0, 45.0
	panelApart              = 400.0
)

// axis turns values into parts of a side.
type axis struct {
	least, most float64
	log         bool
	marks       []mark
}

// mark is a value that is named beside an axis.
type mark struct {
	value float64
	name  string
}

func (a axis) part(v float64) float64 {
	if a.log {
		return math.Log(v/a.least) / math.Log(a.most/a.least)
	}
	return (v - a.least) / (a.most - a.least)
}

// decades is an axis from one power of ten to another that has all values on it.
func decades(values []float64, name func(float64) string) axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, math.Floor(math.Log10(v))), max(high, math.Ceil(math.Log10(v)))
	}
	a := axis{least: math.Pow(10, low), most: math.Pow(10, max(high, low+1)), log: true}
	for e := low; e <= max(high, low+1); e++ {
		a.marks = append(a.marks, mark{math.Pow(10, e), name(math.Pow(10, e))})
	}
	return a
}

// fromZero is an axis with a mark every so often.
func fromZero(values []float64, every float64) axis {
	high := every
	for _, v := range values {
		high = max(high, math.Ceil(v/every)*every)
	}
	a := axis{most: high}
	for v := 0.0; v <= high; v += every {
		a.marks = append(a.marks, mark{v, plain(v)})
	}
	return a
}

// plain is a number with all its digits.
func plain(v float64) string {
	if v >= 1000 {
		return grouped(int(math.Round(v)))
	}
	return fmt.Sprint(v)
}

// panel is what the template draws, in units of the picture.
type panel struct {
	X             float64
	Title, Colour string
	Down, Along   []tick
	Points        []dot
}

type tick struct {
	At   float64
	Name string
}

type dot struct {
	X, Y, LabelY  float64
	Label, Anchor string
}

func newPanel(x float64, title, colour string, across, up axis, points [][2]float64, label func(float64) string) panel {
	p := panel{X: x, Title: title, Colour: colour}
	for _, m := range across.marks {
		p.Along = append(p.Along, tick{across.part(m.value) * panelWidth, m.name})
	}
	for _, m := range up.marks {
		p.Down = append(p.Down, tick{(1 - up.part(m.value)) * panelHeight, m.name})
	}
	for i, at := range points {
		d := dot{X: across.part(at[0]) * panelWidth, Y: (1 - up.part(at[1])) * panelHeight, Label: label(at[1]), Anchor: "middle"}
		d.LabelY = d.Y - 9
		if i == 0 { // beside the axis and its marks, and below the line where there is room
			if d.Anchor = "start"; d.Y < panelHeight-25 {
				d.LabelY = d.Y + 17
			}
		}
		p.Points = append(p.Points, d)
	}
	return p
}

// draw writes the picture. The same figures give the same bytes.
func draw(w io.Writer, growth []point) error {
	var rows, seconds, memory []float64
	var walls, peaks [][2]float64
	for _, p := range growth {
		n := float64(p.rows)
		rows, seconds, memory = append(rows, n), append(seconds, p.Wall), append(memory, p.Peak)
		walls, peaks = append(walls, [2]float64{n, p.Wall}), append(peaks, [2]float64{n, p.Peak})
	}
	across := decades(rows, plain)
	return picture.Execute(w, []panel{
		newPanel(panelLeft, "Seconds, by rows", "#0b5fa5", across, decades(seconds, plain), walls,
			func(v float64) string { return number(v) + " s" }),
		newPanel(panelLeft+panelApart, "MiB of memory at its peak, by rows", "#b5400a", across, fromZero(memory, 20), peaks,
			func(v float64) string { return fmt.Sprintf("%.0f MiB", v) }),
	})
}

var picture = template.Must(template.New("plot").Funcs(template.FuncMap{
	"n": func(v float64) string { return fmt.Sprintf("%.1f", v) },
}).Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 310" width="800" height="310" font-family="sans-serif" font-size="11" fill="#333">
<title>Seconds and memory of a run, by rows</title>
<rect width="800" height="310" fill="#fff"/>
{{- range .}}
<g transform="translate({{n .X}} ` + fmt.Sprintf("%.1f", panelTop) + `)">
<text y="-22" font-size="13" font-weight="bold">{{.Title}}</text>
{{- range .Down}}
<path d="M0 {{n .At}}h` + fmt.Sprintf("%.1f", panelWidth) + `" stroke="#ddd"/><text x="-7" y="{{n .At}}" dy="4" text-anchor="end">{{.Name}}</text>
{{- end}}
{{- range .Along}}
<path d="M{{n .At}} 0v` + fmt.Sprintf("%.1f", panelHeight) + `" stroke="#ddd"/><text x="{{n .At}}" y="` + fmt.Sprintf("%.1f", panelHeight+17) + `" text-anchor="middle">{{.Name}}</text>
{{- end}}
<polyline points="{{range $i, $p := .Points}}{{if $i}} {{end}}{{n $p.X}},{{n $p.Y}}{{end}}" fill="none" stroke="{{.Colour}}" stroke-width="2"/>
{{- $colour := .Colour}}
{{- range .Points}}
<circle cx="{{n .X}}" cy="{{n .Y}}" r="3.5" fill="{{$colour}}"/><text x="{{n .X}}" y="{{n .LabelY}}" text-anchor="{{.Anchor}}" stroke="#fff" stroke-width="3" paint-order="stroke">{{.Label}}</text>
{{- end}}
</g>
{{- end}}
</svg>
`))
