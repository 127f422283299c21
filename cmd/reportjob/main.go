// Command reportjob turns web APIs into spreadsheets on a schedule, and proves that nothing is missing.
//
// This package reads arguments and environment, puts the parts together, and turns what happened into an exit
// status. It knows every package, and none knows it.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // so that zones are known in an image without any

	"golang.org/x/term"
)

func main() {
	collectAt(startPercent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	os.Exit(run(context.Background(), process{
		args:    os.Args[1:],
		environ: os.Environ(),
		stdout:  os.Stdout,
		stderr:  os.Stderr,
		signals: signals,
		now:     time.Now,
		exit:    os.Exit,
		width:   width(os.Stderr),

		terminal: term.IsTerminal(int(os.Stderr.Fd())),
		thrifty:  thrifty,
	}))
}

// How much garbage there may be beside what lives before it is collected. A command that starts makes all reports, which
// live until it ends; a look for garbage among them would take as long as the rest of it. While reports run, most of what is
// in memory is answers and files on their way, which cost the collector little.
const (
	startPercent = 400
	runPercent   = 50
)

// collectAt has garbage collected at so much, if GOGC says nothing.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

func thrifty() { collectAt(runPercent) }

// process is the outside of the program: all that a test replaces.
type process struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
	signals        <-chan os.Signal
	now            func() time.Time
	exit           func(status int) // ends the program at once; nil: nothing does
	width          int              // of the terminal that stderr is; 0 if it is none, or one that cannot draw
	terminal       bool             // stderr is one, whether it can draw or not
	thrifty        func()           // called before reports run; nil does nothing
}

func width(f *os.File) int {
	if os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 20 {
		return 80
	}
	return columns
}
