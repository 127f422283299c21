package settings

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/reportjob/reportjob/jobs"
)

func testCatalogue(Environment) Catalogue {
	return Catalogue{
		Reports: map[string]jobs.Info{
			"calls":   {Name: "calls", API: "sipgate", Every: jobs.PreviousDay},
			"balance": {Name: "balance", API: "sipgate", Every: jobs.Now},
		},
		Formats: []string{"csv", "xlsx"},
		Own: func(name, definition string) (jobs.Info, error) {
			if definition == "bad" {
				return jobs.Info{}, errors.New("columns: expected some")
			}
			return jobs.Info{Name: name, Every: jobs.PreviousDay}, nil
		},
		CheckParams: func(_ jobs.Info, p url.Values) error {
			if p.Has("from") {
				return errors.New(`parameter "from": the window sets it`)
			}
			return nil
		},
	}
}

func TestEveryMistakeIsNamedWithItsVariable(t *testing.T) {
	for _, test := range []struct{ entry, variable, text string }{
		{"SIPGATE_BASE_URL=http://api.example.org/v2", "SIPGATE_BASE_URL", "SIPGATE_ALLOW_HTTP=true"},
		{"SIPGATE_BASE_URL=https://user:pass@api.example.org", "SIPGATE_BASE_URL", "user name"},
		{"SIPGATE_BASE_URL=api.example.org", "SIPGATE_BASE_URL", "https://"},
		{"SIPGATE_RATE=0", "SIPGATE_RATE", "above 0"},
		{"SIPGATE_RATE=NaN", "SIPGATE_RATE", "above 0"},
		{"SIERRA_ALLOW_HTTP=yes please", "SIERRA_ALLOW_HTTP", `true or false, found "yes please"`},
		{"SECUREACCESS_REGION=asia", "SECUREACCESS_REGION", "auto, us or eu"},
		{"SECUREACCESS_REDIRECT_HOSTS=https://x", "SECUREACCESS_REDIRECT_HOSTS", "host names"},
		{"WIZART_GRANT_TYPE=implicit", "WIZART_GRANT_TYPE", "password or client_credentials"},
		{"REPORTJOB_TIMEOUT=1 hour", "REPORTJOB_TIMEOUT", "1h30m"},
		{"REPORTJOB_CONCURRENCY=0", "REPORTJOB_CONCURRENCY", "from 1"},
		{"REPORTJOB_TIMEZONE=Berlin", "REPORTJOB_TIMEZONE", "Europe/Berlin"},
		{"REPORTJOB_TIMEZONE=Local", "REPORTJOB_TIMEZONE", "Europe/Berlin"},
		{"TZ=Nowhere/Else", "TZ", "REPORTJOB_TIMEZONE"},
		{"REPORTJOB_FORMATS=csv,xls", "REPORTJOB_FORMATS", `"xls"`},
		{"REPORTJOB_LOG_LEVEL=loud", "REPORTJOB_LOG_LEVEL", "debug, info, warn or error"},
		{"REPORTJOB_LOCALE=!!", "REPORTJOB_LOCALE", "de-DE"},
		{"REPORTJOB_STATE=exports", "REPORTJOB_STATE", "output folder"},
		{"SCHEDULE_CALLS=0 6 31 2 *", "SCHEDULE_CALLS", ""},
		{"SCHEDULE_CALLS=CRON_TZ=Europe/Berlin", "SCHEDULE_CALLS", ""},
		{"SCHEDULE_CALLS=TZ=", "SCHEDULE_CALLS", ""},
		{"WINDOW_CALLS=yesterday", "WINDOW_CALLS", "previous-day"},
		{"WINDOW_CALLS=now", "WINDOW_CALLS", "now is no window"},
		{"WINDOW_BALANCE=previous-day", "WINDOW_BALANCE", "shows the present"},
		{"WINDOW_CALLS=since-last", "WINDOW_CALLS", "SCHEDULE_CALLS"},
		{"FORMATS_CALLS=pdf", "FORMATS_CALLS", `"pdf"`},
		{"FILENAME_CALLS=../{window}", "FILENAME_CALLS", "no folders"},
		{"FILENAME_CALLS={report}", "FILENAME_CALLS", "expected {window}"},
		{"FILENAME_CALLS={window}" + strings.Repeat("x", 150), "FILENAME_CALLS", "up to 184 bytes"},
		{"REPORTJOB_FILENAME={windw}", "REPORTJOB_FILENAME", "expected {report}, {api}, {window}"},
		{"REPORTJOB_RETENTION=a month", "REPORTJOB_RETENTION", "30d"},
		{"RETENTION_CALLS=0", "RETENTION_CALLS", "the number of the newest sets"},
		{"RETENTION_CALS=3", "RETENTION_CALS", "RETENTION_CALLS"},
		{"REPORTJOB_LATEST=perhaps", "REPORTJOB_LATEST", "true or false"},
		{"REPORTJOB_LINKS=blue", "REPORTJOB_LINKS", "true or false"},
		{"LINKS_CALLS=blue", "LINKS_CALLS", "true or false"},
		{"PARAMS_CALLS=from=1", "PARAMS_CALLS", "the window sets it"},
		{"PARAMS_CALLS=a=%zz", "PARAMS_CALLS", "URL-encoded"},
		{"REPORT_MINE=bad", "REPORT_MINE", "columns"},
		{"REPORT_CALLS=x", "REPORT_CALLS", "built-in"},
		{"SCHEDULE_CALS=@daily", "SCHEDULE_CALS", "SCHEDULE_CALLS"},
		{"SIPGATE_TOKNE=x", "SIPGATE_TOKNE", "SIPGATE_TOKEN"},
		{"REPORTJOB_OUTPUTS=x", "REPORTJOB_OUTPUTS", "REPORTJOB_OUTPUT"},
		{"REPORTJOB_OUTPUT=s3://bucket/x", "REPORTJOB_OUTPUT", "expected a folder such as exports or /srv/exports, found an address with s3://"},
		{"REPORTJOB_OUTPUT=file:///srv/x", "REPORTJOB_OUTPUT", "found an address with file://"},
		{"REPORTJOB_STATE=gs://bucket", "REPORTJOB_STATE", "found an address with gs://"},
		{"SIPGATE_=x", "SIPGATE_", "unknown variable"},
		{"SECUREACCESS_=x", "SECUREACCESS_", "unknown variable"},
		{"REPORTJOB_=1", "REPORTJOB_", "unknown variable"},
		{"SCHEDULE_=@daily", "SCHEDULE_", "unknown variable"},
		{"REPORT_=api=x", "REPORT_", "unknown variable"},
		{"REPORT__A=api=x", "REPORT__A", "letters and digits"},
		{"SIPGATE_TOKEN_FILE=/does/not/exist", "SIPGATE_TOKEN_FILE", "cannot be read"},
	} {
		t.Run(test.entry, func(t *testing.T) {
			_, _, problems := Load([]string{test.entry}, testCatalogue)
			if len(problems) != 1 || problems[0].Variable != test.variable || !strings.Contains(problems[0].Text, test.text) {
				t.Errorf("got %q, want one about %s with %q", problems, test.variable, test.text)
			}
		})
	}
}

func TestAllMistakesAreFoundAtOnce(t *testing.T) {
	_, _, problems := Load([]string{"SIPGATE_RATE=x", "REPORTJOB_TIMEOUT=y", "SCHEDULE_CALLS=z", "WIZART_USERNAM=w"}, testCatalogue)
	if len(problems) != 4 {
		t.Errorf("got %d problems, want 4:\n%v", len(problems), problems)
	}
}

func TestVariablesOfKubernetesServicesArePassedOver(t *testing.T) {
	_, _, problems := Load([]string{
		"SIERRA_SERVICE_HOST=10.0.0.1", "SIERRA_SERVICE_PORT=80", "SIERRA_SERVICE_PORT_HTTP=80", "SIERRA_PORT=tcp://10.0.0.1:80",
		"SIERRA_PORT_80_TCP_ADDR=10.0.0.1", "REPORT_SERVER_PORT_80_TCP=x", "REPORTJOB_SERVICE_HOST=10.0.0.2", "PATH=/bin", "HOME=/root",
	}, testCatalogue)
	if len(problems) > 0 {
		t.Error(problems)
	}
}

func TestValuesComeFromFilesAndCredentials(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "token"), "first line\nsecond line\n\n")
	write(t, filepath.Join(dir, "wizart_password"), "from a credential\r\n")
	write(t, filepath.Join(dir, "wizart_username"), "not this one")
	write(t, filepath.Join(dir, "unrelated"), "passed over")
	set, _, problems := Load([]string{
		"SIPGATE_TOKEN_FILE=" + filepath.Join(dir, "token"), "CREDENTIALS_DIRECTORY=" + dir, "WIZART_USERNAME=env wins",
	}, testCatalogue)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, test := range []struct{ got, want string }{
		{set.Sipgate.Token.Reveal(), "first line\nsecond line\n"},
		{set.Wizart.Password.Reveal(), "from a credential"},
		{set.Wizart.Username, "env wins"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	_, _, problems = Load([]string{"SIPGATE_TOKEN=x", "SIPGATE_TOKEN_FILE=" + filepath.Join(dir, "token")}, testCatalogue)
	if len(problems) != 1 || problems[0].Variable != "SIPGATE_TOKEN_FILE" {
		t.Errorf("both a value and a file: got %q", problems)
	}
}

func TestSecretsInThePlaceOfTheirFilesAreNotPrinted(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 400) // longer than a path can be
	for _, secret := range []string{"5a4db0c5-hunter2", "abc/hunter2+def==", long} {
		_, _, problems := Load([]string{"SIPGATE_TOKEN_FILE=" + secret}, testCatalogue)
		if len(problems) != 1 || !strings.Contains(problems[0].Text, "expected the path of a file") || strings.Contains(problems.Error(), secret) {
			t.Errorf("got %.300q, want the cause and that a path is expected, without the value", problems.Error())
		}
	}
	_, _, problems := Load([]string{"SIPGATE_TOKEN_ID_FILE=/does/not/exist"}, testCatalogue)
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "/does/not/exist") {
		t.Errorf("got %q, want the path of what is no secret", problems)
	}
}

func TestControlCharactersBehindASecretAreAMistakeThatNamesThemAlone(t *testing.T) {
	for entry, end := range map[string]string{
		"SIPGATE_TOKEN=hunter2\n": `"\n"`, "SIPGATE_TOKEN=hunter2\r\n": `"\r\n"`, "SIPGATE_TOKEN=\r": `"\r"`, "WIZART_PASSWORD=hunter2\r": `"\r"`,
		"REPORTJOB_OUTPUT=hunter2\x1b": `"\x1b"`, "SIPGATE_TOKEN_ID=hunter2\x00\n": `"\x00\n"`,
	} {
		variable, _, _ := strings.Cut(entry, "=")
		_, _, problems := Load([]string{entry}, testCatalogue)
		if len(problems) != 1 || problems[0].Variable != variable || !strings.Contains(problems[0].Text, "found "+end) || strings.Contains(problems.Error(), "hunter2") {
			t.Errorf("%q: got %q, want one about %s with %s alone", entry, problems, variable, end)
		}
	}
	if _, _, problems := Load([]string{"HOME=/root\n", "SIPGATE_PORT=tcp://10.0.0.1:80\n"}, testCatalogue); len(problems) > 0 {
		t.Errorf("in variables that are not ours: %q", problems)
	}
}

func TestLineEndsBehindWhatIsNoSecretAreNoneOfTheValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, "hunter2")
	set, _, problems := Load([]string{
		"SIPGATE_TOKEN_FILE=" + path + "\r", "SIPGATE_TOKEN_ID=id\r\n", "REPORTJOB_LATEST=true\r", "REPORTJOB_OUTPUT=files\n", "SIPGATE_BASE_URL=https://example.org\r",
		"REPORTJOB_TIMEZONE=\n",
	}, testCatalogue)
	if len(problems) > 0 || set.Sipgate.Token.Reveal() != "hunter2" || set.Sipgate.TokenID != "id" || !set.General.Latest || set.General.Output != "files" {
		t.Errorf("%+v, %q", set, problems)
	}
}

func TestPerReportVariablesAreRead(t *testing.T) {
	set, own, problems := Load([]string{
		"SCHEDULE_CALLS=CRON_TZ=America/New_York 0 6 * * *", "WINDOW_CALLS=last-7d", "FORMATS_CALLS=csv", "PARAMS_CALLS=a=b&c=d%20e",
		"REPORT_MY_OWN=api=x", "SCHEDULE_MY_OWN=@hourly", "REPORTJOB_TIMEZONE=Europe/Berlin", "SCHEDULE_BALANCE=off",
	}, testCatalogue)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	calls := set.Reports["calls"]
	if got := fmt.Sprintf("%v %v %v %v", calls.Zone, calls.Window, calls.Formats, calls.Params.Get("c")); got != "America/New_York last-7d [csv] d e" {
		t.Errorf("got %s", got)
	}
	if mine := set.Reports["my-own"]; len(own) != 1 || own[0].Name != "my-own" || mine.Schedule == nil || mine.Zone.String() != "Europe/Berlin" {
		t.Errorf("got %v, %v", own, mine)
	}
	if set.Reports["balance"].Schedule != nil {
		t.Error("off is no schedule")
	}
}

func TestNamesAndRetentionAreTheReportsOwnOrThoseOfAll(t *testing.T) {
	set, _, problems := Load([]string{
		"REPORTJOB_FILENAME={window}_{report}", "FILENAME_CALLS=calls {from}-{to}", "REPORTJOB_RETENTION=30d", "RETENTION_CALLS=off", "REPORTJOB_LATEST=true",
	}, testCatalogue)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	calls, balance := set.Reports["calls"], set.Reports["balance"]
	if got := fmt.Sprint(calls.Filename, calls.Retention, balance.Filename, balance.Retention, set.General.Latest); got != "calls {from}-{to} off {window}_{report} 30d true" {
		t.Errorf("got %s", got)
	}
	if set, _, _ = Load(nil, testCatalogue); set.General.Latest || set.Reports["calls"].Retention != (jobs.Retention{}) || set.Reports["calls"].Filename != (jobs.Template{}) {
		t.Errorf("the defaults: %+v", set.Reports["calls"])
	}
}

func TestLinksAreTheReportsOwnOrThoseOfAll(t *testing.T) {
	for environ, want := range map[string]string{
		"":                                       "false false",
		"REPORTJOB_LINKS=true":                   "true true",
		"LINKS_CALLS=true":                       "true false",
		"REPORTJOB_LINKS=true LINKS_CALLS=false": "false true",
	} {
		set, _, problems := Load(strings.Fields(environ), testCatalogue)
		if got := fmt.Sprint(set.Reports["calls"].Links, " ", set.Reports["balance"].Links); got != want || len(problems) > 0 {
			t.Errorf("%s: %s, expected %s; %v", environ, got, want, problems)
		}
	}
}

func TestANameThatIsTooLongForManyReportsIsOneMistake(t *testing.T) {
	_, _, problems := Load([]string{"REPORTJOB_FILENAME={window}" + strings.Repeat("x", 150)}, testCatalogue)
	if len(problems) != 1 || problems[0].Variable != "REPORTJOB_FILENAME" {
		t.Errorf("got %q", problems)
	}
}

func TestDefaultsFollowTheSystem(t *testing.T) {
	set, _, _ := Load([]string{"TZ=:Asia/Tokyo", "STATE_DIRECTORY=/var/lib/a:/var/lib/b"}, testCatalogue)
	if set.General.Timezone.String() != "Asia/Tokyo" || set.General.State != "/var/lib/a" {
		t.Errorf("got %v, %v", set.General.Timezone, set.General.State)
	}
	set, _, _ = Load([]string{"SECUREACCESS_BASE_URL=https://api.secureaccessfed.cisco.com/"}, testCatalogue)
	if set.General.Timezone.Location != time.UTC || set.General.State != ".reportjob" {
		t.Errorf("got %v, %v", set.General.Timezone, set.General.State)
	}
	if got := set.SecureAccess.TokenURL.String(); got != "https://api.secureaccessfed.cisco.com/auth/v2/token" {
		t.Errorf("token address %s", got)
	}
}

func TestSecretsAreRefusedWhereFilesWouldShowThem(t *testing.T) {
	environ := []string{"SIPGATE_TOKEN=hunter2-+token", "WIZART_PASSWORD=abc"}
	for entry, wrong := range map[string]bool{
		"PARAMS_CALLS=who=hunter2-%2Btoken":     true,
		"PARAMS_CALLS=who=hunter2-token":        false,
		"PARAMS_CALLS=abc=abc":                  false, // too short to be told from a word
		"FILENAME_CALLS={window}hunter2-+token": true,
		"REPORT_OWN=title=hunter2-%2Btoken":     true,
	} {
		_, _, problems := Load(append(environ, entry), testCatalogue)
		variable, _, _ := strings.Cut(entry, "=")
		if (len(problems) > 0) != wrong || wrong && problems[0].Variable != variable {
			t.Errorf("%s: %v", entry, problems)
		}
		if text := fmt.Sprint(problems); strings.Contains(text, "hunter2") || wrong && !strings.Contains(text, "SIPGATE_TOKEN") {
			t.Errorf("%s: %s", entry, text)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	set, _, _ := Load([]string{"SECUREACCESS_API_KEY=hunter2-key", "SECUREACCESS_API_SECRET=hunter2-secret", "WIZART_PASSWORD=hunter2-pass"}, testCatalogue)
	if text := fmt.Sprintf("%v %+v %#v", set, set, set); strings.Contains(text, "hunter2") {
		t.Error("a secret is printed")
	}
	if got := set.Secrets(); len(got) != 3 {
		t.Errorf("%d secrets, want 3", len(got))
	}
}

func TestEnvFileIsReadAsOthersReadIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	write(t, path, "\ufeff# comment\n\nA=1\n B = two words \nC=\"quoted # not a comment\"\nD='x'y\nexport E=$HOME=z\nF=\n")
	got, problems, err := ReadEnvFile(path)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	want := []string{"A=1", "B=two words", "C=quoted # not a comment", "D='x'y", "E=$HOME=z", "F="}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEveryBrokenLineOfAnEnvFileIsNamedWithoutItsText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	write(t, path, "A=1\nhunter2 is the token\nB=2\n=hunter2\n")
	got, problems, err := ReadEnvFile(path)
	text := problems.Error()
	if err != nil || len(problems) != 2 || !strings.Contains(text, "line 2:") || !strings.Contains(text, "line 4:") || strings.Contains(text, "hunter2") {
		t.Errorf("%v, got %q, want the numbers of both lines and not their texts", err, text)
	}
	if fmt.Sprint(got) != "[A=1 B=2]" {
		t.Errorf("got %q, want what the other lines say", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
