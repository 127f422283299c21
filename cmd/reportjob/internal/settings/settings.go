// Package settings reads the environment, the only configuration that reportjob has, and finds every mistake in it at
// once. It knows the names of the APIs' variables and no more about the APIs than that.
package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/jobs"
	"github.com/reportjob/reportjob/jobs/schedule"
)

// Environment is everything that variables of a fixed name say. The tags are the reference: env names the variable,
// envDefault its default, doc what it means (schedules.env.example repeats it word for word).
type Environment struct {
	SecureAccess SecureAccess `envPrefix:"SECUREACCESS_"`
	Sipgate      Sipgate      `envPrefix:"SIPGATE_"`
	Sierra       Sierra       `envPrefix:"SIERRA_"`
	Wizart       Wizart       `envPrefix:"WIZART_"`
	General      General      `envPrefix:"REPORTJOB_"`
}

// Connection is what every API has: how fast it may be asked, and whom to trust.
type Connection struct {
	CAFile    string `env:"CA_FILE" doc:"file with extra CA certificates (PEM), added to the system's"`
	AllowHTTP bool   `env:"ALLOW_HTTP" envDefault:"false" doc:"true allows plain http:// to hosts other than this machine"`
}

// SecureAccess are the variables of Cisco Secure Access.
type SecureAccess struct {
	APIKey        rest.Secret `env:"API_KEY" doc:"API key, from Admin > API Keys, with the scopes that README names"`
	APISecret     rest.Secret `env:"API_SECRET" doc:"the key's secret"`
	BaseURL       Address     `env:"BASE_URL" envDefault:"https://api.sse.cisco.com" doc:"address of the API; another one for US government"`
	TokenURL      Address     `env:"TOKEN_URL" doc:"address that gives tokens; empty: the base address + /auth/v2/token"`
	Region        Region      `env:"REGION" envDefault:"auto" doc:"where the reporting data lies: auto, us or eu"`
	OrgID         string      `env:"ORG_ID" doc:"child organisation, sent with the token request"`
	RedirectHosts Hosts       `env:"REDIRECT_HOSTS" envDefault:"api.sse.cisco.com,*.umbrella.com,*.cisco.com" doc:"hosts that a redirect may lead to, with the token"`
	Rate          Rate        `env:"RATE" envDefault:"5" doc:"requests a second"`
	Connection
}

// Sipgate are the variables of sipgate.
type Sipgate struct {
	TokenID      string      `env:"TOKEN_ID" doc:"id of a personal access token, such as token-AB12CD"`
	Token        rest.Secret `env:"TOKEN" doc:"the personal access token"`
	ClientID     string      `env:"CLIENT_ID" doc:"instead of a personal access token: OAuth client id"`
	ClientSecret rest.Secret `env:"CLIENT_SECRET" doc:"OAuth client secret"`
	RefreshToken rest.Secret `env:"REFRESH_TOKEN" doc:"the first OAuth refresh token; the ones that follow are kept in REPORTJOB_STATE"`
	BaseURL      Address     `env:"BASE_URL" envDefault:"https://api.sipgate.com/v2" doc:"address of the API"`
	TokenURL     Address     `env:"TOKEN_URL" envDefault:"https://login.sipgate.com/auth/realms/third-party/protocol/openid-connect/token" doc:"address that gives tokens; the realm is part of it"`
	Rate         Rate        `env:"RATE" envDefault:"2" doc:"requests a second; sipgate publishes no limit"`
	Connection
}

// Sierra are the variables of Sierra.
type Sierra struct {
	BaseURL      Address     `env:"BASE_URL" doc:"address of the API, such as https://HOST/iii/sierra-api/v6"`
	ClientKey    rest.Secret `env:"CLIENT_KEY" doc:"API key, from the Sierra Admin App, with the roles that README names"`
	ClientSecret rest.Secret `env:"CLIENT_SECRET" doc:"the key's secret"`
	Login        string      `env:"LOGIN" doc:"login name of the acquisitions reports"`
	Rate         Rate        `env:"RATE" envDefault:"1" doc:"requests a second; hosts are known to cut off addresses above 60 a minute"`
	Connection
}

// Wizart are the variables of Wizart.
type Wizart struct {
	BaseURL      Address     `env:"BASE_URL" envDefault:"https://pim-client.wizart.ai" doc:"host of /oauth/token and of the API"`
	Username     string      `env:"USERNAME" doc:"user name, with the grant password"`
	Password     rest.Secret `env:"PASSWORD" doc:"the user's password"`
	ClientID     string      `env:"CLIENT_ID" doc:"client id, from Wizart's delivery managers"`
	ClientSecret rest.Secret `env:"CLIENT_SECRET" doc:"client secret"`
	GrantType    GrantType   `env:"GRANT_TYPE" envDefault:"password" doc:"password or client_credentials"`
	APIPath      Path        `env:"API_PATH" envDefault:"/api/v2.1" doc:"path of the API below the host"`
	Rate         Rate        `env:"RATE" envDefault:"1" doc:"requests a second"`
	Connection
}

// General are the variables of reportjob itself. Formats and LogLevel are checked by whoever knows the choices.
type General struct {
	Output      string         `env:"OUTPUT" envDefault:"exports" doc:"folder of the delivered files"`
	Filename    jobs.Template  `env:"FILENAME" envDefault:"{report}_{window}" doc:"names of files before their extension: {report}, {api}, {window}, {from}, {to}, {slot} (instants such as 20261121T050000Z) and other text; {window}, or {from} and {to}, must be in it"`
	Latest      bool           `env:"LATEST" envDefault:"false" doc:"true keeps latest.<ext> beside the files of each report: links to those of the newest window, or copies where there are no links"`
	Retention   jobs.Retention `env:"RETENTION" envDefault:"off" doc:"how long files are kept: days or weeks since the window's end such as 30d or 8w, the number of the newest sets such as 12, or off; the last good set always stays"`
	Formats     Names          `env:"FORMATS" envDefault:"csv,xlsx" doc:"file formats: csv, xlsx, jsonl, parquet; csv and jsonl also compressed: csv.gz, csv.zst, jsonl.gz, jsonl.zst"`
	Compression Compression    `env:"COMPRESSION" envDefault:"small" doc:"small or fast: workbooks and .gz files that are as small as they get, or that take about half of the time and are up to a fifth bigger"`
	Timezone    Zone           `env:"TIMEZONE" doc:"zone of schedules, windows and of times in files, such as Europe/Berlin; empty: TZ, else UTC"`
	State       string         `env:"STATE" doc:"folder of what must outlive a run, such as tokens that rotate; off for none; empty: $STATE_DIRECTORY, else .reportjob"`
	Concurrency Positive       `env:"CONCURRENCY" envDefault:"4" doc:"reports that run at a time; those of one API share its rate"`
	Timeout     PositiveSpan   `env:"TIMEOUT" envDefault:"1h" doc:"longest time of one run of one report"`
	Lookback    Count          `env:"LOOKBACK" envDefault:"0" doc:"how many windows before the newest are read again at each run, and replaced if they differ; for rows that arrive late"`
	Grace       PositiveSpan   `env:"GRACE" envDefault:"25s" doc:"time that running reports get to finish after SIGTERM"`
	LogFormat   LogFormat      `env:"LOG_FORMAT" doc:"text or json; empty: text on a terminal, else json"`
	LogLevel    LogLevel       `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	Locale      Locale         `env:"LOCALE" envDefault:"en" doc:"en, de-DE, ...: delimiter, decimal mark, byte-order mark and date form of CSV files"`
	Links       bool           `env:"LINKS" envDefault:"false" doc:"true makes links of the texts in workbooks that are addresses of the web (http, https); without it they are text that nobody can click by mistake"`
	Pprof       Listen         `env:"PPROF" doc:"HOST:PORT at which Go's profiles of the running program are served, for go tool pprof; :PORT listens on this machine alone; empty: nowhere"`
}

// Report is what the variables of one report say.
type Report struct {
	Schedule *schedule.Schedule // nil: off
	Zone     *time.Location     // the schedule's own zone, or the general one
	Window   jobs.Period
	Formats  []string
	Params   url.Values
	Lookback int // windows before the newest that are read again
	// Filename and Retention are how the report's files are named, and how long they are kept.
	Filename  jobs.Template
	Retention jobs.Retention
	Links     bool // addresses in workbooks can be clicked
}

// Settings are the environment, read and checked.
type Settings struct {
	Environment
	Reports map[string]Report // of every known report and bundle, by name
	Bundles []Bundle
}

// Problem is a mistake in the environment.
type Problem struct {
	Variable string // such as "SCHEDULE_SIPGATE_CALLS"
	Text     string // what is wrong, what was expected, and what to do
}

func (p Problem) String() string { return p.Variable + ": " + p.Text }

// Problems are all the mistakes of an environment, in the order of their variables.
type Problems []Problem

func (p *Problems) add(variable, format string, args ...any) {
	*p = append(*p, Problem{variable, fmt.Sprintf(format, args...)})
}

func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return strings.Compare(a.Variable, b.Variable) })
	return slices.Compact(p) // a folder that cannot be read is looked at twice
}

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Suffix is how a report's name stands in variables: sipgate-calls is SIPGATE_CALLS.
func Suffix(report string) string {
	return strings.ToUpper(strings.ReplaceAll(report, "-", "_"))
}
