package secureaccess

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Reports lie in the data centre of a region. The one address for all regions redirects there, with a 302 or with a
// body that names the address, and the token is valid at both.

// regional tells whether a region is asked directly.
func (c Config) regional() bool { return c.Region == "us" || c.Region == "eu" }

// base is where the reports are.
func (c Config) base() *url.URL {
	if c.regional() {
		return c.BaseURL.JoinPath(fmt.Sprintf(reportsPathOf, c.Region))
	}
	return c.BaseURL.JoinPath(reportsPath)
}

// allow tells which hosts a redirect may lead to: those that match one of the patterns, which stand between commas.
func allow(patterns string) func(*url.URL) bool {
	return func(to *url.URL) bool {
		for pattern := range strings.SplitSeq(patterns, ",") {
			if matches(strings.TrimSpace(pattern), to.Hostname()) {
				return true
			}
		}
		return false
	}
}

// matches compares a host name with a name or with a pattern such as *.cisco.com, whose star stands for one or more
// labels. Letters' case and a dot at the end make no difference.
func matches(pattern, host string) bool {
	pattern = strings.ToLower(strings.TrimSuffix(pattern, "."))
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if domain, ok := strings.CutPrefix(pattern, "*."); ok {
		labels, found := strings.CutSuffix(host, "."+domain)
		return found && domain != "" && labels != "" && !strings.HasPrefix(labels, ".")
	}
	return pattern != "" && pattern == host
}

// redirectInBody gives the address that an answer names instead of data: {"data":{"redirect":"https://…"}}.
func redirectInBody(r *rest.Response) (string, bool) {
	if len(r.Body) > 16<<10 || !bytes.Contains(r.Body, []byte(`"redirect"`)) {
		return "", false
	}
	var answer struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(r.Body, &answer) != nil || len(answer.Data) != 1 {
		return "", false
	}
	var location string
	err := json.Unmarshal(answer.Data["redirect"], &location)
	return location, err == nil && location != ""
}

// remember takes the region out of a redirect that worked, so that the next request goes there at once: what stands in
// front of the report's own path.
func remember(base *url.URL) func(from, to *url.URL) *url.URL {
	return func(from, to *url.URL) *url.URL {
		report, ok := strings.CutPrefix(from.Path, base.Path)
		if !ok || report == "" {
			return nil
		}
		path, ok := strings.CutSuffix(to.Path, report)
		if !ok {
			return nil
		}
		return &url.URL{Scheme: to.Scheme, Host: to.Host, Path: path}
	}
}
