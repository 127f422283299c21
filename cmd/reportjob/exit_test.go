package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

func TestErrorsBecomeTheirStatus(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{errors.New("anything"), exitBug},
		{&jobs.PanicError{Value: "x"}, exitBug},
		{&rest.Error{Kind: rest.Unreachable}, exitUnavailable},
		{&rest.Error{Kind: rest.Overloaded}, exitUnavailable},
		{&rest.Error{Kind: rest.Refused}, exitRefused},
		{&rest.Error{Kind: rest.Unexpected}, exitUnexpected},
		{&rest.Error{Kind: rest.Rejected}, exitUnexpected},
		{&jobs.OutputError{Path: "x", Err: errors.New("full")}, exitOutput},
		{fmt.Errorf("token store: %w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}), exitOutput},
		{&reports.ParamError{Name: "from"}, exitConfig},
		{&jobs.TimeoutError{}, exitUnavailable},
		{fmt.Errorf("wrapped: %w", context.DeadlineExceeded), exitUnavailable},
		{usage(errors.New("x")), exitUsage},
	} {
		if got := statusOf(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}

func TestTheFirstStatusOfTheOrderWins(t *testing.T) {
	for _, test := range []struct {
		statuses []int
		want     int
	}{
		{nil, exitOK},
		{[]int{0, 0}, exitOK},
		{[]int{exitTruncated, exitUnavailable}, exitUnavailable},
		{[]int{exitUnavailable, exitBug}, exitBug},
		{[]int{exitBug, exitOutput, exitUnexpected}, exitUnexpected},
		{[]int{exitUnexpected, exitRefused}, exitRefused},
		{[]int{exitRefused, exitConfig}, exitConfig},
	} {
		if got := worst(test.statuses); got != test.want {
			t.Errorf("%v: %d, want %d", test.statuses, got, test.want)
		}
	}
}
