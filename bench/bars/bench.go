//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// bench collects the bars and whether they were reached.
type bench struct {
	options
	self, program string
	bars          []bar
	passed        []string // over, with reasons
}

// bar is something to reach.
type bar struct {
	what    string
	figure  float64
	limit   float64 // as much at most, or at least if atLeast
	atLeast bool
	unit    string
	from    string // what it was computed from
}

func (b bar) reached() bool {
	if b.atLeast {
		return b.figure >= b.limit
	}
	return b.figure <= b.limit
}

func newBench(o options) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, self: self, program: filepath.Join(o.folder, "reportjob")}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.program, "github.com/reportjob/reportjob/cmd/reportjob")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("reportjob cannot be built: %w\n%s", err, out)
	}
	return b, nil
}

func (b *bench) rows(n int) int {
	if b.quick {
		return n / 10
	}
	return n
}

func (b *bench) times(n int) int {
	if b.quick {
		return 1
	}
	return n
}

func (b *bench) most(what string, figure, limit float64, unit, from string, args ...any) {
	b.bars = append(b.bars, bar{what: what, figure: figure, limit: limit, unit: unit, from: fmt.Sprintf(from, args...)})
}

func (b *bench) least(what string, figure, limit float64, unit, from string, args ...any) {
	b.bars = append(b.bars, bar{what: what, figure: figure, limit: limit, atLeast: true, unit: unit, from: fmt.Sprintf(from, args...)})
}

// children measures parts in turns.
func (b *bench) children(times, n int, names ...string) ([]figures, error) {
	var works []func() (figures, error)
	for _, name := range names {
		works = append(works, func() (figures, error) { return b.child(name, n) })
	}
	return b.inTurns(times, works...)
}

func (b *bench) workbooks() error {
	n := b.rows(1_000_000)
	f, err := b.children(b.times(3), n, "xlsx", "xlsx-fast", "excelize")
	if err != nil {
		return err
	}
	ours, fast, peer := f[0], f[1], f[2]
	const of = "%.2f s against %.2f s"
	what := fmt.Sprintf("a workbook of %s rows of 12 columns, against excelize's StreamWriter: ", grouped(n))
	b.most(what+"wall clock", ours.Wall/peer.Wall, 0.18, "", of, ours.Wall, peer.Wall)
	b.most(what+"processor time", ours.CPU/peer.CPU, 0.30, "", of, ours.CPU, peer.CPU)
	b.most(what+"wall clock at the fastest level", fast.Wall/peer.Wall, 0.13, "", of, fast.Wall, peer.Wall)
	b.most(what+"size", float64(ours.Bytes)/float64(peer.Bytes), 1.06, "", "%.1f MB against %.1f MB; at the fastest level %.1f MB",
		float64(ours.Bytes)/1e6, float64(peer.Bytes)/1e6, float64(fast.Bytes)/1e6)
	return b.workbookPeers(n, ours)
}

func (b *bench) csv() error {
	f, err := b.children(b.times(5), b.rows(1_000_000), "csv", "csv-std")
	if err != nil {
		return err
	}
	b.most("CSV, against encoding/csv: processor time", f[0].CPU/f[1].CPU, 0.5, "", "%.2f s against %.2f s", f[0].CPU, f[1].CPU)
	return nil
}

func (b *bench) decoding() error {
	f, err := b.children(b.times(5), b.rows(500_000), "json", "json-std")
	if err != nil {
		return err
	}
	b.least("pages into records, as fast as encoding/json", f[1].CPU/f[0].CPU, 4, "times", "%.0f MB/s against %.0f MB/s",
		float64(f[0].Bytes)/1e6/f[0].CPU, float64(f[1].Bytes)/1e6/f[1].CPU)
	return nil
}

// served runs work while an API stands in another process.
func (b *bench) served(n int, delay time.Duration, work func(address string) error) error {
	cmd := exec.Command(b.self, "-as", "stand", "-n", strconv.Itoa(n))
	cmd.Env = append(os.Environ(), "BARS_DELAY="+delay.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	}()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the stand-in of the API did not begin: %w", err)
	}
	return work(strings.TrimSpace(address))
}

// report is one run of the program.
func (b *bench) report(address, formats string) func() (figures, error) {
	return func() (figures, error) {
		exports := filepath.Join(b.folder, "exports")
		cmd := exec.Command(b.program, "run", "--once", "secureaccess-activity-dns", "--from", "2026-11-20", "--to", "2026-11-21")
		cmd.Env = []string{
			"SECUREACCESS_BASE_URL=http://" + address, "SECUREACCESS_API_KEY=k", "SECUREACCESS_API_SECRET=s", "SECUREACCESS_RATE=100000",
			"REPORTJOB_STATE=off", "REPORTJOB_OUTPUT=" + exports, "REPORTJOB_FORMATS=" + formats, "REPORTJOB_LOG_LEVEL=warn", "TZ=UTC",
		}
		f, err := command(cmd)
		return f, errorOr(err, os.RemoveAll(exports))
	}
}

func errorOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) endToEnd() error {
	small, n := b.rows(100_000), b.rows(1_000_000)
	var little, much figures
	run := func(n int, delay time.Duration, into *figures) error {
		return b.served(n, delay, func(address string) error {
			f, err := b.inTurns(b.times(3), b.report(address, "csv,xlsx"))
			if err == nil {
				*into = f[0]
			}
			return err
		})
	}
	if err := errorOr(run(small, 0, &little), run(n, 0, &much)); err != nil {
		return err
	}
	what := fmt.Sprintf("API to CSV and workbook, %s rows: ", grouped(n))
	b.least(what+"rows a second", float64(n)/much.Wall, 200_000, "", "%.2f s, %.2f s of processor time", much.Wall, much.CPU)
	b.most(what+"memory at its peak", much.Peak, 96, "MiB", "of the whole process")
	b.most(what+"memory, against a tenth of the rows", much.Peak/little.Peak, 1.1, "", "%.0f MiB against %.0f MiB", much.Peak, little.Peak)
	return b.latency(n)
}

// latency measures an API that takes its time.
func (b *bench) latency(n int) error {
	const delay = 50 * time.Millisecond
	if _, err := exec.LookPath("curl"); err != nil {
		b.passed = append(b.passed, "curl: not installed")
		return nil
	}
	return b.served(n, delay, func(address string) error {
		f, err := b.inTurns(b.times(3), b.report(address, "csv,xlsx"), b.report(address, "csv"), b.curl(address, n))
		if err != nil {
			return err
		}
		both, plain, curl := f[0], f[1], f[2]
		const of = "%.2f s against %.2f s"
		b.most("the same at 50 ms of latency, against curl of the same pages, four at once", both.Wall/curl.Wall, 1.5, "", of, both.Wall, curl.Wall)
		b.bars = append(b.bars, bar{what: "the same, CSV alone", figure: plain.Wall / curl.Wall, from: fmt.Sprintf(of, plain.Wall, curl.Wall)})
		return nil
	})
}
