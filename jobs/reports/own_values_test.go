package reports

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
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
