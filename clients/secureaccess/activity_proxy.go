package secureaccess

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// Proxied is a web request that went through the secure web gateway.
type Proxied struct {
	Request
	URL                string    `json:"url"`
	DestinationIP      string    `json:"destinationip"`
	Port               rest.Int  `json:"port"`
	RequestMethod      string    `json:"requestmethod"`
	StatusCode         rest.Int  `json:"statuscode"`
	RequestSize        rest.Int  `json:"requestsize"`  // bytes
	ResponseSize       rest.Int  `json:"responsesize"` // bytes
	ContentType        string    `json:"contenttype"`
	Referer            string    `json:"referer"`
	UserAgent          string    `json:"useragent"`
	ResponseFileName   string    `json:"responsefilename"`
	BlockedFileType    string    `json:"blockedfiletype"`
	SHA256             string    `json:"sha256"`
	BundleID           rest.ID   `json:"bundleid"`
	ForwardingMethod   string    `json:"forwardingmethod"`
	WarnStatus         string    `json:"warnstatus"`
	SecurityOverridden rest.Bool `json:"securityoverridden"`
	TenantControls     rest.Bool `json:"tenantcontrols"`

	AMP struct {
		Score       rest.Int `json:"score"`
		Disposition string   `json:"disposition"`
		Malware     string   `json:"malware"`
	} `json:"amp"`
	AntivirusThreats struct {
		PUAs    []Name `json:"puas"`
		Viruses []Name `json:"viruses"`
		Others  []Name `json:"others"`
	} `json:"antivirusthreats"`
	Policy   WebPolicy `json:"policy"`
	Isolated struct {
		State      string `json:"state"`
		FileAction string `json:"fileaction"`
	} `json:"isolated"`
	DataLossPrevention struct {
		State string `json:"state"`
	} `json:"datalossprevention"`
	HTTPErrors []HTTPError `json:"httperrors"`
	Egress     struct {
		IP   string `json:"ip"`
		Type string `json:"type"`
	} `json:"egress"`
	Datacenter Datacenter `json:"datacenter"`
}

// WebPolicy is what decided about a web request.
type WebPolicy struct {
	RuleID             rest.ID   `json:"ruleid"`
	RulesetID          rest.ID   `json:"rulesetid"`
	DestinationListIDs []rest.ID `json:"destinationlistids"`
	TimeBasedRule      rest.Bool `json:"timebasedrule"`
}

// HTTPError is what was wrong with a server's certificate or with TLS.
type HTTPError struct {
	Type       string          `json:"type"`
	Code       rest.ID         `json:"code"`
	Reason     string          `json:"reason"`
	Attributes json.RawMessage `json:"attributes"` // an object whose members depend on the error
}

func (p *Proxied) quick(other *Proxied) int {
	return cmp.Or(cmp.Compare(p.URL, other.URL), cmp.Compare(p.ResponseSize.Or(0), other.ResponseSize.Or(0)),
		cmp.Compare(p.RequestSize.Or(0), other.RequestSize.Or(0)), p.compare(&other.Request))
}

// ActivityProxy lists the web requests that went through the secure web gateway, in the order of time.
// (GET /reports/v2/activity/proxy)
func (c *Client) ActivityProxy(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Proxied, error] {
	return list[Proxied](ctx, c, "/activity/proxy", q, p)
}
