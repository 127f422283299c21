package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

// Exit statuses: a contract with whoever starts the program. README lists them.
const (
	exitOK          = 0
	exitBug         = 1
	exitUsage       = 2
	exitTruncated   = 3
	exitUnexpected  = 65
	exitOutput      = 74
	exitUnavailable = 75
	exitRefused     = 77
	exitConfig      = 78
	exitInterrupted = 130
	exitTerminated  = 143
)

// precedence orders the statuses of several reports: the first that occurred is the program's.
var precedence = []int{exitConfig, exitRefused, exitUnexpected, exitOutput, exitBug, exitUnavailable, exitTruncated, exitOK}

// statusOfSignal is the status of a program that a signal stopped.
func statusOfSignal(s os.Signal) int {
	if s == os.Interrupt {
		return exitInterrupted
	}
	return exitTerminated
}

// worst is the first of statuses in the order of precedence.
func worst(statuses []int) int {
	for _, s := range precedence {
		if slices.Contains(statuses, s) {
			return s
		}
	}
	return exitOK
}

// statusError is an error that already knows its exit status.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

func usage(err error) error { return &statusError{exitUsage, err} }

// statusOf turns a run's error into an exit status.
func statusOf(err error) int {
	var (
		known  *statusError
		answer *rest.Error
		output *jobs.OutputError
		params *reports.ParamError
		file   *fs.PathError // of a token that must outlive the run
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &known):
		return known.status
	case errors.As(err, &output):
		return exitOutput
	case errors.As(err, &params):
		return exitConfig
	case errors.As(err, &answer):
		return statusOfKind(answer.Kind)
	case errors.As(err, &file):
		return exitOutput
	case errors.Is(err, context.DeadlineExceeded):
		return exitUnavailable
	}
	return exitBug
}

func statusOfKind(k rest.Kind) int {
	switch k {
	case rest.Unreachable, rest.Overloaded:
		return exitUnavailable
	case rest.Refused:
		return exitRefused
	case rest.Unexpected, rest.Rejected:
		return exitUnexpected
	}
	return exitBug
}

// statusOfResult is the status of one report's run.
func statusOfResult(r jobs.Result) int {
	var missing *jobs.MissingError
	switch {
	case r.Err != nil && !errors.As(r.Err, &missing):
		return statusOf(r.Err)
	case r.Trouble != nil:
		return statusOf(r.Trouble)
	}
	statuses := []int{exitOK}
	if r.Verdict == jobs.Truncated {
		statuses = append(statuses, exitTruncated)
	}
	for _, m := range r.Members { // of a bundle: it may have been delivered without them
		statuses = append(statuses, statusOf(m.Err))
	}
	return worst(statuses)
}
