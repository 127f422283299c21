package reports

import "github.com/reportjob/reportjob/exporters"

// The blocks that summaries are made of. Columns go by their names; a split or a sum that is empty is none, and what has
// no sum is counted.

// total is one number for all rows.
func total(title, sum string) exporters.Block { return exporters.Block{Title: title, Sum: sum} }

// overTime is a number for each hour or day.
func overTime(title, by, split, sum string) exporters.Block {
	b := exporters.Block{Title: title, By: by, Every: exporters.HourOrDay, Split: split, Sum: sum, Chart: exporters.Lines}
	if split != "" {
		b.Chart = exporters.Stacked
	}
	return b
}

// each is a number for each value of a column that has few.
func each(title, by, split, sum string) exporters.Block {
	return drawn(exporters.Block{Title: title, By: by, Split: split, Sum: sum})
}

// most is the ten values of a column with the most.
func most(title, by, split, sum string) exporters.Block {
	return drawn(exporters.Block{Title: title, By: by, Split: split, Sum: sum, Top: 10})
}

// drawn has bars drawn, stacked if they have parts.
func drawn(b exporters.Block) exporters.Block {
	if b.Chart = exporters.Bars; b.Split != "" {
		b.Chart = exporters.Stacked
	}
	return b
}
