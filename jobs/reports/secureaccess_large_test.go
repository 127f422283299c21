package reports

import (
	"crypto/sha256"
	"hash"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/internal/raced"
	"github.com/reportjob/reportjob/jobs"
)

// saMeasured is what reading much came to.
type saMeasured struct {
	rows, requests, least, atOnce int
	took                          time.Duration
	heap                          uint64 // greatest, in bytes
	verdict                       jobs.Verdict
	evidence                      []string
	sum                           [sha256.Size]byte // of all rows
}

// saMeasure reads a report and keeps none of its rows.
func saMeasure(t *testing.T, s *standIn, name string, w jobs.Window, change ...func(*secureaccess.Config)) (m saMeasured) {
	t.Helper()
	var under, most atomic.Int64
	spoil := func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		n := under.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		go func() { // The request is over when its context is.
			<-r.Context().Done()
			under.Add(-1)
		}()
		return false
	}
	s.spoil.Store(&spoil)
	s.gets.Store(0)
	r := jobs.Request{Window: w, Zone: time.UTC, Proof: new(jobs.Proof)}
	began, sum, line := time.Now(), sha256.New(), []byte(nil)
	for row, err := range saNamed(t, s, name, change...).Rows(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		line = line[:0]
		for _, cell := range row {
			line = append(cell.Append(line, time.UTC), '|')
		}
		saAdd(sum, line)
		if m.rows++; m.rows%2000 == 0 {
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			m.heap = max(m.heap, stats.HeapAlloc)
		}
	}
	m.took, m.requests, m.least, m.atOnce = time.Since(began), int(s.gets.Load()), m.rows/5000+1, int(most.Load())
	m.verdict, m.evidence, _, _ = r.Proof.Result()
	copy(m.sum[:], sum.Sum(nil))
	return m
}

func saAdd(sum hash.Hash, line []byte) { _, _ = sum.Write(line) }

func (m saMeasured) log(t *testing.T, what string) {
	t.Helper()
	t.Logf("%s: %d rows, %d requests (least %d), %d at once, %.1f s, peak heap %d MiB, %s", what, m.rows, m.requests, m.least, m.atOnce,
		m.took.Seconds(), m.heap>>20, m.verdict)
}

// Under the race detector the day has a third of the rows, which are still several pages.
func TestADayOfSixtyThousandRowsIsReadSideBySideAndIsTheSame(t *testing.T) {
	rows := 60_000
	if raced.Enabled {
		rows /= 3
	}
	s := newStandIn(t, sandbox.Options{Scale: float64(rows) / 18_000})
	var first saMeasured
	for _, atOnce := range []int{1, 4} {
		m := saMeasure(t, s, "secureaccess-activity-dns", saFriday(), saAtOnce(atOnce))
		m.log(t, strconv.Itoa(atOnce)+" at once")
		if m.verdict != jobs.Complete || len(m.evidence) < 2 || m.rows < rows*11/12 || m.rows > rows*13/12 {
			t.Errorf("%d at once: %s %q, %d rows", atOnce, m.verdict, m.evidence, m.rows)
		}
		if most := map[int]int{1: m.least + 2, 4: 2 * m.least}[atOnce]; m.requests > most {
			t.Errorf("%d at once: %d requests for %d rows", atOnce, m.requests, m.rows)
		}
		if m.atOnce > atOnce || atOnce > 1 && m.atOnce < 2 {
			t.Errorf("%d at once: %d", atOnce, m.atOnce)
		}
		if first.rows == 0 {
			first = m
		}
		if m.sum != first.sum {
			t.Errorf("%d at once: other rows, or another order", atOnce)
		}
	}
}

// Six hundred thousand rows take a minute and more, which is no good in a suite that people run all the time; what they
// show is measured rather than tested.
func TestADayOfSixHundredThousandRows(t *testing.T) {
	if os.Getenv("LARGE") == "" {
		t.Skip("takes minutes: set LARGE=1 to read 60,000 and 600,000 rows, with and without a delay")
	}
	for _, rows := range []float64{60_000, 600_000} {
		s := newStandIn(t, sandbox.Options{Scale: rows / 18_000})
		for _, slow := range []time.Duration{0, 100 * time.Millisecond, 800 * time.Millisecond} {
			s.slow.Store(int64(slow))
			var sums [][32]byte
			for _, atOnce := range []int{1, 4} {
				m := saMeasure(t, s, "secureaccess-activity-dns", saFriday(), saAtOnce(atOnce))
				m.log(t, slow.String()+", "+strconv.Itoa(atOnce)+" at once")
				if sums = append(sums, m.sum); m.verdict != jobs.Complete {
					t.Errorf("%s %q", m.verdict, m.evidence)
				}
			}
			if len(slices.Compact(sums)) != 1 {
				t.Error("other rows, or another order")
			}
		}
	}
}
