package sandbox

import (
	"slices"
	"strconv"
	"time"
)

// other writes a row that is neither DNS nor proxy.
func (c *saCompany) other(row *saRow, e *saEvent, d *saDestination, a *saActor, zone *time.Location) {
	dice := saDice(e.noise)
	switch e.kind {
	case saFirewall:
		c.firewallRow(row, e, d, a, zone, &dice)
	case saIntrusion:
		c.intrusionRow(row, e, a, zone, &dice)
	case saZTNA:
		c.privateRow(row, e, d, a, zone, &dice)
	case saDecryption:
		c.decryptionRow(row, e, a, zone, &dice)
	case saRetrospective:
		retrospectiveRow(row, e, d, &dice)
	case saRemoteAccess:
		remoteAccessRow(row, e, a, &dice)
	case saTunnel:
		c.tunnelRow(row, e, a, &dice)
	}
}

// Protocols with the ports that they are spoken on.
var saPorts = []struct {
	protocol string
	port     int64
	app      string
}{
	{`{"id":17,"label":"UDP"}`, 53, `[{"id":72,"label":"dns","app":"IT Service Management"}]`},
	{`{"id":6,"label":"TCP"}`, 443, `[{"id":453,"label":"ssl","app":"Encrypted"}]`},
	{`{"id":17,"label":"UDP"}`, 443, `[{"id":1450,"label":"quic","app":"Encrypted","category":{"id":9,"label":"Browsing"}}]`},
	{`{"id":6,"label":"TCP"}`, 445, `[{"id":101,"label":"smb","app":"File Sharing"}]`},
	{`{"id":17,"label":"UDP"}`, 123, `[]`},
}

func (r *saRow) ends(a *saActor, dice *saDice) (service int) {
	service = dice.roll(len(saPorts))
	r.str("sourceip", a.internalIP)
	r.num("sourceport", int64(32_768+dice.roll(28_000)))
	r.str("destinationip", "192.0.2."+strconv.Itoa(1+dice.roll(254)))
	r.num("destinationport", saPorts[service].port)
	return service
}

func (c *saCompany) firewallRow(row *saRow, e *saEvent, d *saDestination, a *saActor, zone *time.Location, dice *saDice) {
	row.str("type", "firewall")
	row.time(e.at, zone)
	row.str("verdict", e.verdict.String())
	row.raw("identities", a.json)
	service := row.ends(a, dice)
	row.raw("protocol", []byte(saPorts[service].protocol))
	row.str("direction", []string{"towards", "towards", "towards", "from"}[dice.roll(4)])
	row.num("packetsize", int64(40+dice.roll(1460)))
	row.num("rxbytes", int64(dice.roll(400_000)))
	row.num("txbytes", int64(dice.roll(90_000)))
	rule, reason := `{"id":7001,"label":"Default Rule"}`, ""
	if e.verdict == saBlocked {
		rule, reason = `{"id":7017,"label":"Kein SMB nach außen","privateapplicationgroup":{}}`, "rule"
	}
	row.raw("rule", []byte(rule))
	row.str("blockreason", reason)
	row.str("eventtype", "SESSION_END")
	row.str("trafficsource", []string{"tunnel", "remote-access"}[dice.roll(2)])
	row.raw("categories", d.categoriesJSON)
	row.raw("allapplications", d.appsJSON)
	row.raw("applicationprotocols", []byte(saPorts[service].app))
	row.raw("datacenter", []byte(saDatacenters[dice.roll(len(saDatacenters))]))
}

// Signatures that match now and then.
var saAttacks = []struct{ json, severity, class string }{
	{`{"generatorid":1,"id":47829,"label":"SERVER-OTHER JBoss Richfaces expression language injection attempt","cves":["cve-2015-0279","cve-2018-12532"]}`,
		"HIGH", "Attempted User Privilege Gain"},
	{`{"generatorid":1,"id":58722,"label":"SERVER-OTHER Apache Log4j logging remote code execution attempt","cves":["cve-2021-44228"]}`,
		"HIGH", "Attempted User Privilege Gain"},
	{`{"generatorid":1,"id":33453,"label":"MALWARE-CNC Win.Trojan outbound connection","cves":[]}`, "MEDIUM", "A Network Trojan was Detected"},
	{`{"generatorid":116,"id":59,"label":"(tcp) TCP window scale option found with length > 14","cves":[]}`, "VERY LOW", "Potentially Bad Traffic"},
}

func (c *saCompany) intrusionRow(row *saRow, e *saEvent, a *saActor, zone *time.Location, dice *saDice) {
	signature := saAttacks[dice.roll(len(saAttacks))]
	row.str("type", "intrusion")
	row.time(e.at, zone)
	row.str("verdict", e.verdict.String())
	row.raw("identities", a.json)
	service := row.ends(a, dice)
	row.raw("protocol", []byte(saPorts[service].protocol))
	row.str("classification", signature.class)
	row.str("severity", signature.severity)
	row.raw("signature", []byte(signature.json))
	row.raw("signaturelist", []byte(`{"id":1111}`))
	row.num("sessionid", int64(e.noise>>2))
	row.str("ipsProfile", "Balanced Security and Connectivity")
	row.raw("rule", []byte(`[{"id":7001,"label":"Default Rule"}]`))
}

// ztnaType is how somebody reached a private application.
func (e *saEvent) ztnaType() string {
	if e.noise%3 == 0 {
		return "ztna"
	}
	return "ztna-clientbased"
}

func (c *saCompany) privateRow(row *saRow, e *saEvent, d *saDestination, a *saActor, zone *time.Location, dice *saDice) {
	row.str("type", e.ztnaType())
	row.time(e.at, zone)
	row.str("verdict", e.verdict.String())
	row.raw("identities", a.json)
	row.raw("allapplications", mustJSON([]saApp{{ID: 25_000 + int(e.destination), Label: d.domain, Type: "Private", Category: saAppCategory{3, "Private Application"}}}))
	group := []string{`{"id":7,"label":"ERP & Lager"}`, `{}`}[dice.roll(2)]
	row.raw("policy", []byte(`{"ruleset":{"id":4567,"label":"DEFAULT","rule":{"id":431556,"label":"Büro und unterwegs"}},"privateapplicationgroup":`+group+`}`))
	if e.ztnaType() == "ztna" {
		row.raw("device", mustJSON(object{"ip": a.externalIP, "os": []string{"WINDOWS", "MACOS"}[dice.roll(2)], "browser": "Firefox", "location": "Hamburg"}))
		return
	}
	row.str("destinationip", "10.20.0."+strconv.Itoa(10+dice.roll(40)))
	row.str("clientfirewall", []string{"SYS", "NONE"}[dice.roll(2)])
	row.str("diskencryption", []string{"SYS", "THIRDPARTY", "NONE"}[dice.roll(3)])
	row.raw("antimalwareagents", []byte(`["Schutz & Söhne","Secure Endpoint"]`))
	row.str("systempassword", "sandbox-posture-"+strconv.Itoa(dice.roll(9)))
}

func (c *saCompany) decryptionRow(row *saRow, e *saEvent, a *saActor, zone *time.Location, dice *saDice) {
	row.str("type", "decryption")
	row.time(e.at, zone)
	row.raw("identities", a.json)
	row.str("decryptAction", e.verdict.String())
	reason, fault := "", ""
	switch e.verdict {
	case saDoNotDecrypt:
		reason = "DND Pinned Cert"
	case saDecryptError:
		fault = "Received fatal alert CertificateUnknown"
	}
	row.str("decryptActionReason", reason)
	row.str("decryptError", fault)
	row.ends(a, dice)
	row.str("protocol", "TCP/TLS")
	row.str("protocolVersion", []string{"TLS 1.2", "TLS 1.3"}[dice.roll(2)])
	row.str("cipherSuite", "TLS_AES_256_GCM_SHA384")
	ended := e.at + int64(dice.roll(600))
	row.num("endtimestamp", ended*1000)
	row.str("enddate", time.Unix(ended, 0).In(zone).Format(time.DateOnly))
	row.str("endtime", time.Unix(ended, 0).In(zone).Format(time.TimeOnly))
	row.num("totalClientBytes", int64(dice.roll(90_000)))
	row.num("totalServerBytes", int64(dice.roll(9_000_000)))
}

// disposition is what a file is held to be now.
func (e *saEvent) disposition() string { return []string{"malicious", "clean", "unknown"}[e.noise%3] }

func retrospectiveRow(row *saRow, e *saEvent, d *saDestination, dice *saDice) {
	row.num("timestamp", e.at)
	row.num("firstseenat", e.at-int64(dice.roll(7*86_400)))
	row.str("disposition", e.disposition())
	row.num("score", int64(dice.roll(101)))
	row.str("hostname", d.domain)
	malware := ""
	if e.disposition() == "malicious" && d.threat >= 0 {
		malware = "W32." + saThreatNames[d.threat].Label
	}
	row.str("malwarename", malware)
	row.str("sha256", saFileHash(dice))
}

func remoteAccessRow(row *saRow, e *saEvent, a *saActor, dice *saDice) {
	connected, reason, failures := e.at, "", "[]"
	switch e.verdict {
	case saDisconnected:
		connected, reason = e.at-int64(600+dice.roll(30_000)), []string{"ACCT_DISC_USER_REQ", "ACCT_DISC_IDLE_TIMEOUT"}[dice.roll(2)]
	case saFailed:
		connected, failures = 0, `["AUTH_FAILED","Zertifikat abgelaufen"]`
	}
	row.str("connectionevent", e.verdict.String())
	row.num("timestamp", e.at)
	row.num("connecttimestamp", connected)
	row.str("osversion", []string{"win-10.0.22631", "mac-intel-15.1", "linux-64-Ubuntu 20.04.5 LTS (Focal Fossa)"}[dice.roll(3)])
	row.str("anyconnectversion", []string{"5.1.2.42", "4.10.05095"}[dice.roll(2)])
	row.str("internalip", "10.30.0."+strconv.Itoa(2+dice.roll(250)))
	row.str("publicip", a.externalIP)
	row.str("vpnprofile", "Werk")
	row.str("sessiontype", []string{"TLS", "DTLS", "IKEv2"}[dice.roll(3)])
	row.str("reason", reason)
	row.raw("failedreasons", []byte(failures))
	row.raw("identities", a.json)
}

// Entries of the log of tunnels: level, service and message.
var saTunnelMessages = [][3]string{{"info", "ike", "IKE_SA established"}, {"info", "ike", "CHILD_SA rekeyed"}, {"error", "ike", "peer not responding, DPD timeout"},
	{"info", "bgp", "BGP session established"}, {"warn", "bgp", "=BGP hold timer expired"}}

// message is what an entry says.
func (e *saEvent) message() [3]string { return saTunnelMessages[e.noise%uint64(len(saTunnelMessages))] }

func (c *saCompany) tunnelRow(row *saRow, e *saEvent, a *saActor, dice *saDice) {
	site, primary := c.identities[a.identities[0]], dice.roll(4) > 0
	m := e.message()
	row.num("timestamp", e.at)
	row.str("level", m[0])
	row.str("serviceName", m[1])
	row.str("message", m[2])
	row.num("networkTunnelGroupId", 618_000+site.ID%1000)
	row.str("networkTunnelGroupLabel", site.Label)
	row.str("tunnelId", strconv.FormatInt(site.ID, 36))
	row.num("hubId", 70+site.ID%10)
	row.raw("hubIsPrimary", strconv.AppendBool(nil, primary))
	row.str("region", "eu-central-1")
	row.str("datacenter", "sse-euc-1-1-1")
	row.str("datacenterIp", "203.0.113.66")
	row.str("deviceType", "other")
	row.num("originId", site.ID)
	row.str("originType", "networkTunnelGroup")
	row.str("ikeAuthId", "site-"+strconv.FormatInt(site.ID, 10)+"@sandbox.example")
	row.str("ikeCustomerAddress", a.externalIP)
	row.num("ikeCustomerPort", 4500)
	row.str("ikeSpi", strconv.FormatUint(e.noise, 16))
	if m[1] == "bgp" { // All of these are optional.
		row.str("bgpPeerIp", "169.254.0.9")
	}
	row.num("umbrellaOrgId", 8_123_456)
}

// otherFilters are the filters that only some listings have.
func (q *saQuery) otherFilters() {
	q.events("intrusionaction", func(e *saEvent, is func(string) bool) bool { return is(e.verdict.String()) })
	q.events("connectionevent", func(e *saEvent, is func(string) bool) bool { return is(e.verdict.String()) })
	q.events("decryptaction", func(e *saEvent, is func(string) bool) bool {
		return is(map[saVerdict]string{saDecryptInbound: "decryptinbound", saDecryptOutbound: "decryptoutbound",
			saDoNotDecrypt: "donotdecrypt", saDecryptError: "decrypterror"}[e.verdict])
	})
	q.events("ztnatype", func(e *saEvent, is func(string) bool) bool {
		return is(map[string]string{"ztna": "clientless", "ztna-clientbased": "clientbased"}[e.ztnaType()])
	})
	q.events("ampdisposition", func(e *saEvent, is func(string) bool) bool { return e.kind != saRetrospective || is(e.disposition()) })
	q.events("networkTunnelLevel", func(e *saEvent, is func(string) bool) bool { return is(e.message()[0]) })
	q.events("servicename", func(e *saEvent, is func(string) bool) bool { return is(e.message()[1]) })
}

// single refuses what the listing of VPN events refuses: it has no offset, and no window over thirty days.
func (q *saQuery) single(refuse func(param, text string)) {
	if q.values.Has("offset") {
		refuse("offset", "unknown parameter")
	}
	from, err := strconv.ParseInt(q.values.Get("from"), 10, 64)
	to, err2 := strconv.ParseInt(q.values.Get("to"), 10, 64)
	if err == nil && err2 == nil && time.Duration(to-from)*time.Millisecond > saRetention {
		refuse("from", "invalid time range: should be 30 days or less")
	}
}

// names are the kinds that a question is about, as paths have them.
func (q *saQuery) names() []string {
	names := []string{}
	for name, kind := range saKinds {
		if kind&q.kinds != 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
