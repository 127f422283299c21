//go:build unix

// Command bars measures what reportjob is to reach in speed, against what others do of the same, and prints a table of it.
// Each measurement is a process of its own, so that its processor time and its memory are its own; those that are compared
// take turns, and what counts is the median. Peers that the machine does not have are passed over, with a reason.
//
// It knows no report but the one that its stand-in of an API feeds.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

func main() {
	var o options
	var as, document, only string
	var n int
	flag.BoolVar(&o.quick, "quick", false, "a tenth of the rows, and every measurement once: figures are rougher then")
	flag.StringVar(&document, "write", "", "`FILE` whose table between the two comments is to be replaced, such as docs/performance.md; a plot is drawn beside it")
	flag.StringVar(&only, "only", "", "`NAMES` of what to measure alone, with commas between them: "+strings.Join(names(), ", "))
	flag.StringVar(&as, "as", "", "the part of a child process; for this program itself")
	flag.IntVar(&n, "n", 0, "rows of that part")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: bars [flags]\n\nPeers that are measured if they are there:\n%s\n", peerHelp())
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(o, as, n, only, document); err != nil {
		fmt.Fprintln(os.Stderr, "bars:", err)
		os.Exit(1)
	}
}

func run(o options, as string, n int, only, document string) error {
	if as != "" {
		return part(as, n)
	}
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	if only != "" && document != "" {
		return errors.New("-only leaves out what the document is to have: leave out -write")
	}
	folder, err := os.MkdirTemp("", "bars-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	o.folder = folder
	b, err := newBench(o)
	if err != nil {
		return err
	}
	for _, m := range chosen {
		if err := m.measure(b); err != nil {
			return err
		}
	}
	var table bytes.Buffer
	b.print(&table)
	if _, err := os.Stdout.Write(table.Bytes()); err != nil || document == "" {
		return err
	}
	return errorOr(replace(document, table.String()), b.plot(document))
}

// The comments that the table stands between.
const (
	begins = "<!-- make bench writes from here -->\n"
	ends   = "<!-- to here -->\n"
)

// replace puts the table into a document.
func replace(document, table string) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begins)
	_, after, also := strings.Cut(rest, ends)
	if !found || !also {
		return fmt.Errorf("%s: the comments are not there that the table is to stand between", document)
	}
	return os.WriteFile(document, []byte(before+begins+table+ends+after), 0o644)
}

// machine says what was measured on.
func machine() string {
	name := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(text), "model name\t: "); found {
			name, _, _ = strings.Cut(rest, "\n")
		}
	}
	commit := ""
	if out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output(); err == nil {
		commit = ", commit " + strings.TrimSpace(string(out))
	}
	return fmt.Sprintf("%d cores of %s, %s%s%s", runtime.NumCPU(), name, runtime.Version(), commit, load())
}

// load says whether the machine had other things to do, which makes times longer and not those of processors.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	one, _, _ := strings.Cut(string(text), " ")
	return ", under a load of " + one + " at the end"
}

// measurement is a part of the table.
type measurement struct {
	name    string
	measure func(*bench) error
}

// measurements are all that there are, in the order of the table.
func measurements() []measurement {
	return []measurement{
		{"workbooks", (*bench).workbooks}, {"csv", (*bench).csv}, {"decoding", (*bench).decoding}, {"allocations", (*bench).allocations},
		{"growth", (*bench).endToEnd}, {"latency", (*bench).slow}, {"pandas", (*bench).pandas}, {"start", (*bench).startUp}, {"idle", (*bench).idle},
	}
}

func names() []string {
	var names []string
	for _, m := range measurements() {
		names = append(names, m.name)
	}
	return names
}

// choose is those of these names, or all.
func choose(only string) ([]measurement, error) {
	if only == "" {
		return measurements(), nil
	}
	var chosen []measurement
	for name := range strings.SplitSeq(only, ",") {
		i := slices.Index(names(), name)
		if i < 0 {
			return nil, fmt.Errorf("-only: there is no %q", name)
		}
		chosen = append(chosen, measurements()[i])
	}
	return chosen, nil
}
