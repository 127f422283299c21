package jobs

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/reportjob/reportjob/exporters"
)

// Rows are copied into batches, and each batch goes to everything that takes rows: a goroutine for each file, and one for the
// digest. So a run takes as long as the slowest of them, and not as all together. How far they may be apart is bounded.
const (
	batchCells = 8192 // of a batch, about
	mostBatch  = 4    // batches that are under way
)

// batch is some rows.
type batch struct {
	cells []exporters.Cell
	rows  int
	left  atomic.Int32 // how many have not taken it yet
}

// spread hands rows to takers. All but the takers belongs to the goroutine that adds rows.
type spread struct {
	columns int
	takers  []taker
	current *batch
	made    int
	free    chan *batch
	failed  atomic.Bool
	cancel  context.CancelCauseFunc // told why a taker failed
	working sync.WaitGroup
}

// taker is what takes rows, one after the other.
type taker struct {
	take    func(exporters.Row) error
	batches chan *batch
	err     error
}

// newSpread begins. The context that it returns ends when a taker fails, with that for its cause.
func newSpread(ctx context.Context, columns int, takes ...func(exporters.Row) error) (*spread, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &spread{columns: columns, free: make(chan *batch, mostBatch), cancel: cancel}
	for _, take := range takes {
		s.takers = append(s.takers, taker{take: take, batches: make(chan *batch, mostBatch)})
	}
	for i := range s.takers {
		s.working.Go(func() { s.work(&s.takers[i]) })
	}
	return s, ctx
}

// work takes batches until there are none any more. After a failure they are passed over.
func (s *spread) work(t *taker) {
	for b := range t.batches {
		if !s.failed.Load() {
			if t.err = caught(func() error { return s.rows(t, b) }); t.err != nil {
				s.failed.Store(true)
				s.cancel(t.err)
			}
		}
		if b.left.Add(-1) == 0 {
			s.free <- b
		}
	}
}

func (s *spread) rows(t *taker, b *batch) error {
	for i := range b.rows {
		if err := t.take(b.cells[i*s.columns : (i+1)*s.columns : (i+1)*s.columns]); err != nil {
			return err
		}
		if s.failed.Load() {
			return nil
		}
	}
	return nil
}

// add copies a row.
func (s *spread) add(ctx context.Context, row exporters.Row) error {
	if s.current == nil {
		if err := s.begin(ctx); err != nil {
			return err
		}
	}
	b := s.current
	b.cells = append(b.cells, row...)
	if b.rows++; len(b.cells) >= batchCells {
		s.send()
	}
	return nil
}

// begin begins a batch, as soon as there is one to be had.
func (s *spread) begin(ctx context.Context) error {
	select {
	case s.current = <-s.free:
	default:
		if s.made < mostBatch {
			s.made++
			s.current = &batch{}
			return nil
		}
		select {
		case s.current = <-s.free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	s.current.cells, s.current.rows = s.current.cells[:0], 0
	return nil
}

// send hands the batch on. There is always room for it, since there are no more batches than that.
func (s *spread) send() {
	s.current.left.Store(int32(len(s.takers)))
	for i := range s.takers {
		s.takers[i].batches <- s.current
	}
	s.current = nil
}

// end waits until all rows have been taken, or stops if the rows are of no use any more, and tells what went wrong.
func (s *spread) end(useful bool) error {
	if !useful {
		s.failed.Store(true)
	} else if s.current != nil {
		s.send()
	}
	for i := range s.takers {
		close(s.takers[i].batches)
	}
	s.working.Wait()
	s.cancel(nil)
	for i := range s.takers {
		if err := s.takers[i].err; err != nil {
			return err
		}
	}
	return nil
}
