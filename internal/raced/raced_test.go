package raced

import "testing"

func TestEverythingIsRepeatedWithoutTheRaceDetectorAndATenthWithIt(t *testing.T) {
	t.Parallel()
	for n, few := range map[int]int{0: 0, 1: 1, 2: 2, 8: 2, 20: 2, 3000: 300} {
		want := n
		if Enabled {
			want = few
		}
		if got := Few(n); got != want {
			t.Errorf("few of %d are %d, expected %d", n, got, want)
		}
	}
	if stride := Every(5); stride != 1 && !Enabled || stride != 5 && Enabled {
		t.Errorf("the stride is %d", stride)
	}
}

func TestTheContextEndsBeforeTheTimeOfAllTestsIsOver(t *testing.T) {
	t.Parallel()
	over, ok := t.Deadline()
	end, bounded := Context(t).Deadline()
	if bounded != ok || ok && !end.Before(over) {
		t.Errorf("the context ends at %s (%v), the tests at %s (%v)", end, bounded, over, ok)
	}
}
