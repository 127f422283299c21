package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// stored are options with a store.
func stored(o rest.TokenOptions, store rest.Store) rest.TokenOptions {
	o.Store, o.Key = store, "shop"
	return o
}

// memory is a Store that can fail.
type memory struct {
	sync.Mutex
	data   map[string][]byte
	broken error // of Save
	held   sync.Mutex
}

func (m *memory) Load(name string) ([]byte, error) {
	m.Mutex.Lock()
	defer m.Unlock()
	if data, ok := m.data[name]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

func (m *memory) Save(name string, data []byte) error {
	m.Mutex.Lock()
	defer m.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if m.data == nil {
		m.data = map[string][]byte{}
	}
	m.data[name] = data
	return nil
}

func (m *memory) Lock(context.Context, string) (func(), error) {
	m.held.Lock()
	return m.held.Unlock, nil
}

func (m *memory) text() string {
	m.Mutex.Lock()
	defer m.Unlock()
	return fmt.Sprintf("%s", m.data)
}

func TestStoredTokenIsUsedByTheNextRunWithoutACall(t *testing.T) {
	t.Parallel()
	server, store := scripted(given("one-token", "second-refresh", "3600")), rest.NewFileStore(t.TempDir())
	for range 3 {
		if got, _ := sign(t, rest.NewTokens(stored(options(server), store))); got != "Bearer one-token" {
			t.Errorf("signed with %q", got)
		}
	}
	if server.count() != 1 {
		t.Errorf("%d calls, want 1", server.count())
	}
}

func TestStoredTokenThatIsRefusedIsRenewedWithTheStoredRefreshToken(t *testing.T) {
	t.Parallel()
	server := scripted(given("one-token", "second-refresh", "3600"), given("two-token", "third-refresh", "3600"))
	store := &memory{}
	sign(t, rest.NewTokens(stored(options(server), store)))
	next := rest.NewTokens(stored(options(server), store))
	_, generation := sign(t, next)
	if _, err := next.Refused(t.Context(), generation); err != nil {
		t.Fatal(err)
	}
	if got := server.values(t, 1).Get("refresh_token"); got != "second-refresh" {
		t.Errorf("used %q", got)
	}
	if got, _ := sign(t, next); got != "Bearer two-token" || !strings.Contains(store.text(), "third-refresh") {
		t.Errorf("%q, stored %s", got, store.text())
	}
}

func TestTokenThatAnotherProcessRenewedIsAdopted(t *testing.T) {
	t.Parallel()
	server := scripted(given("one-token", "second-refresh", "3600"), given("two-token", "third-refresh", "3600"))
	store := &memory{}
	here, there := rest.NewTokens(stored(options(server), store)), rest.NewTokens(stored(options(server), store))
	_, a := sign(t, here)
	_, b := sign(t, there)
	for _, p := range []struct {
		*rest.Tokens
		generation int64
	}{{here, a}, {there, b}} {
		if again, err := p.Refused(t.Context(), p.generation); err != nil || !again {
			t.Fatal(again, err)
		}
		if got, _ := sign(t, p.Tokens); got != "Bearer two-token" {
			t.Errorf("signed with %q", got)
		}
	}
	if server.count() != 2 {
		t.Errorf("%d calls, want 2", server.count())
	}
}

func TestTwoProcessesNeverUseOneRefreshTokenTwice(t *testing.T) {
	t.Parallel()
	server := scripted(given("one-token", "second-refresh", "3600"))
	dir := t.TempDir()
	var processes sync.WaitGroup
	for range 8 {
		processes.Go(func() { sign(t, rest.NewTokens(stored(options(server), rest.NewFileStore(dir)))) })
	}
	processes.Wait()
	if server.count() != 1 {
		t.Errorf("%d calls, want 1", server.count())
	}
}

func TestRotatedRefreshTokenIsOnDiskBeforeTheAccessTokenIsUsed(t *testing.T) {
	t.Parallel()
	store := &memory{}
	server := scripted(given("one-token", "second-refresh", "3600"))
	sign(t, rest.NewTokens(stored(only(server, "refresh_token"), store)))
	if text := store.text(); !strings.Contains(text, "second-refresh") || !strings.Contains(text, "one-token") {
		t.Errorf("stored %s", text)
	}
	if text := store.text(); strings.Contains(text, thePassword) || strings.Contains(text, theSecret) {
		t.Errorf("a password or client secret is stored: %s", text)
	}
}

func TestRefreshTokenIsNotUsedUpWhereItsAnswerCannotBeKept(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	server, store := scripted(given("one-token", "second-refresh", "3600")), &memory{broken: full}
	err := rest.NewTokens(stored(options(server), store)).Token(t.Context())
	if !errors.Is(err, full) || server.count() != 0 {
		t.Errorf("%v after %d calls", err, server.count())
	}
}

func TestRotatedRefreshTokenThatCouldNotBeSavedIsStillTheOneToUse(t *testing.T) {
	t.Parallel()
	store := &memory{}
	server := scripted(given("one-token", "second-refresh", "3600"), given("two-token", "", "3600"))
	server.before = server.onCall(1, func() { store.broken = errors.New("no space left") }, store)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := stored(only(server, "refresh_token"), store)
	o.Now = func() time.Time { return now }
	tokens := rest.NewTokens(o)
	if err := tokens.Token(t.Context()); err == nil || strings.Contains(err.Error(), "second-refresh") {
		t.Fatalf("the access token was used before its refresh token was kept: %v", err)
	}
	store.broken = nil
	now = now.Add(time.Minute)
	sign(t, tokens)
	if got := server.values(t, 1).Get("refresh_token"); got != "second-refresh" {
		t.Errorf("used %q", got)
	}
	if !strings.Contains(store.text(), "second-refresh") {
		t.Errorf("stored %s", store.text())
	}
}

// onCall runs f, which changes m, during request number n.
func (s *script) onCall(n int, f func(), m *memory) func(*http.Request) {
	return func(*http.Request) {
		if s.count() == n {
			m.Mutex.Lock()
			defer m.Unlock()
			f()
		}
	}
}

func TestOtherCredentialsNeverMeetStoredTokens(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*rest.TokenOptions){
		"another refresh token": func(o *rest.TokenOptions) { o.Grants[0].RefreshToken = rest.NewSecret("another-refresh") },
		"another user":          func(o *rest.TokenOptions) { o.Grants[1].Username = "berta" },
		"another client":        func(o *rest.TokenOptions) { o.ClientID = "client-8" },
		"another address":       func(o *rest.TokenOptions) { o.URL = mustURL("https://test.example/oauth/token") },
		"another scope":         func(o *rest.TokenOptions) { o.Extra = map[string]string{"scope": "more"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, server := &memory{}, scripted(given("one-token", "second-refresh", "3600"), given("two-token", "", "3600"))
			sign(t, rest.NewTokens(stored(options(server), store)))
			o := stored(options(server), store)
			change(&o)
			if got, _ := sign(t, rest.NewTokens(o)); got != "Bearer two-token" {
				t.Errorf("signed with %q", got)
			}
		})
	}
}

func TestStoredTokensThatMeanNothingAreLeftAlone(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		expires string
		later   time.Duration
		garbage bool
		want    string
	}{
		"as good as new":                {"3600", 30 * time.Minute, false, "Bearer one-token"},
		"expired":                       {"3600", 59*time.Minute + 30*time.Second, false, "Bearer two-token"},
		"unknown expiry, within hour":   {"", 50 * time.Minute, false, "Bearer one-token"},
		"unknown expiry, after an hour": {"", 61 * time.Minute, false, "Bearer two-token"},
		"from the future":               {"360000", -time.Hour, false, "Bearer two-token"},
		"no document at all":            {"3600", 0, true, "Bearer two-token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, server := &memory{}, scripted(given("one-token", "second-refresh", c.expires), given("two-token", "", ""))
			now := start
			o := stored(options(server), store)
			o.Now = func() time.Time { return now }
			sign(t, rest.NewTokens(o))
			for document := range store.data {
				if c.garbage {
					store.data[document] = []byte(`{"access_tok`)
				}
			}
			now = start.Add(c.later)
			if got, _ := sign(t, rest.NewTokens(o)); got != c.want {
				t.Errorf("signed with %q, want %q", got, c.want)
			}
		})
	}
}

func TestStoredTokensAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	sign(t, rest.NewTokens(stored(options(scripted(given("one-token", "second-refresh", "3600"))), rest.NewFileStore(dir))))
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("files: %v, %v, want a document and its lock", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

func TestLockExcludesAndIsLeftWithTheContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := rest.NewFileStore(dir).Lock(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 80*time.Millisecond)
	defer cancel()
	if _, err := rest.NewFileStore(dir).Lock(ctx, "shop"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the second got %v", err)
	}
	unlock()
	again, err := rest.NewFileStore(dir).Lock(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestStoreTakesNoNameThatLeadsElsewhere(t *testing.T) {
	t.Parallel()
	store := rest.NewFileStore(t.TempDir())
	for _, name := range []string{"", "..", "../shop", "a/b", `a\b`, "a.json", "a b"} {
		if err := store.Save(name, []byte("{}")); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if _, err := store.Load("shop"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there gave %v", err)
	}
}
