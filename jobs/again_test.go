package jobs

import (
	"bufio"
	"context"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readLines is the ReadRows of lines.
func readLines(_ string, f *os.File) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s := bufio.NewScanner(f)
		for s.Scan() {
			if !strings.HasPrefix(s.Text(), "call_id") && !yield(s.Bytes(), nil) {
				return
			}
		}
	}
}

// texts is a source of calls that say these things.
func texts(list ...string) Source[call] {
	return func(_ context.Context, r Request) iter.Seq2[call, error] {
		return func(yield func(call, error) bool) {
			for _, text := range list {
				if !yield(call{0, text}, nil) {
					return
				}
			}
			r.Proof.Complete("all of them")
		}
	}
}

func TestWhatChangedIsSaidInNumbers(t *testing.T) {
	for _, c := range []struct {
		before, now []string
		want        string
	}{
		{[]string{"a", "b"}, []string{"b", "a"}, "read again: 2 rows before, and 2 now, which say the same"},
		{[]string{"a", "b", "b"}, []string{"b", "c", "a", "d"}, "read again: 3 rows before, and 4 now; 2 are new, and 1 are gone or say something else"},
		{nil, []string{"a"}, "read again: 0 rows before, and 1 now; 1 are new, and 0 are gone or say something else"},
		{[]string{"a"}, nil, "read again: 1 rows before, and 0 now; 0 are new, and 1 are gone or say something else"},
		{[]string{"a", "a"}, []string{"a", "a"}, ""},
	} {
		folder, r := t.TempDir(), &Runner{Rows: readLines}
		deliver(t, order(folder, calls(texts(c.before...)), "txt"))
		result := r.Run(t.Context(), order(folder, calls(texts(c.now...)), "txt"))
		if result.Err != nil || result.Change != c.want || result.Unchanged {
			t.Errorf("%q, %q: %q, unchanged %t, %v", c.before, c.now, result.Change, result.Unchanged, result.Err)
		}
		if inManifest := slices.Contains(result.Manifest.Warnings, c.want); inManifest != (c.want != "") {
			t.Errorf("%q, %q: the manifest warns %q", c.before, c.now, result.Manifest.Warnings)
		}
	}
}

func TestWhatCannotBeComparedIsCounted(t *testing.T) {
	folder, r := t.TempDir(), &Runner{Rows: readLines}
	deliver(t, order(folder, calls(texts("a", "b")), "txt"))
	if result := r.Run(t.Context(), order(folder, calls(texts("a")), "other")); result.Change != "read again: 2 rows before, and 1 now" {
		t.Errorf("another format: %q", result.Change)
	}
	if result := new(Runner).Run(t.Context(), order(folder, calls(texts("b", "c")), "other")); result.Change != "read again: 1 rows before, and 2 now" {
		t.Errorf("nobody reads rows: %q", result.Change)
	}
}

func TestASetThatIsTheSameStays(t *testing.T) {
	folder := t.TempDir()
	first := deliver(t, order(folder, calls(texts("a", "b")), "txt"))
	again := order(folder, calls(texts("a", "b")), "txt")
	again.Again = true
	path := filepath.Join(folder, "calls", "calls_2026-11-21.txt")
	before, _ := os.Stat(path)
	result := new(Runner).Run(t.Context(), again)
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) || !result.Unchanged || !result.Manifest.Started.Equal(first.Manifest.Started) || result.Verdict != Complete {
		t.Errorf("%+v, %v", result, err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "calls", ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	better := order(folder, calls(func(ctx context.Context, r Request) iter.Seq2[call, error] {
		r.Proof.Unproven("nobody knows")
		return texts("a", "b")(ctx, r)
	}), "txt")
	better.Again = true
	if result := new(Runner).Run(t.Context(), better); result.Unchanged || result.Verdict != Unproven || result.Change != "" {
		t.Errorf("another verdict on the same rows: %+v", result)
	}
}

func TestRowsAreMatchedAsMultisets(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		count := map[uint64]int{}
		var before, after []uint64
		for range r.IntN(40) {
			n := r.Uint64N(12)
			before, count[n] = append(before, n), count[n]-1
		}
		for range r.IntN(40) {
			n := r.Uint64N(12)
			after, count[n] = append(after, n), count[n]+1
		}
		var added, gone int64
		for _, n := range count {
			added, gone = added+int64(max(n, 0)), gone+int64(max(-n, 0))
		}
		slices.Sort(before)
		slices.Sort(after)
		if a, g := unmatched(before, after); a != added || g != gone {
			t.Fatalf("seed %d: %d new and %d gone, want %d and %d", seed, a, g, added, gone)
		}
	}
}
