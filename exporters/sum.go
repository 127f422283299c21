package exporters

import (
	"math"
	"math/big"
	"math/bits"
	"strings"
	"time"
)

// sum is an exact sum of numbers with decimals: 128 bits, and more of them where these are too few.
type sum struct {
	hi    int64
	lo    uint64
	scale uint8
	big   *big.Int // the value, instead of hi and lo, if it is not nil
}

// add adds the value of a cell of numbers or a duration in nanoseconds; null adds nothing.
func (s *sum) add(c Cell) {
	switch {
	case c.kind == Duration:
		s.plus(c.num>>63, uint64(c.num), 0)
	case c.big():
		s.plusBig(c.digits(), c.scale)
	case c.kind == Int || c.kind == Decimal || c.kind == Money:
		s.plus(c.num>>63, uint64(c.num), c.scale)
	}
}

// digits is the unscaled value of a number that int64 does not hold.
func (c Cell) digits() *big.Int {
	n, _ := new(big.Int).SetString(strings.Replace(c.str, ".", "", 1), 10)
	return n
}

// merge adds another sum.
func (s *sum) merge(o sum) {
	if o.big != nil {
		s.plusBig(o.big, o.scale)
		return
	}
	s.plus(o.hi, o.lo, o.scale)
}

// minus is the sum less another.
func (s sum) minus(o sum) sum {
	n := s.int()
	difference := sum{big: n, scale: s.scale}
	difference.plusBig(new(big.Int).Neg(o.int()), o.scale)
	return difference
}

func (s *sum) plus(hi int64, lo uint64, scale uint8) {
	if s.big != nil || !s.align(&hi, &lo, scale) {
		s.plusBig(int128(hi, lo), scale)
		return
	}
	low, carry := bits.Add64(s.lo, lo, 0)
	high, _ := bits.Add64(uint64(s.hi), uint64(hi), carry)
	if s.hi < 0 == (hi < 0) && int64(high) < 0 != (hi < 0) {
		s.plusBig(int128(hi, lo), s.scale)
		return
	}
	s.hi, s.lo = int64(high), low
}

// align gives both numbers the scale that is the finer one. It changes neither if 128 bits do not hold what that makes.
func (s *sum) align(hi *int64, lo *uint64, scale uint8) bool {
	switch {
	case scale == s.scale:
		return true
	case scale < s.scale:
		h, l, ok := times(*hi, *lo, s.scale-scale)
		if ok {
			*hi, *lo = h, l
		}
		return ok
	}
	h, l, ok := times(s.hi, s.lo, scale-s.scale)
	if ok {
		s.hi, s.lo, s.scale = h, l, scale
	}
	return ok
}

// times multiplies by ten so often.
func times(hi int64, lo uint64, often uint8) (int64, uint64, bool) {
	negative := hi < 0
	h, l := uint64(hi), lo
	if negative {
		h, l = negate(h, l)
	}
	for range often {
		over, low := bits.Mul64(l, 10)
		top, high := bits.Mul64(h, 10)
		high, carry := bits.Add64(high, over, 0)
		if top != 0 || carry != 0 || high>>63 != 0 {
			return 0, 0, false
		}
		h, l = high, low
	}
	if negative {
		h, l = negate(h, l)
	}
	return int64(h), l, true
}

func negate(hi, lo uint64) (uint64, uint64) {
	l, borrow := bits.Sub64(0, lo, 0)
	h, _ := bits.Sub64(0, hi, borrow)
	return h, l
}

// plusBig goes on with as many bits as it takes.
func (s *sum) plusBig(n *big.Int, scale uint8) {
	total := new(big.Int).Set(s.int())
	switch {
	case scale < s.scale:
		n = new(big.Int).Mul(n, power(s.scale-scale))
	case scale > s.scale:
		total.Mul(total, power(scale-s.scale))
		s.scale = scale
	}
	s.big = total.Add(total, n)
}

func power(n uint8) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func int128(hi int64, lo uint64) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(hi), 64)
	return n.Add(n, new(big.Int).SetUint64(lo))
}

// int is the unscaled value.
func (s sum) int() *big.Int {
	if s.big != nil {
		return s.big
	}
	return int128(s.hi, s.lo)
}

// isZero tells whether the sum is nothing.
func (s sum) isZero() bool {
	return s.big == nil && s.hi == 0 && s.lo == 0 || s.big != nil && s.big.Sign() == 0
}

// compare is -1, 0 or 1 as the sum is less than the other, the same, or more.
func (s sum) compare(o sum) int {
	if s.big == nil && o.big == nil && s.scale == o.scale {
		switch {
		case s.hi != o.hi:
			return sign(s.hi < o.hi)
		case s.lo != o.lo:
			return sign(s.lo < o.lo)
		}
		return 0
	}
	return s.minus(o).big.Sign()
}

func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

// absolute is the sum without its sign.
func (s sum) absolute() sum {
	switch {
	case s.big == nil && s.hi >= 0:
		return s
	case s.big == nil && s.hi > math.MinInt64:
		h, l := negate(uint64(s.hi), s.lo)
		return sum{hi: int64(h), lo: l, scale: s.scale}
	}
	return sum{big: new(big.Int).Abs(s.int()), scale: s.scale}
}

// cell is the sum as a cell of a kind. A sum of durations that a duration does not hold, 292 years, is a number of
// seconds instead.
func (s sum) cell(kind Kind) Cell {
	n := s.int()
	switch {
	case kind == Duration && n.IsInt64():
		return OfDuration(time.Duration(n.Int64()))
	case kind == Duration:
		kind, s.scale = Decimal, 9
	}
	if n.IsInt64() {
		return Cell{kind: kind, num: n.Int64(), scale: s.scale}
	}
	return Cell{kind: kind, str: string(appendPoint(nil, []byte(n.String()), int(s.scale), '.')), scale: s.scale}
}
