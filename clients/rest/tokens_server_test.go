package rest_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/models"
	"github.com/go-oauth2/oauth2/v4/server"

	"github.com/reportjob/reportjob/clients/rest"
)

// realServer is an OAuth server that nobody here wrote, and an API behind it.
type realServer struct {
	*httptest.Server
	ledger *ledger

	mu     sync.Mutex
	grants []string
}

// startRealServer knows client-7 and anna. Every refresh ends the tokens before it.
func startRealServer(t *testing.T, client server.ClientInfoHandler) *realServer {
	t.Helper()
	s := &realServer{ledger: &ledger{byAccess: map[string]oauth2.TokenInfo{}}}
	manager := manage.NewDefaultManager()
	manager.MapTokenStorage(s.ledger)
	manager.MapClientStorage(s.ledger)
	authority := server.NewDefaultServer(manager)
	authority.SetAllowedGrantType(oauth2.PasswordCredentials, oauth2.Refreshing, oauth2.ClientCredentials)
	authority.SetClientInfoHandler(client)
	authority.SetPasswordAuthorizationHandler(func(_ context.Context, _, user, password string) (string, error) {
		if user != "anna" || password != thePassword {
			return "", oautherrors.ErrInvalidGrant
		}
		return user, nil
	})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.grants = append(s.grants, r.FormValue("grant_type"))
		s.mu.Unlock()
		_ = authority.HandleTokenRequest(w, r) // It has answered the error itself.
	})
	mux.HandleFunc("GET /things", func(w http.ResponseWriter, r *http.Request) {
		if _, err := authority.ValidationBearerToken(r); err != nil {
			http.Error(w, `{"message":"Unauthenticated."}`, http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, fine.body)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// client asks the server.
func (s *realServer) client(t *testing.T, change func(*rest.TokenOptions)) *rest.Client {
	transport := loopbackTransport(t)
	o := options(transport)
	o.URL = mustURL(s.URL + "/oauth/token")
	change(&o)
	return client(transport, func(c *rest.Options) { c.Base, c.Auth = mustURL(s.URL), rest.NewTokens(o) })
}

func TestARealServersTokensAreGotRefreshedAndReplaced(t *testing.T) {
	t.Parallel()
	s := startRealServer(t, server.ClientFormHandler)
	store := rest.NewFileStore(t.TempDir())
	c := s.client(t, func(o *rest.TokenOptions) { o.Store = store })
	steps := []struct {
		before func()
		grants []string // since the start
	}{
		{func() {}, []string{"refresh_token", "password"}}, // the first refresh token means nothing to this server
		{func() {}, []string{"refresh_token", "password"}},
		{s.ledger.expireAccess, []string{"refresh_token", "password", "refresh_token"}},
		{s.ledger.expireAccess, []string{"refresh_token", "password", "refresh_token", "refresh_token"}},
		{s.ledger.expireAll, []string{"refresh_token", "password", "refresh_token", "refresh_token", "refresh_token", "password"}},
	}
	for i, step := range steps {
		step.before()
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				if err := get(t, c); err != nil {
					t.Errorf("step %d: %v", i, err)
				}
			})
		}
		workers.Wait()
		if len(s.grants) != len(step.grants) || s.grants[len(s.grants)-1] != step.grants[len(step.grants)-1] {
			t.Fatalf("step %d: grants %q, want %q", i, s.grants, step.grants)
		}
	}
	if err := get(t, s.client(t, func(o *rest.TokenOptions) { o.Store = store })); err != nil || len(s.grants) != 6 {
		t.Errorf("the next run: %v, grants %q", err, s.grants)
	}
}

func TestARealServerTakesTheClientInABasicHeader(t *testing.T) {
	t.Parallel()
	s := startRealServer(t, server.ClientBasicHandler)
	basic := func(secret string) func(*rest.TokenOptions) {
		return func(o *rest.TokenOptions) {
			o.BasicClient, o.Grants, o.ClientSecret = true, []rest.Grant{{Type: "client_credentials"}}, rest.NewSecret(secret)
		}
	}
	if err := get(t, s.client(t, basic(theSecret))); err != nil {
		t.Error(err)
	}
	wantError(t, get(t, s.client(t, basic("another-secret"))), rest.Refused, "check the client id and secret")
}

func TestARealServersRefusalOfAPasswordIsFinal(t *testing.T) {
	t.Parallel()
	s := startRealServer(t, server.ClientFormHandler)
	c := s.client(t, func(o *rest.TokenOptions) {
		o.Grants = []rest.Grant{{Type: "password", Username: "anna", Password: rest.NewSecret("not-the-password")}}
	})
	for range 3 {
		wantError(t, get(t, c), rest.Refused, "check user name and password")
	}
	if len(s.grants) != 1 {
		t.Errorf("%d calls", len(s.grants))
	}
}

// ledger is what the server remembers.
type ledger struct {
	mu       sync.Mutex
	byAccess map[string]oauth2.TokenInfo
	refresh  []oauth2.TokenInfo
}

func (l *ledger) GetByID(_ context.Context, id string) (oauth2.ClientInfo, error) {
	if id != "client-7" {
		return nil, oautherrors.ErrInvalidClient
	}
	return &models.Client{ID: id, Secret: theSecret}, nil
}

func (l *ledger) Create(_ context.Context, info oauth2.TokenInfo) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := *info.(*models.Token)
	l.byAccess[kept.Access] = &kept
	if kept.Refresh != "" {
		l.refresh = append(l.refresh, &kept)
	}
	return nil
}

func (l *ledger) RemoveByAccess(_ context.Context, access string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.byAccess, access)
	return nil
}

func (l *ledger) RemoveByRefresh(_ context.Context, refresh string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, info := range l.refresh {
		if info.GetRefresh() == refresh {
			l.refresh = append(l.refresh[:i:i], l.refresh[i+1:]...)
			return nil
		}
	}
	return nil
}

func (l *ledger) GetByAccess(_ context.Context, access string) (oauth2.TokenInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if info, ok := l.byAccess[access]; ok {
		return info, nil
	}
	return nil, oautherrors.ErrInvalidAccessToken
}

func (l *ledger) GetByRefresh(_ context.Context, refresh string) (oauth2.TokenInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, info := range l.refresh {
		if info.GetRefresh() == refresh {
			kept := *info.(*models.Token)
			return &kept, nil
		}
	}
	return nil, oautherrors.ErrInvalidGrant
}

// expireAccess ends all access tokens, expireAll the refresh tokens as well.
func (l *ledger) expireAccess() {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.byAccess, func(string, oauth2.TokenInfo) bool { return true })
}

func (l *ledger) expireAll() {
	l.expireAccess()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refresh = nil
}

func (l *ledger) RemoveByCode(context.Context, string) error { return nil }

func (l *ledger) GetByCode(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, oautherrors.ErrInvalidGrant
}
