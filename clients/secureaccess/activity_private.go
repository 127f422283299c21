package secureaccess

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// PrivateDetails are what only rows of private access say about the device. That they hold a system password is
// documented; it has no place in a report.
type PrivateDetails struct {
	ClientFirewall    string       `json:"clientfirewall"` // SYS, NONE
	DiskEncryption    string       `json:"diskencryption"` // SYS, THIRDPARTY, NONE
	AntimalwareAgents []Name       `json:"antimalwareagents"`
	SystemPassword    rest.Ignored `json:"systempassword"`
}

// PrivatePolicy is what decided about private access.
type PrivatePolicy struct {
	Ruleset struct {
		Labelled
		Rule Labelled `json:"rule"`
	} `json:"ruleset"`
	PrivateApplicationGroup Labelled `json:"privateapplicationgroup"`
}

// PrivateDevice is the device that somebody used.
type PrivateDevice struct {
	ID       rest.ID `json:"id"`
	IP       string  `json:"ip"`
	OS       string  `json:"os"`
	Browser  string  `json:"browser"`
	Location string  `json:"location"`
}

// Private is an access to a private application.
type Private struct {
	Event
	DestinationIP string `json:"destinationip"`
	PrivateDetails
	AllApplications []Application `json:"allapplications"`
	Policy          PrivatePolicy `json:"policy"`
	Device          PrivateDevice `json:"device"`
}

func (a *Private) side(filter string) string { return sideOf(filter, a.Type) }

func (a *Private) quick(other *Private) int {
	return cmp.Or(cmp.Compare(a.Type, other.Type), cmp.Compare(a.Device.IP, other.Device.IP),
		cmp.Compare(a.DestinationIP, other.DestinationIP), cmp.Compare(a.Verdict, other.Verdict))
}

// ActivityZTNA lists the accesses to private applications, in the order of time. (GET /reports/v2/activity/ztna)
func (c *Client) ActivityZTNA(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Private, error] {
	return list[Private](ctx, c, "/activity/ztna", q, p)
}

// DecryptionDetails are what only rows of decrypted connections say. All but the action are in the published example only.
type DecryptionDetails struct {
	Action           string       `json:"decryptAction"` // Decrypt Inbound, Decrypt Outbound, Do Not Decrypt, Decrypt Error
	ActionReason     string       `json:"decryptActionReason"`
	Error            string       `json:"decryptError"`
	CipherSuite      string       `json:"cipherSuite"`
	ProtocolVersion  string       `json:"protocolVersion"` // such as "TLS 1.2"
	EndTimestamp     rest.Int     `json:"endtimestamp"`    // milliseconds since 1970
	EndDate          rest.Ignored `json:"enddate"`         // the same again, as EndTime
	EndTime          rest.Ignored `json:"endtime"`
	TotalClientBytes rest.Int     `json:"totalClientBytes"`
	TotalServerBytes rest.Int     `json:"totalServerBytes"`
}

// Ended is when the connection ended.
func (d *DecryptionDetails) Ended() time.Time { return instant(d.EndTimestamp) }

// Decryption is a connection that was decrypted, or was not.
type Decryption struct {
	Event
	Connection
	DestinationIP string `json:"destinationip"`
	DecryptionDetails
}

func (d *Decryption) side(filter string) string { return sideOf(filter, d.Action) }

func (d *Decryption) quick(other *Decryption) int {
	return cmp.Or(cmp.Compare(d.SourceIP, other.SourceIP), cmp.Compare(d.SourcePort.Or(0), other.SourcePort.Or(0)),
		cmp.Compare(d.DestinationIP, other.DestinationIP), cmp.Compare(d.EndTimestamp.Or(0), other.EndTimestamp.Or(0)))
}

// ActivityDecryption lists the connections that could be decrypted, in the order of time.
// (GET /reports/v2/activity/decryption)
func (c *Client) ActivityDecryption(ctx context.Context, _ Traffic, q Query, p Progress) iter.Seq2[Decryption, error] {
	return list[Decryption](ctx, c, "/activity/decryption", q, p)
}
