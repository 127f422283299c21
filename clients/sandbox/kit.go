package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	mathrand "math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// seeded returns a source of random numbers that follows from the seed and the words alone, so that the same
// hour, user or record always gets the same data.
func seeded(seed uint64, words ...any) *mathrand.Rand {
	h := fnv.New64a()
	for _, w := range words {
		fmt.Fprintf(h, "%v\x00", w)
	}
	return mathrand.New(mathrand.NewPCG(seed, h.Sum64()))
}

// pick returns one of the choices, each as likely as the other.
func pick[T any](r *mathrand.Rand, choices []T) T { return choices[r.IntN(len(choices))] }

// chance is true in one of n cases.
func chance(r *mathrand.Rand, n int) bool { return r.IntN(n) == 0 }

// People in the sandbox are invented; the letters that break naive programs are in their names on purpose.
var (
	givenNames = []string{"Ada", "Bruno", "Célia", "Dörte", "Emil", "Fatma", "Götz", "Hanna", "Ivo", "Jürgen", "Katalin", "Łukasz",
		"Mira", "Noël", "Olga", "Pia", "Quirin", "Rosalía", "Søren", "Theo", "Ulla", "Veit", "Wanda", "Xenia", "Yusuf", "Zoë"}
	familyNames = []string{"Ahlgrimm", "Beispiel", "Çelik", "Dachsfeld", "Eichenlaub", "Fährmann", "Grünspan", "Hölzl", "Immergut",
		"Jäger-Wolkenstein", "Kiesewetter", "Lindqvist", "Müßig", "Nachtigall", "O'Marrow", "Pfefferkorn", "Quendel", "Rübsam",
		"Sonnenschein", "Tannhäuser", "Uhlenbrock", "Vogelsang", "Wüstenhagen", "Ypsilanti", "Zwiebelfisch"}
)

// writeJSON answers with a status and a JSON body.
func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that went away is no concern of the sandbox.
	_, _ = w.Write(data)
}

// object is a JSON object that is written as it stands.
type object = map[string]any

// bearer returns the token of an Authorization header and whether there is one. The scheme is compared without
// case, as RFC 9110 has it.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || token == "" || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return token, true
}

// tokenState is what a sandbox knows of a token that it is shown.
type tokenState int

const (
	tokenUnknown tokenState = iota // never issued, or revoked
	tokenExpired
	tokenValid
)

// tokens issues and checks access and refresh tokens. Tokens are as random as real ones, and hold in one sandbox
// only.
type tokens struct {
	now func() time.Time

	mu    sync.Mutex
	until map[string]time.Time
}

func newTokens(now func() time.Time) *tokens {
	return &tokens{now: now, until: map[string]time.Time{}}
}

// issue keeps a token that somebody else made for its life time.
func (t *tokens) issue(token string, life time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until[token] = t.now().Add(life)
	return token
}

// jwt issues a token that looks like a signed one: three parts, with the claims readable and times filled in. Its
// signature is noise.
func (t *tokens) jwt(life time.Duration, claims object) string {
	now := t.now()
	all := object{"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(), "jti": randomHex(16)}
	for k, v := range claims {
		all[k] = v
	}
	payload, err := json.Marshal(all)
	if err != nil {
		panic(err) // Claims are literals in this package.
	}
	encode := base64.RawURLEncoding.EncodeToString
	return t.issue(encode([]byte(`{"typ":"JWT","alg":"RS256"}`))+"."+encode(payload)+"."+encode(randomBytes(256)), life)
}

// check says what a token is worth at this moment.
func (t *tokens) check(token string) tokenState {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, known := t.until[token]
	switch {
	case !known:
		return tokenUnknown
	case !t.now().Before(until):
		return tokenExpired
	}
	return tokenValid
}

// revoke forgets a token.
func (t *tokens) revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.until, token)
}

// redeem takes a token that may be used once, and says what it was worth.
func (t *tokens) redeem(token string) tokenState {
	state := t.check(token)
	t.revoke(token)
	return state
}

// life is the life time of a token: the option's, or else the documented one.
func (o Options) life(documented time.Duration) time.Duration {
	if o.TokenLife > 0 {
		return o.TokenLife
	}
	return documented
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	// crypto/rand never fails: it ends the program instead.
	_, _ = rand.Read(b)
	return b
}

// randomHex returns n random bytes as 2n hexadecimal digits.
func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }

// limiter counts requests. A nil limiter allows everything.
type limiter interface {
	// take counts one request and says whether it is allowed, how many more are, and after what time the next one
	// is if not.
	take() (ok bool, left int, wait time.Duration)
}

// allowed counts one request with a limiter that may be nil.
func allowed(l limiter) bool {
	if l == nil {
		return true
	}
	ok, _, _ := l.take()
	return ok
}

// bucket is a limiter that holds n requests and gets n more, evenly, in every period.
type bucket struct {
	now  func() time.Time
	n    int
	per  time.Duration
	mu   sync.Mutex
	last time.Time
	held time.Duration // what the bucket lacks, as the time that filling it takes
}

func newBucket(now func() time.Time, n int, per time.Duration) *bucket {
	return &bucket{now: now, n: n, per: per, last: now()}
}

func (b *bucket) take() (ok bool, left int, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, each := b.now(), b.per/time.Duration(b.n)
	b.held = max(0, b.held-now.Sub(b.last))
	b.last = now
	if b.held+each > b.per {
		return false, 0, b.held + each - b.per
	}
	b.held += each
	return true, int((b.per - b.held) / each), 0
}

// window is a limiter that allows n requests in a period that begins with the first of them.
type window struct {
	now  func() time.Time
	n    int
	per  time.Duration
	mu   sync.Mutex
	ends time.Time
	used int
}

func newWindow(now func() time.Time, n int, per time.Duration) *window {
	return &window{now: now, n: n, per: per}
}

func (l *window) take() (ok bool, left int, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !now.Before(l.ends) {
		l.ends, l.used = now.Add(l.per), 0
	}
	if l.used >= l.n {
		return false, 0, l.ends.Sub(now)
	}
	l.used++
	return true, l.n - l.used, 0
}

// memo keeps the last few results of a function that is costly and always gives the same for the same key. Several
// callers of one key wait for one result; other keys do not wait.
type memo[K comparable, V any] struct {
	make func(K) V
	size int

	mu      sync.Mutex
	entries map[K]*memoEntry[V]
	clock   uint64
}

type memoEntry[V any] struct {
	once sync.Once
	v    V
	used uint64
}

func newMemo[K comparable, V any](size int, make func(K) V) *memo[K, V] {
	return &memo[K, V]{make: make, size: size, entries: map[K]*memoEntry[V]{}}
}

func (m *memo[K, V]) get(key K) V {
	m.mu.Lock()
	m.clock++
	e := m.entries[key]
	if e == nil {
		m.evict()
		e = &memoEntry[V]{}
		m.entries[key] = e
	}
	e.used = m.clock
	m.mu.Unlock()
	e.once.Do(func() { e.v = m.make(key) })
	return e.v
}

// evict makes room for one entry by dropping the one that was not asked for the longest. The lock is held.
func (m *memo[K, V]) evict() {
	if len(m.entries) < m.size {
		return
	}
	var oldest K
	least := ^uint64(0)
	for k, e := range m.entries {
		if e.used < least {
			oldest, least = k, e.used
		}
	}
	delete(m.entries, oldest)
}
