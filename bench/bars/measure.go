//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// options say what to measure, and where.
type options struct {
	quick  bool
	folder string
}

// figures are what a measurement came to.
type figures struct {
	Wall, CPU float64 // seconds
	Peak      float64 // MiB
	Bytes     int64   // of what was written
	Allocs    float64 // a row
	Rows      int
}

// cost measures work within this process.
func cost(rows int, work func() (bytes int64, err error)) (figures, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began, used := time.Now(), processorTime()
	bytes, err := work()
	f := figures{Wall: time.Since(began).Seconds(), CPU: processorTime() - used, Bytes: bytes, Rows: rows}
	runtime.ReadMemStats(&after)
	f.Allocs = float64(after.Mallocs-before.Mallocs) / float64(rows)
	return f, err
}

func processorTime() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return seconds(u.Utime) + seconds(u.Stime)
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

// part runs a part in this process, and prints its figures for the parent.
func part(name string, n int) error {
	work, ok := parts[name]
	if !ok {
		return fmt.Errorf("there is no part %q", name)
	}
	f, err := work(n)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// child runs a part in a process of its own.
func (b *bench) child(name string, n int) (figures, error) {
	cmd := exec.Command(b.self, "-as", name, "-n", strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	cmd.Dir = b.folder
	out, err := cmd.Output()
	if err != nil {
		return figures{}, fmt.Errorf("%s: %w", name, err)
	}
	var f figures
	if err := json.Unmarshal(out, &f); err != nil {
		return figures{}, fmt.Errorf("%s: %w", name, err)
	}
	f.Peak = peak(cmd)
	return f, nil
}

// command runs another program.
func command(cmd *exec.Cmd) (figures, error) {
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return figures{}, fmt.Errorf("%s: %w\n%s", cmd.Path, err, out)
	}
	state := cmd.ProcessState
	return figures{Wall: time.Since(began).Seconds(), CPU: (state.UserTime() + state.SystemTime()).Seconds(), Peak: peak(cmd)}, nil
}

// peak is the most memory that a process that has ended had, in MiB.
func peak(cmd *exec.Cmd) float64 {
	u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	most := float64(u.Maxrss)
	if runtime.GOOS != "darwin" {
		most *= 1024
	}
	return most / (1 << 20)
}

// inTurns measures several things, one after the other and all of them several times, and gives the medians.
func (b *bench) inTurns(times int, works ...func() (figures, error)) ([]figures, error) {
	all := make([][]figures, len(works))
	for range times {
		for i, work := range works {
			f, err := work()
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], f)
		}
	}
	medians := make([]figures, len(works))
	for i, list := range all {
		medians[i] = list[0]
		medians[i].Wall = median(list, func(f figures) float64 { return f.Wall })
		medians[i].CPU = median(list, func(f figures) float64 { return f.CPU })
		medians[i].Peak = median(list, func(f figures) float64 { return f.Peak })
	}
	return medians, nil
}

func median(list []figures, of func(figures) float64) float64 {
	var values []float64
	for _, f := range list {
		values = append(values, of(f))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
