package sandbox

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Credentials of the sandbox's telephone account. The personal access token is what Environment lists; the OAuth
// client is for tests of the refresh grant. SipgateRefreshToken can be used once: the answer holds the next one.
const (
	SipgateTokenID      = "token-SB0X42"
	SipgateToken        = "5a4db0c5-7e1e-4f0e-9a6b-5a4db0c5e711"
	SipgateClientID     = "2312500-0-5a4db0c5-c11e-4a7e-8f3d-2b9a6e0d4c71"
	SipgateClientSecret = "sandbox-sipgate-client-secret-91f2c7"
	SipgateRefreshToken = "sandbox-sipgate-first-refresh-token-c58e01"
)

// SipgateTokenPath is where the refresh grant is, below the address of the sandbox.
const SipgateTokenPath = "/sipgate/auth/realms/third-party/protocol/openid-connect/token"

// Life times as documented; the access token's gives way to Options.TokenLife.
const (
	sipgateAccessLife  = 300 * time.Second
	sipgateRefreshLife = 30 * 24 * time.Hour
)

// sipgate stands in for a telephone account in the middle of its move between the two generations of the API:
// groups and phone lines still answer, and so do channels.
type sipgate struct {
	o       Options
	access  *tokens
	refresh *tokens
	grant   sync.Mutex // one refresh at a time, so that a token is redeemed once
	account func() *sipgateAccount
	days    *memo[int, []sipgateEntry]
}

func newSipgate(o Options) api {
	s := &sipgate{o: o, access: newTokens(o.Now), refresh: newTokens(o.Now)}
	s.refresh.issue(SipgateRefreshToken, sipgateRefreshLife)
	s.account = sync.OnceValue(func() *sipgateAccount { return newSipgateAccount(o.Seed) })
	s.days = newMemo(sipgateHistoryDays+2, s.day)

	mux := http.NewServeMux()
	mux.HandleFunc("POST "+strings.TrimPrefix(SipgateTokenPath, "/sipgate"), s.token)
	mux.Handle("GET /v2/", http.StripPrefix("/v2", s.signedIn(s.onSystem(s.routes()))))
	return api{prefix: "/sipgate", handler: mux, environment: func(base string) []string {
		return []string{
			"SIPGATE_BASE_URL=" + base + "/v2",
			"SIPGATE_TOKEN_URL=" + strings.TrimSuffix(base, "/sipgate") + SipgateTokenPath,
			"SIPGATE_TOKEN_ID=" + SipgateTokenID,
			"SIPGATE_TOKEN=" + SipgateToken,
		}
	}}
}

// signedIn lets requests with a personal access token or a living access token pass. The real API refuses the others
// with an empty body.
func (s *sipgate) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.knows(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *sipgate) knows(r *http.Request) bool {
	if id, token, ok := r.BasicAuth(); ok {
		return same(id, SipgateTokenID) && strings.EqualFold(token, SipgateToken)
	}
	token, ok := bearer(r)
	return ok && s.access.check(token) == tokenValid
}

// token answers the refresh grant: every answer holds a new refresh token, and the old one is worth nothing from
// then on.
func (s *sipgate) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	switch grant := r.PostFormValue("grant_type"); {
	case grant == "":
		s.refuse(w, http.StatusBadRequest, "invalid_request", "Missing form parameter: grant_type")
	case !same(id, SipgateClientID) || !same(secret, SipgateClientSecret):
		s.refuse(w, http.StatusUnauthorized, "unauthorized_client", "Invalid client or Invalid client credentials")
	case grant != "refresh_token":
		s.refuse(w, http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
	case r.PostFormValue("refresh_token") == "":
		s.refuse(w, http.StatusBadRequest, "invalid_request", "No refresh token")
	case !s.redeem(r.PostFormValue("refresh_token")):
		s.refuse(w, http.StatusBadRequest, "invalid_grant", "Token is not active")
	default:
		s.issue(w)
	}
}

func (s *sipgate) redeem(token string) bool {
	s.grant.Lock()
	defer s.grant.Unlock()
	return s.refresh.redeem(token) == tokenValid
}

func (s *sipgate) issue(w http.ResponseWriter) {
	life, session := s.o.life(sipgateAccessLife), randomHex(16)
	writeJSON(w, http.StatusOK, object{
		"access_token": s.access.jwt(life, object{"sub": "w0", "azp": SipgateClientID, "featureScope": s.o.Sipgate.claim(),
			"scope": "all"}),
		"expires_in":         int(life / time.Second),
		"refresh_token":      s.refresh.jwt(sipgateRefreshLife, object{"sub": "w0", "typ": "Refresh"}),
		"refresh_expires_in": int(sipgateRefreshLife / time.Second),
		"token_type":         "bearer",
		"id_token":           s.access.jwt(0, object{"sub": "w0", "typ": "ID"}),
		"not-before-policy":  0,
		"session_state":      session,
	})
}

func (s *sipgate) refuse(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, object{"error": code, "error_description": description})
}

// same compares credentials in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
