package sipgate_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/clients/sipgate"
)

// oauth is the configuration of a client that has nothing but the sandbox's first refresh token, and a store.
func oauth(t *testing.T, server *httptest.Server, store rest.Store) sipgate.Config {
	t.Helper()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return sipgate.Config{
		BaseURL:      base.JoinPath("/sipgate/v2"),
		TokenURL:     base.JoinPath(sandbox.SipgateTokenPath),
		ClientID:     sandbox.SipgateClientID,
		ClientSecret: rest.NewSecret(sandbox.SipgateClientSecret),
		RefreshToken: rest.NewSecret(sandbox.SipgateRefreshToken),
		Rate:         -1,
		Store:        store,
	}
}

func TestTheNextRunUsesTheRefreshTokenThatTheLastOneWasGiven(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(server.Close)
	store := rest.NewFileStore(t.TempDir())
	for run := range 3 {
		if err := sipgate.New(oauth(t, server, store)).Check(t.Context()); err != nil {
			t.Fatalf("run %d: %v", run+1, err)
		}
	}
	err := sipgate.New(oauth(t, server, nil)).Check(t.Context())
	var e *rest.Error
	if !errors.As(err, &e) || e.Kind != rest.Refused {
		t.Errorf("without the store the first refresh token, used up long ago, gave %v", err)
	}
	if err != nil && (strings.Contains(err.Error(), sandbox.SipgateRefreshToken) || strings.Contains(err.Error(), sandbox.SipgateClientSecret)) {
		t.Errorf("the error holds a secret: %v", err)
	}
}

func TestAccessTokensAreRenewedInTheMiddleOfAReading(t *testing.T) {
	t.Parallel()
	inner := sandbox.New(sandbox.Options{TokenLife: time.Second, Scale: 0.1})
	var posts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts.Add(1)
		}
		time.Sleep(250 * time.Millisecond)
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	client := sipgate.New(oauth(t, server, rest.NewFileStore(t.TempDir())))
	n, said := 0, &verdicts{}
	q := sipgate.HistoryQuery{From: time.Now().AddDate(0, 0, -7), To: time.Now()}
	for _, err := range client.History(t.Context(), q, said) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n == 0 || said.complete != 2 || said.other != 0 || posts.Load() < 2 {
		t.Errorf("%d entries, %d folders complete, %d doubts, %d token calls", n, said.complete, said.other, posts.Load())
	}
}

// verdicts counts what a reading says.
type verdicts struct{ complete, other int }

func (v *verdicts) Complete(string, ...any)  { v.complete++ }
func (v *verdicts) Unproven(string, ...any)  { v.other++ }
func (v *verdicts) Truncated(string, ...any) { v.other++ }
func (v *verdicts) Warn(string, ...any)      {}
func (v *verdicts) Account(string)           {}
