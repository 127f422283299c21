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
		thrifty: thrifty,
	}))
}

// thrifty has garbage collected at half as much again as what lives, instead of twice as much, if GOGC says nothing. Most of
// what is in memory while reports run is answers and files on their way, which cost the collector little.
func thrifty() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// process is the outside of the program: all that a test replaces.
type process struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
	signals        <-chan os.Signal
	now            func() time.Time
	exit           func(status int) // ends the program at once; nil: nothing does
	width          int              // of the terminal that stderr is; 0 if it is none
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
