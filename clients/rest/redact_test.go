package rest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/reportjob/reportjob/clients/rest"
)

// awkward is a secret that every encoding writes differently.
const awkward = `p&ss "wörd"/+<1>`

func TestSecretPrintsNowhere(t *testing.T) {
	t.Parallel()
	s := rest.NewSecret(awkward)
	holder := struct {
		Name string
		Key  rest.Secret
		Ref  *rest.Secret
	}{"a", s, &s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", s, holder)
	}
	text, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", s, "holder", holder)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "key", s, "holder", holder)
	for _, form := range []string{"ss ", "wörd", fmt.Sprintf("%x", awkward), fmt.Sprint([]byte(awkward))} {
		if strings.Contains(out.String(), form) {
			t.Errorf("%q is in\n%s", form, out.String())
		}
	}
	if s.Reveal() != awkward {
		t.Error("lost")
	}
}

func TestWhatHoldsSecretsPrintsNoneOfThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := rest.NewTokens(only(scripted(given("access-token-1", "second-refresh-token", "3600")), "password"))
		sign(t, tokens)
		synctest.Wait() // fmt looks into the mutex, which the renewal has just left.
		basic := rest.Basic{User: "anna", Password: rest.NewSecret("basic-password")}
		redactor := rest.NewRedactor()
		redactor.Add("known-secret")
		out := printed(
			struct{ key rest.Secret }{rest.NewSecret("hidden-value")}, tokens, basic, redactor,
			client(scripted(fine), func(o *rest.Options) { o.Auth, o.Redactor = basic, redactor }),
		)
		for _, secret := range []string{
			"access-token-1", "second-refresh-token", "basic-password", "known-secret", "hidden-value", thePassword, theSecret, theRefresh,
		} {
			if strings.Contains(out, secret) {
				t.Errorf("%q is in\n%s", secret, out)
			}
		}
	})
}

// printed is what fmt makes of values, also where they are in a field that is not exported, whose methods fmt cannot ask.
func printed(values ...any) string {
	type hidden struct{ value any }
	var out strings.Builder
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&out, verb+" "+verb+"\n", v, hidden{v})
		}
	}
	return out.String()
}

func TestSecretIsTakenFromASetting(t *testing.T) {
	t.Parallel()
	var s rest.Secret
	if !s.IsZero() || s.Reveal() != "" {
		t.Error("the zero secret is not empty")
	}
	for _, value := range []string{awkward, ""} {
		if err := s.UnmarshalText([]byte(value)); err != nil || s.Reveal() != value || s.IsZero() != (value == "") {
			t.Errorf("%q became %q, %v", value, s.Reveal(), err)
		}
	}
}

func TestRedactorFindsEveryFormOfASecret(t *testing.T) {
	t.Parallel()
	r := rest.NewRedactor()
	r.Add(awkward, "", "abc")
	inJSON, err := json.Marshal(awkward)
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{awkward, url.QueryEscape(awkward), url.PathEscape(awkward), string(inJSON), fmt.Sprintf("%q", awkward)}
	for _, user := range []string{"a", "ab", "abc", "abcd"} {
		forms = append(forms, base64.StdEncoding.EncodeToString([]byte(user+":"+awkward)), base64.RawURLEncoding.EncodeToString([]byte(user+":"+awkward)))
	}
	for _, form := range forms {
		if got := r.String("before " + form + " behind"); !strings.Contains(got, "(redacted)") || !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " behind") {
			t.Errorf("%s became %s", form, got)
		}
	}
	if got := r.String("abc"); got != "abc" {
		t.Errorf("a short one was taken out of innocent words: %q", got)
	}
	var none *rest.Redactor
	none.Add("secret-secret")
	if got := none.String("secret-secret"); got != "secret-secret" {
		t.Errorf("nil gave %q", got)
	}
}

func TestRedactingWriterFindsASecretInTwoWrites(t *testing.T) {
	t.Parallel()
	r := rest.NewRedactor()
	r.Add("secret-secret")
	var out bytes.Buffer
	w := r.Writer(&out)
	for _, part := range []string{"a sec", "ret-sec", "ret b\nc secret-", "secret"} {
		if n, err := io.WriteString(w, part); err != nil || n != len(part) {
			t.Fatal(n, err)
		}
	}
	if err := w.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	if want := "a (redacted) b\nc (redacted)"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestRefreshTokenInUseIsRedactedHoweverManyAccessTokensCame(t *testing.T) {
	t.Parallel()
	redactor := rest.NewRedactor()
	replies := []reply{given("first-access", "long-lived-refresh", "")}
	for i := range 100 {
		replies = append(replies, given(fmt.Sprintf("access-number-%d", i), "", ""))
	}
	o := only(scripted(replies...), "refresh_token")
	o.Redactor = redactor
	tokens := rest.NewTokens(o)
	for range 100 {
		_, generation := sign(t, tokens)
		tokens.Accepted(generation)
		if _, err := tokens.Refused(t.Context(), generation); err != nil {
			t.Fatal(err)
		}
	}
	if got := redactor.String("long-lived-refresh"); got != "(redacted)" {
		t.Errorf("%q", got)
	}
}
