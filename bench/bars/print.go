//go:build unix

package main

import (
	"fmt"
	"io"
	"strings"
)

// print writes the bars as a table.
func (b *bench) print(w io.Writer) {
	sort := "medians of several runs in turns"
	if b.quick {
		sort = "one run each, of fewer rows"
	}
	fmt.Fprintf(w, "On %s; %s.\n\n| what | figure | bar | | from |\n|---|---|---|---|---|\n", machine(), sort)
	for _, bar := range b.bars {
		figure, limit, verdict := number(bar.figure), "", ""
		if bar.limit > 0 {
			limit, verdict = "≤ ", "reached"
			if bar.atLeast {
				limit = "≥ "
			}
			limit += number(bar.limit)
			if !bar.reached() {
				verdict = "**not reached**"
				if figure == number(bar.limit) {
					figure = fmt.Sprintf("%.3f", bar.figure)
				}
			}
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", bar.what, strings.TrimSpace(figure+" "+bar.unit), limit, verdict, bar.from)
	}
	if len(b.passed) > 0 {
		fmt.Fprintf(w, "\nPassed over: %s.\n", strings.Join(b.passed, "; "))
	}
}

func number(f float64) string {
	switch {
	case f >= 1000:
		return grouped(int(f))
	case f >= 20:
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.2f", f)
}

// grouped writes a number for people: 15,000.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
