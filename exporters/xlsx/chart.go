package xlsx

import (
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/reportjob/reportjob/exporters"
)

// Charts are as wide as this, in pixels, and those of times as high; a list's grow with its lines.
const (
	chartWidth  = 760
	chartHeight = 320
	barHeight   = 26
	mostTicks   = 26 // labels below an axis
	levelTicks  = 90 // characters of them that fit beside one another
)

// palette are the colours of what means neither good nor bad.
var palette = [...]string{"2F6F9F", "7FA66B", "C9A227", "8E6FA8", "5B8E8C", "B07B5E", "94A3B8", "D48A9A", "CBD5E1"}

// moods are the colours of what does. What is not marked among what is, is as it should be.
var (
	moods    = [...]string{exporters.Good: "4C9F70", exporters.Doubtful: "E0A030", exporters.Bad: "C0392B"}
	asShould = [...]string{"7FB28A", "A9B4C2", "5B8E8C", "8FA9C4", "CBD5E1"}
)

// chart is the section's chart, nil if it has none or nothing to draw.
func (d *drawn) chart(sheet string) *excelize.Chart {
	if d.Chart == exporters.NoChart || len(d.Lines) == 0 || d.instant() {
		return nil
	}
	chart := &excelize.Chart{
		Format:    excelize.GraphicOptions{AltText: d.Title, Positioning: "oneCell"},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: cleanText(d.Title), Font: &excelize.Font{Bold: true, Color: "1F2937", Size: 13}}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: axisFont()},
		XAxis:     excelize.ChartAxis{Font: axisFont()},
		Series:    d.series(sheet),
		Border:    excelize.LineOptions{Type: excelize.LineSolid, Width: 0.75, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D5DCE5"}}},
	}
	if len(chart.Series) > 1 {
		chart.Legend.Position = "bottom"
	}
	chart.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: d.axisFormat()}
	d.shape(chart)
	return chart
}

// instant tells whether the lines are one point in time, of which a chart would say no more than its number does.
func (d *drawn) instant() bool {
	points := 0
	for _, l := range d.Lines {
		if !l.Label.IsNull() {
			points++
		}
	}
	return d.Every != exporters.NoStretch && points < 2
}

func axisFont() excelize.Font { return excelize.Font{Color: "475569", Size: 9} }

// axisFormat is how the numbers beside the axis look: as those of the lines, without decimals that are all zeros.
func (d *drawn) axisFormat() string {
	if d.Sum.Kind == exporters.Duration {
		return duration.format("")
	}
	return groupedFormat(0, currency(d.Sum))
}

// shape makes the chart one of lines, columns over time, or bars from top to bottom.
func (d *drawn) shape(chart *excelize.Chart) {
	gap := uint(50)
	overlap := 100
	switch {
	case d.Chart == exporters.Lines:
		chart.Type = excelize.Line
	case d.Every != exporters.NoStretch:
		chart.Type, chart.GapWidth, chart.Overlap = excelize.ColStacked, &gap, &overlap
	default:
		chart.Type, chart.GapWidth = excelize.Bar, &gap
		if d.Chart == exporters.Stacked {
			chart.Type, chart.Overlap = excelize.BarStacked, &overlap
		}
		chart.XAxis.ReverseOrder = true // the first line on top
		chart.Dimension.Height = uint(max(200, 110+barHeight*len(d.Lines)))
		if len(chart.Series) == 1 { // numbers at the bars say more than an axis
			chart.PlotArea.ShowVal, chart.YAxis.None, chart.YAxis.MajorGridLines = true, true, false
		}
		return
	}
	n := len(d.Lines)
	if n*(1+textWidth(d.labels[0], longestLabel)) > levelTicks {
		chart.XAxis.Alignment.TextRotation = -45
	}
	if n > mostTicks {
		chart.XAxis.TickLabelSkip = (n + mostTicks - 1) / mostTicks
	}
}

// series are the total, or its parts if there are any.
func (d *drawn) series(sheet string) (series []excelize.ChartSeries) {
	first, last := 0, 0
	if len(d.headings) > 1 {
		first, last = 1, len(d.headings)-1
	}
	colours, marker := d.colours(), "none"
	if len(d.Lines) < 3 { // of which there would be hardly a line to see
		marker = "circle"
	}
	for i := first; i <= last; i++ {
		fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colours[i]}}
		series = append(series, excelize.ChartSeries{
			Name:       d.area(sheet, i+2, false),
			Categories: d.area(sheet, 1, true),
			Values:     d.area(sheet, i+2, true),
			Fill:       fill,
			Line:       excelize.LineOptions{Width: 2, Fill: fill},
			Marker:     excelize.ChartMarker{Symbol: marker},
		})
	}
	return series
}

// colours are those of the numbers' columns.
func (d *drawn) colours() []string {
	marked := slices.ContainsFunc(d.Splits, func(c exporters.Cell) bool { return d.Split.Mood(c) != 0 })
	colours, plain := []string{palette[0]}, 0
	for i := range len(d.headings) - 1 {
		mood := exporters.Mood(0)
		if i < len(d.Splits) {
			mood = d.Split.Mood(d.Splits[i])
		}
		switch {
		case mood != 0:
			colours = append(colours, moods[mood])
			continue
		case marked:
			colours = append(colours, asShould[plain%len(asShould)])
		default:
			colours = append(colours, palette[plain%len(palette)])
		}
		plain++
	}
	return colours
}
