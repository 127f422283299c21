package sierra

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestLivesOfTokensThatNoLengthOfTimeHoldsAreUnexpected(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{"expiresIn":9223372037,"roles":[]}`: "expiresIn: 9223372037 seconds",
		`{"expiresIn":60,"roles":[{"name":"Bibs_Read","tokenLifetime":60},{"name":"Items_Read","tokenLifetime":18446744074}]}`: "roles[1]: tokenLifetime: 18446744074 seconds",
		`{"expiresIn":9223372036,"roles":[{"name":"Bibs_Read","tokenLifetime":9223372036}]}`:                                   "",
	} {
		client := testClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				(&library{}).ServeHTTP(w, r)
				return
			}
			_, _ = w.Write([]byte(body))
		}), 0)
		_, err := client.Token(t.Context())
		var e *rest.Error
		switch {
		case says == "" && err != nil:
			t.Errorf("%s: %v", body, err)
		case says != "" && (!errors.As(err, &e) || e.Kind != rest.Unexpected || e.Path != TokenPath || !strings.Contains(err.Error(), says)):
			t.Errorf("%s: %v, want an unexpected answer that says %q", body, err, says)
		}
	}
}
