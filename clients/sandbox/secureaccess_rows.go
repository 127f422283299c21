package sandbox

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// saRow is a JSON object under construction. Rows are written by hand because a benchmark asks for millions: with
// encoding/json the sandbox would be what is measured.
type saRow []byte

func (b *saRow) raw(name string, value []byte) {
	*b = append(append(append(append(*b, '"'), name...), '"', ':'), value...)
	*b = append(*b, ',')
}

func (b *saRow) num(name string, value int64) {
	*b = strconv.AppendInt(append(append(append(*b, '"'), name...), '"', ':'), value, 10)
	*b = append(*b, ',')
}

func (b *saRow) str(name, value string) {
	*b = append(append(append(*b, '"'), name...), '"', ':')
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\<>&`, r) }) {
		*b = append(*b, mustJSON(value)...)
	} else {
		*b = append(append(append(*b, '"'), value...), '"')
	}
	*b = append(*b, ',')
}

// time writes an instant as the API does: milliseconds, and two strings in the zone that was asked for.
func (b *saRow) time(at int64, zone *time.Location) {
	t := time.Unix(at, 0).In(zone)
	b.num("timestamp", at*1000)
	*b = append(t.AppendFormat(append(*b, `"date":"`...), time.DateOnly), `","time":"`...)
	*b = append(t.AppendFormat(*b, time.TimeOnly), `",`...)
}

// saDetails are what the noise of an event says about it.
type saDetails struct {
	queryType   string
	returnCode  int
	path        string
	method      string
	status      int
	request     int64 // bytes
	response    int64 // bytes
	contentType string
	file        string
	sha256      string
	destination string // IP address
}

var (
	saQueryTypes = []string{"A", "A", "A", "A", "A", "A", "AAAA", "AAAA", "AAAA", "HTTPS", "HTTPS", "TXT", "MX", "SRV", "PTR"}
	saPaths      = []string{"/", "/", "/index.html", "/api/v1/items", "/assets/app.js", "/assets/site.css", "/img/logo.svg",
		"/search?q=drehteile&page=2", "/de/produkte", "/login", "/favicon.ico", "/fonts/text.woff2", "/v2/status", "/cart", "/news/2026",
		"/suche?q=%22Fl%C3%BCgelmutter+M8%22", "/map/10/548/330.png", "/feed.xml", "/upload", "/collect?v=2&tid=G-0000000"}
	saContentTypes = []string{"text/html", "text/html", "application/json", "application/javascript", "text/css", "image/svg+xml", "image/png",
		"font/woff2", "application/pdf", "application/octet-stream", ""}
	saUserAgents = []string{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Microsoft-Delivery-Optimization/10.1", ""}
	saFiles = []string{"Angebot Müller & Söhne.pdf", "=SUM(A1:A9).xlsx", "Urlaub 🌴.jpg", "setup.exe", "Stückliste, \"final\" (2).csv",
		"@netz.zip", "-1.txt", "Protokoll 2026-11.docx"}
	saReferers = []string{"", "", "https://www.google.com/", "https://intranet.werk.example/start"}
)

func (e *saEvent) details(d *saDestination) saDetails {
	dice := saDice(e.noise)
	x := saDetails{queryType: saQueryTypes[dice.roll(len(saQueryTypes))], path: saPaths[dice.roll(len(saPaths))], method: "GET", status: 200}
	if dice.roll(14) == 0 {
		x.returnCode = 2 + dice.roll(2)
	}
	if dice.roll(9) == 0 {
		x.method = "POST"
	}
	switch dice.roll(40) {
	case 0:
		x.status = 404
	case 1:
		x.status = 500 + 3*dice.roll(2)
	case 2, 3, 4:
		x.status = 304
	case 5:
		x.status = 302
	}
	x.request = int64(300 + dice.roll(4000))
	x.response = int64(200 + dice.roll(90_000))
	x.contentType = saContentTypes[dice.roll(len(saContentTypes))]
	x.destination = "192.0.2." + strconv.Itoa(1+dice.roll(254))
	if dice.roll(60) == 0 {
		x.file = saFiles[dice.roll(len(saFiles))]
		x.response = int64(dice.roll(80_000_000))
		x.sha256 = saFileHash(&dice)
	}
	switch dice.roll(6000) {
	case 0:
		// A tracking link longer than many a column.
		x.path = "/t?u=" + strings.Repeat("aHR0cHM6Ly9leGFtcGxlLm9yZy8_", 120+dice.roll(60))
	case 1:
		x.path = `/suche?q="Muttern, M8"&ort=Köln`
	case 2:
		x.response = 5_000_000_000 + int64(dice.roll(1_000_000_000)) // An image of a whole machine: beyond 32 bits.
	}
	if e.verdict == saBlocked {
		x.status, x.response, x.file, x.sha256 = 403, 1500, "", ""
	}
	return x
}

// saFileHash makes one of a few hundred hashes, so that the same file is seen more than once.
func saFileHash(dice *saDice) string {
	file := saDice(dice.roll(300))
	var sum [32]byte
	for i := range sum {
		sum[i] = byte(file.roll(256))
	}
	return hex.EncodeToString(sum[:])
}

// url is what was asked for as a proxy sees it.
func (e *saEvent) url(d *saDestination, x *saDetails) string { return "https://" + d.domain + x.path }

// row appends an event as its activity endpoint shows it.
func (c *saCompany) row(b []byte, e *saEvent, zone *time.Location) []byte {
	row := saRow(append(b, '{'))
	d, a := &c.destinations[e.destination], &c.actors[e.actor]
	if e.kind&saRequests == 0 {
		c.other(&row, e, d, a, zone)
		return append(row[:len(row)-1], '}')
	}
	x := e.details(d)
	c.common(&row, e, d, a, zone)
	if e.kind == saDNS {
		row.str("type", "dns")
		row.str("domain", d.domain)
		row.str("querytype", x.queryType)
		row.num("returncode", int64(x.returnCode))
	} else {
		c.proxied(&row, e, d, &x)
	}
	return append(row[:len(row)-1], '}')
}

// common writes what rows of all kinds have, with the fields that live rows have beyond the published description.
func (c *saCompany) common(row *saRow, e *saEvent, d *saDestination, a *saActor, zone *time.Location) {
	row.time(e.at, zone)
	row.str("verdict", e.verdict.String())
	row.str("externalip", a.externalIP)
	row.str("internalip", a.internalIP)
	row.raw("identities", a.json)
	row.raw("categories", d.categoriesJSON)
	row.raw("policycategories", ifBlocked(e, d.categoriesJSON))
	row.raw("threats", d.threatsJSON)
	row.raw("allapplications", d.appsJSON)
	allowed, blocked := d.appsJSON, []byte("[]")
	if e.verdict == saBlocked {
		allowed, blocked = blocked, allowed
	}
	row.raw("allowedapplications", allowed)
	row.raw("blockedapplications", blocked)
	row.raw("rule", saRules[e.verdict])
	*row = append(append(append(*row, `"device":{"id":"`...), a.device...), `"},`...)
	*row = append(append(*row, d.placesJSON...), ',')
}

// The rules of the company's policy. Requests that are looked into fall under none.
var (
	saRules = [...]json.RawMessage{
		saAllowed: json.RawMessage(`{"id":401,"label":"Default rule","traffictype":"internet"}`),
		saBlocked: json.RawMessage(`{"id":417,"label":"Block: security, gambling & some ads","traffictype":"internet"}`),
		saProxied: json.RawMessage(`{}`),
	}
	saRuleIDs = [saFailed + 1]string{saAllowed: "401", saBlocked: "417"}
)

func ifBlocked(e *saEvent, value []byte) []byte {
	if e.verdict == saBlocked {
		return value
	}
	return []byte("[]")
}

func (c *saCompany) proxied(row *saRow, e *saEvent, d *saDestination, x *saDetails) {
	dice := saDice(e.noise ^ 0x70726f7879)
	row.str("type", "proxy")
	row.str("url", e.url(d, x))
	row.str("destinationip", x.destination)
	if dice.roll(50) != 0 { // The description calls it optional, and it is.
		row.num("port", 443)
	}
	row.str("requestmethod", x.method)
	row.num("statuscode", int64(x.status))
	row.num("requestsize", x.request)
	row.num("responsesize", x.response)
	row.str("contenttype", x.contentType)
	row.str("referer", saReferers[dice.roll(len(saReferers))])
	row.str("useragent", saUserAgents[dice.roll(len(saUserAgents))])
	row.str("responsefilename", x.file)
	row.str("blockedfiletype", "")
	row.str("sha256", x.sha256)
	row.num("bundleid", int64(3+dice.roll(3)))
	row.str("forwardingmethod", []string{"", "anyconnect", "tunnel"}[dice.roll(3)])
	row.str("warnstatus", "")
	row.raw("securityoverridden", []byte("false"))
	row.raw("tenantcontrols", []byte("false"))
	row.raw("amp", []byte(`{"score":0,"disposition":"","malware":""}`))
	row.raw("antivirusthreats", []byte(`{"puas":[],"viruses":[],"others":[]}`))
	row.raw("policy", []byte(`{"ruleid":401,"rulesetid":12,"destinationlistids":[],"timebasedrule":false}`))
	row.raw("isolated", []byte(`{"state":"not-isolated","fileaction":""}`))
	row.raw("datalossprevention", []byte(`{"state":""}`))
	row.raw("httperrors", []byte(httpErrors(&dice)))
	row.raw("egress", []byte(`{"ip":"203.0.113.250","type":"shared"}`))
	row.raw("datacenter", []byte(saDatacenters[dice.roll(len(saDatacenters))]))
}

var saDatacenters = []string{`{"id":"FRA","label":"Frankfurt, DE"}`, `{"id":"FRA","label":"Frankfurt, DE"}`, `{"id":"PRG","label":"Prague, CZ"}`}

func httpErrors(dice *saDice) string {
	if dice.roll(400) > 0 {
		return "[]"
	}
	return `[{"type":"CertificateError","code":"1006","reason":"expired","attributes":{}}]`
}
