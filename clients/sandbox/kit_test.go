package sandbox

import (
	"strings"
	"testing"
	"time"
)

// saturday is noon of a Saturday; the Friday before is a working day.
var saturday = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestABucketHoldsAPeriodsWorthAndFillsEvenly(t *testing.T) {
	now := saturday
	b := newBucket(func() time.Time { return now }, 5, time.Second)
	for i := range 5 {
		if !allowed(b) {
			t.Fatalf("request %d of a full bucket was refused", i+1)
		}
	}
	if ok, _, wait := b.take(); ok || wait != 200*time.Millisecond {
		t.Fatalf("an empty bucket says %v, wait %v; want refused, 200ms", ok, wait)
	}
	now = now.Add(200 * time.Millisecond)
	if !allowed(b) || allowed(b) {
		t.Fatal("a fifth of a second fills the bucket by one request, no more and no less")
	}
	now = now.Add(time.Hour)
	for range 5 {
		allowed(b)
	}
	if allowed(b) {
		t.Fatal("a bucket held more than it can after an hour")
	}
}

func TestAWindowCountsFromItsFirstRequest(t *testing.T) {
	now := saturday
	l := newWindow(func() time.Time { return now }, 2, time.Minute)
	allowed(l)
	now = now.Add(50 * time.Second)
	if ok, left, _ := l.take(); !ok || left != 0 {
		t.Fatalf("second of two requests: %v, %d left; want true, 0", ok, left)
	}
	if ok, _, wait := l.take(); ok || wait != 10*time.Second {
		t.Fatalf("third of two requests: %v, wait %v; want false, 10s", ok, wait)
	}
	now = now.Add(10 * time.Second)
	if !allowed(l) {
		t.Fatal("the next window did not begin")
	}
}

func TestTokensExpireAndAreRevoked(t *testing.T) {
	now := saturday
	all := newTokens(func() time.Time { return now })
	token := all.jwt(time.Minute, object{"aud": "1"})
	if strings.Count(token, ".") != 2 || !strings.HasPrefix(token, "eyJ") {
		t.Errorf("token %q does not look like a JWT", token)
	}
	if all.check(token) != tokenValid || all.check("x") != tokenUnknown {
		t.Fatal("a fresh token is valid, and another one unknown")
	}
	now = now.Add(time.Minute)
	if all.check(token) != tokenExpired {
		t.Fatal("a token lived past its life time")
	}
	once := all.issue("once", time.Minute)
	if all.redeem(once) != tokenValid || all.redeem(once) != tokenUnknown {
		t.Fatal("a token that is redeemed can be redeemed once")
	}
}

func TestAMemoMakesOnceAndForgetsTheOldest(t *testing.T) {
	made := map[int]int{}
	m := newMemo(2, func(k int) int { made[k]++; return k * k })
	for _, k := range []int{1, 2, 1, 3, 1, 2} {
		if v := m.get(k); v != k*k {
			t.Fatalf("get(%d) = %d", k, v)
		}
	}
	if made[1] != 1 || made[2] != 2 || made[3] != 1 {
		t.Errorf("made %v; want 1 kept, 2 made again", made)
	}
}

func TestTheSeedAndTheWordsDecide(t *testing.T) {
	first := seeded(1, "a", 2).Uint64()
	if seeded(1, "a", 2).Uint64() != first {
		t.Error("the same seed and words gave something else")
	}
	if seeded(2, "a", 2).Uint64() == first || seeded(1, "a2").Uint64() == first {
		t.Error("another seed, or other words, gave the same")
	}
}
