//go:build unix

package main

import (
	"bufio"
	"encoding/json"
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
	growth        []point // the program end to end, by rows
	fast          point   // the large day at the fastest level
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

// shown is a figure without a bar.
func (b *bench) shown(what string, figure float64, unit, from string, args ...any) {
	b.bars = append(b.bars, bar{what: what, figure: figure, unit: unit, from: fmt.Sprintf(from, args...)})
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
	f, err := b.children(b.times(3), n, "xlsx", "xlsx-fast", "limit", "nameless", "excelize")
	if err != nil {
		return err
	}
	ours, fast, bare, nameless, peer := f[0], f[1], f[2], f[3], f[4]
	const of = "%.2f s against %.2f s"
	what := fmt.Sprintf("a workbook of %s rows of 12 columns, against excelize's StreamWriter: ", grouped(n))
	b.most(what+"wall clock", ours.Wall/peer.Wall, 0.18, "", of, ours.Wall, peer.Wall)
	b.most(what+"processor time", ours.CPU/peer.CPU, 0.30, "", of, ours.CPU, peer.CPU)
	b.most(what+"wall clock at the fastest level", fast.Wall/peer.Wall, 0.13, "", of, fast.Wall, peer.Wall)
	b.most(what+"size", float64(ours.Bytes)/float64(peer.Bytes), 1.06, "", "%.1f MB against %.1f MB; at the fastest level %.1f MB",
		float64(ours.Bytes)/1e6, float64(peer.Bytes)/1e6, float64(fast.Bytes)/1e6)
	b.most("the same, against the limit: the rows written by hand, at the same level, over all cores: wall clock", ours.Wall/bare.Wall, 1.25, "",
		"%.2f s against %.2f s; %.1f MB against %.1f MB", ours.Wall, bare.Wall, float64(ours.Bytes)/1e6, float64(bare.Bytes)/1e6)
	b.shown("the same, against the limit without names of cells", ours.Wall/nameless.Wall, "", "%.2f s against %.2f s; %.1f MB against %.1f MB",
		ours.Wall, nameless.Wall, float64(ours.Bytes)/1e6, float64(nameless.Bytes)/1e6)
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

// served runs work while an API stands in another process. It has as many rows as are asked for; address is without them.
func (b *bench) served(delay time.Duration, work func(address string) error) error {
	cmd := exec.Command(b.self, "-as", "stand")
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
	return work("http://" + strings.TrimSpace(address))
}

// reportName is the report that the stand-in feeds.
const reportName = "secureaccess-activity-dns"

// report is one run of the program, over a day of n rows.
func (b *bench) report(address string, n int, formats string, more ...string) func() (figures, error) {
	return func() (figures, error) {
		exports := filepath.Join(b.folder, "exports")
		cmd := exec.Command(b.program, "run", "--once", reportName, "--from", "2026-11-20", "--to", "2026-11-21")
		cmd.Env = []string{
			"SECUREACCESS_BASE_URL=" + address + "/" + strconv.Itoa(n), "SECUREACCESS_API_KEY=k", "SECUREACCESS_API_SECRET=s", "SECUREACCESS_RATE=100000",
			"REPORTJOB_STATE=off", "REPORTJOB_OUTPUT=" + exports, "REPORTJOB_FORMATS=" + formats, "REPORTJOB_LOG_LEVEL=warn", "TZ=UTC",
		}
		cmd.Env = append(cmd.Env, more...)
		f, err := command(cmd)
		if err == nil {
			f.Bytes, err = delivered(exports, n)
		}
		return f, errorOr(err, os.RemoveAll(exports))
	}
}

// delivered is the size of the files of a run, which must have n rows and all that there are.
func delivered(exports string, n int) (bytes int64, err error) {
	manifests, err := filepath.Glob(filepath.Join(exports, "*", "*.manifest.json"))
	if err != nil || len(manifests) != 1 {
		return 0, fmt.Errorf("%d manifests were delivered: %w", len(manifests), err)
	}
	text, err := os.ReadFile(manifests[0])
	if err != nil {
		return 0, err
	}
	var m struct {
		Rows    int
		Verdict string
		Files   []struct{ Bytes int64 }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return 0, err
	}
	if m.Rows != n || m.Verdict != "complete" {
		return 0, fmt.Errorf("%d rows were delivered of %d, %s", m.Rows, n, m.Verdict)
	}
	for _, f := range m.Files {
		bytes += f.Bytes
	}
	return bytes, nil
}

func errorOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
