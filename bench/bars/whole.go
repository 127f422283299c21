//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/exporters/csv"
	"github.com/reportjob/reportjob/exporters/xlsx"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/reports"
)

// memory is a network that leads to answers of a day of n rows without a server, whose allocations would count.
type memory struct {
	*answers
	n int
}

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/token"):
		return constant(token).RoundTrip(r)
	case strings.Contains(path, "/total-requests/"):
		return constant(total(m.n)).RoundTrip(r)
	default:
		return constant(m.appendBody(nil, m.n, r.URL.Query())).RoundTrip(r)
	}
}

// constant is a network with the same answer to everything.
type constant []byte

func (c constant) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(c)), Body: io.NopCloser(bytes.NewReader(c)),
	}, nil
}

// whole runs the report within this process, from answers to files, so that what it allocates can be counted.
func whole(n int) (figures, error) {
	client := secureaccess.New(secureaccess.Config{
		Key: "k", Secret: rest.NewSecret("s"), Rate: -1, Parallel: 4, Transport: memory{newAnswers(min(n, blockRows)), n},
	})
	all := reports.SecureAccess(client)
	at := slices.IndexFunc(all, func(j jobs.Job) bool { return j.Info().Name == reportName })
	folder, err := os.MkdirTemp(".", "whole-")
	if at < 0 || err != nil {
		return figures{}, fmt.Errorf("there is no report %s, or no folder: %w", reportName, err)
	}
	defer os.RemoveAll(folder)
	runner := &jobs.Runner{Version: "bench", Watch: func(ctx context.Context) (context.Context, func() jobs.Traffic) {
		m := new(rest.Meter)
		return rest.WithMeter(ctx, m), func() jobs.Traffic { return jobs.Traffic{Requests: m.Requests.Load(), Unknown: m.Unknown()} }
	}}
	return cost(n, func() (int64, error) {
		result := runner.Run(context.Background(), jobs.Order{
			Job: all[at], Slot: day.Add(30 * time.Hour), Window: jobs.Window{From: day, To: day.AddDate(0, 0, 1)}, Output: folder,
			Formats: []exporters.Format{csv.Format(), xlsx.Format()},
		})
		if result.Err == nil && result.Rows != int64(n) {
			return 0, fmt.Errorf("%d rows came of %d", result.Rows, n)
		}
		var bytes int64
		for _, f := range result.Files {
			bytes += f.Bytes
		}
		return bytes, result.Err
	})
}

// allocations counts what a row costs the collector.
func (b *bench) allocations() error {
	const n = 200_000 // of fewer rows, what a run allocates once would be most of it
	f, err := b.children(b.times(3), n, "whole")
	if err != nil {
		return err
	}
	b.most(fmt.Sprintf("allocations a row, from decoding to CSV and workbook, %s rows", grouped(n)), f[0].Allocs, 3, "", "%.0f in all", f[0].Allocs*n)
	return nil
}
