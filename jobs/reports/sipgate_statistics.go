package reports

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// callCount is a row of the statistics.
type callCount struct {
	callKey
	name     string
	calls    int64
	answered int64
	timed    int64         // answered calls that tell their length
	talk     time.Duration // of these
}

// callKey is what calls are counted by.
type callKey struct {
	day       time.Time // its beginning, in the report's zone
	line      string
	direction string
}

func sipgateCallStatistics(c *sipgate.Client) jobs.Job {
	info := sipgateHistoryInfo(jobs.Info{
		Name: "sipgate-call-statistics", Title: "Call statistics",
		Summary: []exporters.Block{
			total("Calls", "calls"), total("Calls that were taken", "answered"), total("Calls that were missed", "missed"), total("Time on the telephone", "talk_total"),
			{Title: "Calls over time", By: "day", Every: exporters.Day, Split: "direction", Sum: "calls", Chart: exporters.Stacked},
			most("Lines with the most calls", "line_name", "direction", "calls"), most("Lines with the most missed calls", "line_name", "", "missed"),
		},
		About: "A row for each day in the report's zone, line and direction: how many calls there were, answered and missed, and how long was talked, computed from the calls of inbox and archive. " +
			"A call that belongs to several lines counts once for each of them, so that the sum over lines may be more than the number of calls. Only answered calls count as talk.",
	}, sipgate.Call)
	info.About = strings.ReplaceAll(info.About, " Rows come newest first, those of the inbox before those of the archive.", "")
	return jobs.Report[callCount]{
		Info:   info,
		Source: callStatistics(info, sipgateEntries(c, info, sipgate.Call)),
		Columns: jobs.Columns[callCount]{
			jobs.Date("day", "The day on which the calls began, in the report's zone.", func(k *callCount) time.Time { return k.day }).From("created"),
			jobs.Code("line", "The line, such as p0 (a user's phone line) or g0 (a group); empty for calls that name none.", func(k *callCount) string { return k.line }).From("connectionIds"),
			jobs.Text("line_name", "The name of the line, as its newest call has it.", func(k *callCount) string { return k.name }).From("sourceAlias, targetAlias"),
			jobs.Text("direction", "INCOMING or OUTGOING, missed calls included.", func(k *callCount) string { return k.direction }),
			jobs.Count("calls", "The number of calls.", func(k *callCount) int64 { return k.calls }).From("id"),
			jobs.Count("answered", "How many of them were answered: their call status is SUCCESS or their status PICKUP.", func(k *callCount) int64 { return k.answered }).From("callStatus, status"),
			jobs.Count("missed", "How many of them were not answered.", func(k *callCount) int64 { return k.calls - k.answered }).From("callStatus, status"),
			jobs.Duration("talk_total", "How long was talked in the answered calls.", func(k *callCount) (time.Duration, bool) { return k.talk, true }).In("seconds").From("duration"),
			jobs.Of(exporters.Duration, "talk_mean", "How long was talked in an answered call that tells its length on average, to the millisecond.", (*callCount).mean).In("seconds").From("duration"),
		},
	}.Job()
}

// mean is nothing where no call was answered.
func (k *callCount) mean() exporters.Cell {
	if k.timed == 0 {
		return exporters.Null
	}
	return exporters.OfDuration((k.talk / time.Duration(k.timed)).Round(time.Millisecond))
}

// callStatistics counts calls while they stream. Memory grows with days, lines and directions, and not with calls.
func callStatistics(info jobs.Info, calls jobs.Source[entry]) jobs.Source[callCount] {
	return func(ctx context.Context, r jobs.Request) iter.Seq2[callCount, error] {
		return func(yield func(callCount, error) bool) {
			counts, several := map[callKey]*callCount{}, 0
			for call, err := range calls(ctx, r) {
				if err != nil {
					yield(callCount{}, err)
					return
				}
				if len(distinct(call.ConnectionIDs)) > 1 {
					several++
				}
				if err := count(counts, &call, r.Zone); err != nil {
					yield(callCount{}, err)
					return
				}
			}
			if several > 0 {
				r.Proof.Warn("%d calls belong to several lines and count once for each of them", several)
			}
			for _, key := range slices.SortedFunc(maps.Keys(counts), compareKeys) {
				if !yield(*counts[key], nil) {
					return
				}
			}
		}
	}
}

// count adds a call to each of its lines. It fails where they talked for longer than a length of time can be.
func count(counts map[callKey]*callCount, call *entry, zone *time.Location) error {
	lines := distinct(call.ConnectionIDs)
	name := call.SourceAlias
	if strings.HasSuffix(call.Direction, "INCOMING") {
		name = call.TargetAlias
	}
	if len(lines) != 1 {
		name = "" // It cannot be told whose it is.
	}
	if len(lines) == 0 {
		lines = []string{""}
	}
	year, month, day := call.Created.In(zone).Date()
	for _, line := range lines {
		key := callKey{time.Date(year, month, day, 0, 0, 0, 0, time.UTC), line, strings.TrimPrefix(call.Direction, "MISSED_")}
		k := counts[key]
		if k == nil {
			k = &callCount{callKey: key}
			counts[key] = k
		}
		k.name = cmp.Or(k.name, name)
		k.calls++
		if length, ok := call.Length(); call.Answered() {
			k.answered++
			if ok {
				k.timed++
				sum := k.talk + length
				if (sum > k.talk) != (length > 0) {
					return &rest.Error{API: "sipgate", Path: sipgate.HistoryPath, Kind: rest.Unexpected, Text: "entry " + string(call.ID) +
						": duration: with it, the calls of a day are longer than a length of time can be"}
				}
				k.talk = sum
			}
		}
	}
	return nil
}

// distinct gives each item once.
func distinct(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func compareKeys(a, b callKey) int {
	return cmp.Or(a.day.Compare(b.day), compareLines(a.line, b.line), cmp.Compare(a.direction, b.direction))
}

// compareLines orders p2 before p10.
func compareLines(a, b string) int {
	if a == "" || b == "" || a[0] != b[0] || len(a) == len(b) {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(len(a), len(b))
}
