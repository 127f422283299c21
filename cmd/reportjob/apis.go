package main

import (
	"net/http"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/clients/sipgate"
	"github.com/reportjob/reportjob/clients/wizart"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
	"github.com/reportjob/reportjob/jobs/reports"
)

// connect makes the clients of the four APIs. Nothing talks yet. An API whose configuration lacks something has a
// client all the same, so that its reports can be listed.
func connect(a *app, s settings.Environment) (reports.Clients, []api, settings.Problems) {
	var problems settings.Problems
	w := wiring{a, s, &problems}
	secureAccess, secureAccessAPI := w.secureAccess()
	sipgate, sipgateAPI := w.sipgate()
	sierra, sierraAPI := w.sierra()
	wizart, wizartAPI := w.wizart()
	apis := []api{secureAccessAPI, sipgateAPI, sierraAPI, wizartAPI}
	clients := reports.Clients{SecureAccess: secureAccess, Sipgate: sipgate, Sierra: sierra, Wizart: wizart}
	return clients, apis, problems
}

const userAgent = "reportjob"

// wiring connects settings to clients.
type wiring struct {
	app      *app
	settings settings.Environment
	problems *settings.Problems
}

// transport is an API's own: its proxy, trust and connections are shared by its token calls and its requests, and by
// nobody else.
func (w wiring) transport(prefix string, c settings.Connection, o rest.TransportOptions) *http.Transport {
	o.CAFile = c.CAFile
	t, err := rest.NewTransport(o)
	if err != nil {
		w.problem(prefix+"CA_FILE", err.Error())
		t, _ = rest.NewTransport(rest.TransportOptions{})
	}
	return t
}

func (w wiring) problem(variable, text string) {
	*w.problems = append(*w.problems, settings.Problem{Variable: variable, Text: text})
}

// credential is a variable that an API cannot do without.
type credential struct {
	variable string
	set      bool
	expected string
}

// missing lists all credentials that are not set, so that one look is enough. Where some are set and others are not, that
// is a mistake whether a report needs them or not.
func (w wiring) missing(credentials ...credential) settings.Problems {
	var missing settings.Problems
	for _, c := range credentials {
		if !c.set {
			missing = append(missing, settings.Problem{Variable: c.variable, Text: "is not set: expected " + c.expected})
		}
	}
	if len(missing) < len(credentials) {
		*w.problems = append(*w.problems, missing...)
	}
	return missing
}

func (w wiring) secureAccess() (*secureaccess.Client, api) {
	s := w.settings.SecureAccess
	c := secureaccess.New(secureaccess.Config{
		BaseURL: s.BaseURL.URL, TokenURL: s.TokenURL.URL, Key: s.APIKey.Reveal(), Secret: s.APISecret,
		Region: string(s.Region), OrgID: s.OrgID, RedirectHosts: strings.Join(s.RedirectHosts, ","), Rate: float64(s.Rate),
		Transport: w.transport("SECUREACCESS_", s.Connection, rest.TransportOptions{}),
		Redactor:  w.app.redactor, Log: w.app.log, UserAgent: userAgent,
	})
	return c, api{name: "secureaccess", check: c.Check, ahead: c.Rest().Ahead, rate: float64(s.Rate), missing: w.missing(
		credential{"SECUREACCESS_API_KEY", !s.APIKey.IsZero(), "the API key, from Admin > API Keys"},
		credential{"SECUREACCESS_API_SECRET", !s.APISecret.IsZero(), "the API key's secret"},
	)}
}

func (w wiring) sipgate() (*sipgate.Client, api) {
	s := w.settings.Sipgate
	c := sipgate.New(sipgate.Config{
		BaseURL: s.BaseURL.URL, TokenURL: s.TokenURL.URL,
		TokenID: s.TokenID, Token: s.Token,
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, RefreshToken: s.RefreshToken,
		Rate:      float64(s.Rate),
		Transport: w.transport("SIPGATE_", s.Connection, rest.TransportOptions{}),
		Redactor:  w.app.redactor, Log: w.app.log, UserAgent: userAgent, Store: w.store(),
	})
	return c, api{name: "sipgate", check: c.Check, ahead: c.Rest().Ahead, rate: float64(s.Rate), missing: w.sipgateMissing(s)}
}

// sipgateMissing knows that there are two ways to sign in, of which one is enough.
func (w wiring) sipgateMissing(s settings.Sipgate) settings.Problems {
	oauth := s.ClientID != "" || !s.ClientSecret.IsZero() || !s.RefreshToken.IsZero()
	pat := s.TokenID != "" || !s.Token.IsZero()
	switch {
	case oauth && pat:
		w.problem("SIPGATE_CLIENT_ID", "both a personal access token (SIPGATE_TOKEN_ID, SIPGATE_TOKEN) and OAuth (SIPGATE_CLIENT_ID, ...) are set: set one of them")
		return nil
	case oauth:
		if w.settings.General.State == "off" {
			w.problem("REPORTJOB_STATE", "is off, but sipgate's OAuth refresh token changes at every renewal and has to be kept: set a folder, or use a personal access token (SIPGATE_TOKEN_ID, SIPGATE_TOKEN)")
		}
		return w.missing(
			credential{"SIPGATE_CLIENT_ID", s.ClientID != "", "the OAuth client id"},
			credential{"SIPGATE_CLIENT_SECRET", !s.ClientSecret.IsZero(), "the OAuth client secret"},
			credential{"SIPGATE_REFRESH_TOKEN", !s.RefreshToken.IsZero(), "the first OAuth refresh token"},
		)
	}
	return w.missing(
		credential{"SIPGATE_TOKEN_ID", s.TokenID != "", "the id of a personal access token, such as token-AB12CD"},
		credential{"SIPGATE_TOKEN", !s.Token.IsZero(), "the personal access token"},
	)
}

func (w wiring) sierra() (*sierra.Client, api) {
	s := w.settings.Sierra
	c := sierra.New(sierra.Config{
		BaseURL: s.BaseURL.URL, Key: s.ClientKey, Secret: s.ClientSecret, Login: s.Login, Rate: float64(s.Rate),
		Transport: w.transport("SIERRA_", s.Connection, sierra.TransportOptions()),
		Redactor:  w.app.redactor, Log: w.app.log, UserAgent: userAgent,
	})
	return c, api{name: "sierra", check: c.Check, ahead: c.Rest().Ahead, rate: float64(s.Rate), missing: w.missing(
		credential{"SIERRA_BASE_URL", !s.BaseURL.IsZero(), "the address of the API, such as https://HOST/iii/sierra-api/v6"},
		credential{"SIERRA_CLIENT_KEY", !s.ClientKey.IsZero(), "the API key, from the Sierra Admin App"},
		credential{"SIERRA_CLIENT_SECRET", !s.ClientSecret.IsZero(), "the API key's secret"},
	)}
}

func (w wiring) wizart() (*wizart.Client, api) {
	s := w.settings.Wizart
	c := wizart.New(wizart.Config{
		BaseURL: s.BaseURL.URL, APIPath: string(s.APIPath), Username: s.Username, Password: s.Password,
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, GrantType: string(s.GrantType), Rate: float64(s.Rate),
		Transport: w.transport("WIZART_", s.Connection, rest.TransportOptions{}),
		Redactor:  w.app.redactor, Log: w.app.log, UserAgent: userAgent,
	})
	credentials := []credential{
		{"WIZART_CLIENT_ID", s.ClientID != "", "the client id, from Wizart's delivery managers"},
		{"WIZART_CLIENT_SECRET", !s.ClientSecret.IsZero(), "the client secret"},
	}
	if s.GrantType == "password" {
		credentials = append(credentials,
			credential{"WIZART_USERNAME", s.Username != "", "the user name"},
			credential{"WIZART_PASSWORD", !s.Password.IsZero(), "the user's password"})
	}
	return c, api{name: "wizart", check: c.Check, ahead: c.Rest().Ahead, rate: float64(s.Rate), missing: w.missing(credentials...)}
}

// store is where tokens outlive a run; nil if there is no such place.
func (w wiring) store() rest.Store {
	if w.settings.General.State == "off" {
		return nil
	}
	return rest.NewFileStore(w.settings.General.State)
}
