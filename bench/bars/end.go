//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// point is what a run of so many rows came to.
type point struct {
	rows int
	figures
}

// perRow is processor time in µs, which other programs on the machine change less than the clock's.
func (p point) perRow() float64 { return p.CPU / float64(p.rows) * 1e6 }

// Sizes of days: the last is measured once, since it takes minutes, and needs room for its files.
const (
	small  = 100_000
	large  = 1_000_000
	huge   = 10_000_000
	hugeGB = 4
)

// endToEnd measures the program as its users have it, from an API to files, over days of ten times as many rows each.
func (b *bench) endToEnd() error {
	return b.served(0, func(address string) error {
		var works []func() (figures, error)
		sizes := []int{1000, 10_000, small, large}
		for _, n := range sizes {
			works = append(works, b.report(address, n, "csv,xlsx"))
		}
		works = append(works, b.report(address, large, "csv,xlsx", fast))
		f, err := b.inTurns(b.times(3), works...)
		if err != nil {
			return err
		}
		for i, n := range sizes {
			b.growth = append(b.growth, point{n, f[i]})
		}
		b.fast = point{large, f[len(sizes)]}
		last := len(b.growth) - 1
		little, much := b.growth[last-1], b.growth[last]
		if b.roomy() {
			if little, much, err = b.grow(address); err != nil {
				return err
			}
		}
		b.judgeGrowth(little, much)
		return nil
	})
}

// fast has workbooks deflated at the fastest level.
const fast = "REPORTJOB_COMPRESSION=fast"

// roomy tells whether there are time and room for the largest day.
func (b *bench) roomy() bool {
	if b.quick {
		return false
	}
	free, ok := freeBytes(b.folder)
	if ok && free < hugeGB<<30 {
		b.passed = append(b.passed, fmt.Sprintf("a day of %s rows: its files need %d GB", grouped(huge), hugeGB))
		return false
	}
	return true
}

// grow adds the largest day, and gives what it is to be held against: a machine is not as fast all the time, so that smaller
// ones are measured again before it and after it.
func (b *bench) grow(address string) (little, much point, err error) {
	var f [3]figures
	for i, n := range []int{large, huge, large} {
		if f[i], err = b.report(address, n, "csv,xlsx")(); err != nil {
			return little, much, err
		}
	}
	f[0].CPU = (f[0].CPU + f[2].CPU) / 2
	b.growth = append(b.growth, point{huge, f[1]})
	return point{large, f[0]}, point{huge, f[1]}, nil
}

func freeBytes(folder string) (uint64, bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil || s.Bsize <= 0 {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true
}

// judgeGrowth holds the days against the bars, and against each other: in time a row, much against little.
func (b *bench) judgeGrowth(little, much point) {
	for _, p := range b.growth {
		what := fmt.Sprintf("API to CSV and workbook, %s rows", grouped(p.rows))
		b.shown(what, p.Wall, "s", "%.2f s of processor time, %.0f MiB, %.1f MB of files", p.CPU, p.Peak, float64(p.Bytes)/1e6)
		if p.rows == large {
			b.least(what+": rows a second", float64(p.rows)/p.Wall, 200_000, "", "%.2f s", p.Wall)
			b.least(what+": rows a second at the fastest level", float64(p.rows)/b.fast.Wall, 200_000, "", "%.2f s, %.2f s of processor time, %.1f MB of files",
				b.fast.Wall, b.fast.CPU, float64(b.fast.Bytes)/1e6)
			b.most(what+": memory at its peak", p.Peak, 96, "MiB", "of the whole process")
		}
	}
	b.most(fmt.Sprintf("%s rows against %s: processor time a row", grouped(much.rows), grouped(little.rows)), much.perRow()/little.perRow(), 1.1, "",
		"%.2f µs against %.2f µs", much.perRow(), little.perRow())
	var few, many point
	for _, p := range b.growth {
		switch p.rows {
		case small:
			few = p
		case large:
			many = p
		}
	}
	b.most(fmt.Sprintf("%s rows against %s: memory at its peak", grouped(large), grouped(small)), many.Peak/few.Peak, 1.1, "",
		"%.0f MiB against %.0f MiB", many.Peak, few.Peak)
}

// latency is the time that an API takes for an answer, if it takes any.
const latency = 50 * time.Millisecond

// slow measures an API that takes its time.
func (b *bench) slow() error {
	n := b.rows(large)
	if _, err := exec.LookPath("curl"); err != nil {
		b.passed = append(b.passed, "curl: not installed (Debian: curl)")
		return nil
	}
	return b.served(latency, func(address string) error {
		f, err := b.inTurns(b.times(3), b.report(address, n, "csv,xlsx"), b.report(address, n, "csv,xlsx", fast), b.report(address, n, "csv"), b.curl(address, n))
		if err != nil {
			return err
		}
		both, soon, plain, curl := f[0], f[1], f[2], f[3]
		const of = "%.2f s against %.2f s"
		what := fmt.Sprintf("API to CSV and workbook, %s rows at 50 ms of latency, against curl of the same pages, four at once", grouped(n))
		b.most(what, both.Wall/curl.Wall, 1.5, "", of, both.Wall, curl.Wall)
		b.most("the same at the fastest level", soon.Wall/curl.Wall, 1.5, "", of, soon.Wall, curl.Wall)
		b.shown("the same, CSV alone", plain.Wall/curl.Wall, "", of, plain.Wall, curl.Wall)
		return nil
	})
}
