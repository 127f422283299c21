package reports

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/wizart"
)

func TestThePathThatIsShownIsTheOneThatIsAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ below, path, want string }{
		{"", "/api/customer/articles", "/api/customer/articles"},
		{"", "/imports", "/api/v2.1/imports"},
		{"", "/api/v2.1/imports", "/api/v2.1/imports"},
		{"", "/apis", "/api/v2.1/apis"},
		{"/pim/v3", "/imports", "/pim/v3/imports"},
		{"/pim/v3", "/api/customer/articles", "/api/customer/articles"},
	} {
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			body := `{"data":[],"meta":{"last_page":1,"total":0}}`
			if r.URL.Path == "/oauth/token" {
				body = `{"access_token":"token-G01den","expires_in":3600}`
			} else {
				asked = append(asked, r.URL.Path)
			}
			_, _ = w.Write([]byte(body))
		}))
		base, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		clients := Clients{Wizart: wizart.New(wizart.Config{BaseURL: base, APIPath: c.below, Username: "u", Password: rest.NewSecret("password-G01den"), Rate: -1})}
		definition := "api=wizart&window=now&columns=id:code,name&path=" + c.path
		job, err := Own(clients, "art", definition)
		if err != nil {
			t.Fatal(err)
		}
		_, o := ownRun(t, clients, definition, "now")
		server.Close()
		if shown := job.Info().Endpoint; shown != c.want || o.err != nil || !slices.Equal(asked, []string{c.want}) {
			t.Errorf("%s with WIZART_API_PATH %q: shown as %s, asked as %q, %v; want %s", c.path, c.below, shown, asked, o.err, c.want)
		}
	}
}

func TestDurationsAreReadAsOtherNumbersAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, want string }{
		{`1e-09`, "0.000000001"}, {`1e3`, "1000"}, {`1.5E+1`, "15"}, {`-25e-1`, "-2.5"}, {`"9e1"`, "90"}, {`0e99`, "0"}, {`-0.5`, "-0.5"}, {`90`, "90"},
		{`0.3000000000000`, "0.3"}, {`0.123456789987654321`, "0.123456789"}, {`1e-10`, "0"}, {`4.35`, "4.35"}, {`1.1234567890000`, "1.123456789"},
		{`9223372036.854775807`, "9223372036.854775807"}, {`-9223372036.854775808`, "-9223372036.854775808"}, {`""`, ""}, {`null`, ""},
		{`9223372036.854775808`, "refused"}, {`1e10`, "refused"}, {`1e61`, "refused"}, {`"1m"`, "refused"}, {`"1e"`, "refused"}, {`"1,5"`, "refused"}, {`true`, "refused"},
	} {
		clients := ownServer(t, func(string, url.Values) string { return `{"items":[{"v":` + c.value + `}]}` })
		rows, o := ownRun(t, clients, "api=sipgate&path=/x&window=now&columns=v:duration", "now")
		switch {
		case c.want == "refused":
			if !refusedAs(o.err, rest.Unexpected) || !strings.Contains(o.err.Error(), "where a number of seconds was expected") {
				t.Errorf("%s: %q, %v; want an unexpected answer", c.value, rows, o.err)
			}
		case o.err != nil || len(rows) != 1 || rows[0] != c.want:
			t.Errorf("%s: %q, %v; want %s", c.value, rows, o.err, c.want)
		}
	}
}
