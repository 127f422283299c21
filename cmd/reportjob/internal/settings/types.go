package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Address is an absolute http or https address without user, query and fragment. The zero Address is unset.
type Address struct{ *url.URL }

// UnmarshalText reads an address and cuts a slash at its end.
func (a *Address) UnmarshalText(text []byte) error {
	u, err := url.Parse(strings.TrimRight(string(text), "/"))
	switch {
	case err != nil:
		return errors.New("expected an address such as https://api.example.org, and this is none")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Hostname() == "":
		return errors.New("expected an address that begins with https:// and names a host")
	case u.User != nil:
		return errors.New("an address must not hold a user name or a password: use the variables for them")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return errors.New("an address must end with its path: no ? and no #")
	}
	a.URL = u
	return nil
}

// IsZero tells whether there is no address.
func (a Address) IsZero() bool { return a.URL == nil }

// plain tells whether the address is http:// to another machine.
func (a Address) plain() bool {
	return a.URL != nil && a.Scheme == "http" && !loopback(a.Hostname())
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Rate is a number of requests a second.
type Rate float64

// UnmarshalText reads a rate, exact or with decimals, above 0.
func (r *Rate) UnmarshalText(text []byte) error {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f <= 0 || f > 1_000_000 || f != f {
		return fmt.Errorf("expected requests a second, a number above 0 such as 5 or 0.5, found %q", text)
	}
	*r = Rate(f)
	return nil
}

// Positive is a whole number of at least 1.
type Positive int

// UnmarshalText reads the number.
func (p *Positive) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > 10_000 {
		return fmt.Errorf("expected a whole number from 1 to 10000, found %q", text)
	}
	*p = Positive(n)
	return nil
}

// Count is a whole number from 0 to 366.
type Count int

// UnmarshalText reads the number.
func (c *Count) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n > 366 {
		return fmt.Errorf("expected a whole number from 0 to 366, found %q", text)
	}
	*c = Count(n)
	return nil
}

// PositiveSpan is a length of time above 0.
type PositiveSpan time.Duration

// UnmarshalText reads a length of time such as 25s or 1h30m.
func (s *PositiveSpan) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d <= 0 {
		return fmt.Errorf("expected a length of time above 0, such as 25s, 10m or 1h30m, found %q", text)
	}
	*s = PositiveSpan(d)
	return nil
}

// Zone is a time zone; the zero Zone is unset.
type Zone struct{ *time.Location }

// UnmarshalText reads a zone's IANA name. "Local" is refused: it would mean another zone on every machine.
func (z *Zone) UnmarshalText(text []byte) error {
	name := string(text)
	if name == "" || strings.EqualFold(name, "local") {
		return fmt.Errorf("expected the name of a time zone such as Europe/Berlin or UTC, found %q", name)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Errorf("unknown time zone %q: expected a name such as Europe/Berlin, America/New_York or UTC", name)
	}
	z.Location = location
	return nil
}

// Names is a comma-separated list of names in lower case, without doubles.
type Names []string

// UnmarshalText reads the list; blanks around names do not count.
func (n *Names) UnmarshalText(text []byte) error {
	*n = nil
	for name := range strings.SplitSeq(string(text), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			return fmt.Errorf("expected a comma-separated list such as csv,xlsx, found %q", text)
		}
		if !slices.Contains(*n, name) {
			*n = append(*n, name)
		}
	}
	return nil
}

// Hosts is a comma-separated list of host names, each with *. in front for everything below it.
type Hosts []string

// UnmarshalText reads the list.
func (h *Hosts) UnmarshalText(text []byte) error {
	*h = nil
	for host := range strings.SplitSeq(string(text), ",") {
		host = strings.ToLower(strings.TrimSpace(host))
		rest := strings.TrimPrefix(host, "*.")
		if rest == "" || strings.ContainsAny(rest, "*/:@ ") && net.ParseIP(rest) == nil {
			return fmt.Errorf("expected host names such as api.sse.cisco.com or *.umbrella.com, without scheme, port and path, found %q", host)
		}
		*h = append(*h, host)
	}
	return nil
}

// Region is where Secure Access keeps an organisation's reporting data.
type Region string

// UnmarshalText reads auto, us or eu.
func (r *Region) UnmarshalText(text []byte) error {
	return choose((*string)(r), text, "auto", "us", "eu")
}

// GrantType is how Wizart gives the first token.
type GrantType string

// UnmarshalText reads password or client_credentials.
func (g *GrantType) UnmarshalText(text []byte) error {
	return choose((*string)(g), text, "password", "client_credentials")
}

// LogFormat is the form of log lines.
type LogFormat string

// UnmarshalText reads text or json.
func (f *LogFormat) UnmarshalText(text []byte) error {
	return choose((*string)(f), text, "text", "json")
}

// Compression is what counts more for files that are compressed: how small they get, or how soon they are there.
type Compression string

// The choices.
const (
	Small Compression = "small"
	Fast  Compression = "fast"
)

// UnmarshalText reads small or fast.
func (c *Compression) UnmarshalText(text []byte) error {
	return choose((*string)(c), text, string(Small), string(Fast))
}

// LogLevel is the least level that is logged.
type LogLevel struct{ slog.Level }

// UnmarshalText reads debug, info, warn or error.
func (l *LogLevel) UnmarshalText(text []byte) error {
	var name string
	if err := choose(&name, text, "debug", "info", "warn", "error"); err != nil {
		return err
	}
	return l.Level.UnmarshalText([]byte(name))
}

func choose(into *string, text []byte, choices ...string) error {
	s := strings.ToLower(string(text))
	if !slices.Contains(choices, s) {
		return fmt.Errorf("expected %s, found %q", oneOf(choices), text)
	}
	*into = s
	return nil
}

// oneOf is "a, b or c".
func oneOf(choices []string) string {
	if len(choices) == 1 {
		return choices[0]
	}
	last := len(choices) - 1
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

// Path is an absolute path below a host.
type Path string

// UnmarshalText reads a path and cuts a slash at its end.
func (p *Path) UnmarshalText(text []byte) error {
	s := strings.TrimRight(string(text), "/")
	if !strings.HasPrefix(s, "/") && s != "" || strings.ContainsAny(s, "?# ") {
		return fmt.Errorf("expected a path such as /api/v2.1, found %q", text)
	}
	*p = Path(s)
	return nil
}

// Listen is an address to listen at; empty is none.
type Listen string

// UnmarshalText reads HOST:PORT. Without a host, it is this machine's own.
func (l *Listen) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	n, numeric := strconv.ParseUint(port, 10, 16)
	if err != nil || numeric != nil {
		return fmt.Errorf("expected HOST:PORT such as 127.0.0.1:6060, or :6060 for this machine alone, found %q", text)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	*l = Listen(net.JoinHostPort(host, strconv.FormatUint(n, 10)))
	return nil
}

// Locale is a BCP 47 language tag.
type Locale string

// UnmarshalText reads a tag such as en or de-DE; de_DE.UTF-8, as environments have it, is understood too.
func (l *Locale) UnmarshalText(text []byte) error {
	s, _, _ := strings.Cut(string(text), ".")
	tag, err := language.Parse(s)
	if err != nil {
		return fmt.Errorf("expected a language tag such as en or de-DE, found %q", text)
	}
	*l = Locale(tag.String())
	return nil
}
