package sierra

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestAmountsAreAddedExactly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		item, processing, billing, paid, owed rest.Number
	}{
		{"0.1", "0.2", "", "", "0.3"},
		{"14.99", "5", "1.50", "0.1", "21.39"},
		{"0.10", "", "", "0.30", "-0.2"},
		{"10", "0", "0", "10", "0"},
		{"123456789012345678.01", "0.01", "", "", "123456789012345678.02"},
		{"1e2", "1E-2", "", "", "100.01"},
		{"", "2.5", "", "-0.5", "3"},
		{"", "", "", "3", ""},
		{"1e9999999", "", "", "", ""},
	} {
		f := Fine{ItemCharge: c.item, Processing: c.processing, Billing: c.billing, Paid: c.paid}
		if owed := f.Owed(); owed != c.owed {
			t.Errorf("%+v: %q, want %q", c, owed, c.owed)
		}
	}
}

func TestDaysAreThoseOfTheLibrary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, zone, day string }{
		{"2023-10-17T08:00:00Z", "America/New_York", "2023-10-17"}, // 04:00 in summer
		{"2023-11-17T09:00:00Z", "America/New_York", "2023-11-17"}, // 04:00 in winter
		{"2026-11-22T04:59:59Z", "America/New_York", "2026-11-21"},
		{"2026-11-21T14:00:00Z", "Australia/Sydney", "2026-11-22"},
		{"2026-11-21", "Pacific/Honolulu", "2026-11-21"},
		{"2026-11-21", "Pacific/Kiritimati", "2026-11-21"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if day := parseInstant(c.text).Day(zone).Format(time.DateOnly); day != c.day {
			t.Errorf("%s in %s: %s, want %s", c.text, c.zone, day, c.day)
		}
	}
	if day := (Instant{}).Day(time.UTC); !day.IsZero() {
		t.Errorf("no time has the day %v", day)
	}
}

func TestFixedFieldsComeInAnyShape(t *testing.T) {
	t.Parallel()
	var f FixedFields
	text := `{"61":{"label":"I TYPE","value":12,"display":"Book "},"76":{"value":"5"},"77":{"value":"x"},"88":{"value":"-  "},"57":{"value":false},"68":{"value":null},"78":{"value":"2026-11-21T10:00:00Z"}}`
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	if f.Text("61") != "12" || f.Display("61") != "Book" || f.Text("88") != "-" || f.Text("57") != "false" || f.Text("68") != "" || f.Text("99") != "" {
		t.Errorf("%v", f)
	}
	if n, ok := f.Int("76"); n != 5 || !ok {
		t.Errorf("76: %d, %v", n, ok)
	}
	if _, ok := f.Int("77"); ok || !f.Time("88").IsZero() || f.Time("78").Hour() != 10 {
		t.Error("what is no number or no time is taken for one, or the other way round")
	}
}

func TestCallNumbersLoseTheirMarks(t *testing.T) {
	t.Parallel()
	for call, want := range map[Text]string{"978 S84": "978 S84", "|aFIC |bSMI": "FIC SMI", "|aFIC|bSMI": "FIC SMI", "": "", "|a": "", "A|B": "A|B"} {
		if got := plainCall(call); got != want {
			t.Errorf("%q: %q, want %q", call, got, want)
		}
	}
}

func TestLettersOfErrorsAreDecoded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"Ung{u00E4}ltig {u00e4}{u20AC}": "Ungältig ä€", "{u12}": "{u12}", "{u000A}": "{u000A}", "plain": "plain"} {
		if got := plainLetters(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestClientWithoutConfigurationFailsWithAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	c := New(Config{})
	if c.Account() != "" || c.Rest() == nil {
		t.Errorf("account %q, client %v", c.Account(), c.Rest())
	}
	if err := c.Check(ctx); err == nil {
		t.Error("a token came from nowhere")
	}
}

func TestKeyAndSecretAreInNoError(t *testing.T) {
	t.Parallel()
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, secret, _ := r.BasicAuth()
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]any{"code": 127, "name": "Unauthorized", "description": key + " " + secret})
	})
	err := testClient(t, echo, 3).Check(t.Context())
	var e *rest.Error
	if !errors.As(err, &e) || e.Kind != rest.Refused {
		t.Fatalf("%v", err)
	}
	if text := err.Error(); strings.Contains(text, "the-key-of") || strings.Contains(text, "the-secret-of") {
		t.Errorf("%s", text)
	}
}

func TestTransportLetsGoBeforeTheServerDoes(t *testing.T) {
	t.Parallel()
	if o := TransportOptions(); o.Idle <= 0 || o.Idle >= 5*time.Second || o.Connections < 1 || o.Connections > 4 {
		t.Errorf("%+v", o)
	}
}

func TestTextsAndInstantsAreDecodedAsEncodingJSONDoesIt(t *testing.T) {
	t.Parallel()
	type both struct {
		Text    Text    `json:"text"`
		Instant Instant `json:"instant"`
	}
	for _, value := range []string{
		`"a  "`, `" a"`, `""`, `null`, `5`, `-1.50`, `true`, `false`, `[]`, `{}`, `"\u00e9 "`, `"null"`,
		`"2026-11-21T08:30:00Z"`, `"2026-11-21"`, `" 2026-11-21 "`, `"2026-11-2x"`, `"2026-02-30"`, `"soon"`,
	} {
		for _, body := range []string{`{"text":` + value + `}`, `{"instant":` + value + `}`} {
			var want, got both
			err := json.Unmarshal([]byte(body), &want)
			wrong := (&rest.Response{Body: []byte(body)}).Decode("test", &got)
			if (err == nil) != (wrong == nil) || err == nil && got != want {
				t.Errorf("%s: %v, %v, want %v, %v", body, got, wrong, want, err)
			}
		}
	}
}
