package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// saCategories are the categories that destinations of the company fall into.
var saCategories = []saCategory{
	{66, "Malware", "security", true, false},
	{65, "Command and Control", "security", true, false},
	{68, "Phishing", "security", true, false},
	{109, "Cryptomining", "security", true, false},
	{200, "Search Engines and Portals", "content", false, false},
	{201, "Business and Industry", "content", false, false},
	{202, "Software Updates", "content", false, false},
	{203, "Infrastructure and Content Delivery Networks", "content", false, false},
	{204, "Streaming Video", "content", false, false},
	{205, "Social Networking", "content", false, false},
	{206, "Web-based Email", "content", false, false},
	{207, "Online Meetings", "content", false, false},
	{208, "News", "content", false, false},
	{209, "Shopping", "content", false, false},
	{210, "Advertisements", "content", false, false},
	{211, "SaaS and B2B", "content", false, false},
	{212, "Computers and Internet", "content", false, false},
	{213, "Online Storage and Backup", "content", false, false},
	{214, "Chat and Instant Messaging", "content", false, false},
	{215, "Travel", "content", false, false},
	{216, "Finance", "content", false, false},
	{217, "Government and Law", "content", false, false},
	{218, "Reference", "content", false, false},
	{219, "Gambling", "content", false, false},
	{220, "Games", "content", false, false},
	{221, "Internal", "content", false, false},
	{17, "Movies", "content", false, true},
	{62, "Werksliste \"Gesperrt\", intern", "customer", false, false},
}

// The categories that the company's policy blocks, and the one whose requests it blocks now and then.
const (
	saGambling = "Gambling"
	saAdverts  = "Advertisements"
)

// saServiceTable has one service a line: category, country, flags (n noisy, u asked for at night, - none), the
// application (- none), the application's category, and its hosts. The first lines are liked the most. Names of
// well-known services are only names here: nothing of this sandbox ever speaks to them.
const saServiceTable = `
Search Engines and Portals|US|-|Google|Search|www.google.com google.com ogs.google.com apis.google.com www.gstatic.com fonts.gstatic.com ssl.gstatic.com
SaaS and B2B|IE|-|Microsoft 365|Office Productivity|outlook.office365.com login.microsoftonline.com graph.microsoft.com substrate.office.com config.office.com res.cdn.office.net
Online Meetings|NL|-|Microsoft Teams|Collaboration|teams.microsoft.com statics.teams.cdn.office.net presence.teams.microsoft.com emea.ng.msg.teams.microsoft.com
Infrastructure and Content Delivery Networks|US|n|-|-|ctldl.windowsupdate.com ocsp.digicert.com crl.microsoft.com time.windows.com pool.ntp.org ocsp.pki.goog
Software Updates|US|u|Windows Update|Software Update|download.windowsupdate.com fe2.update.microsoft.com sls.update.microsoft.com tsfe.trafficshaping.dsp.mp.microsoft.com au.download.windowsupdate.com
Internal|DE|n|-|-|dc01.werk.example _ldap._tcp.dc._msdcs.werk.example wpad.werk.example intranet.werk.example erp.werk.example fileserver.werk.example
Infrastructure and Content Delivery Networks|US|-|Cloudflare|Content Delivery|cloudflare.com cdnjs.cloudflare.com static.cloudflareinsights.com challenges.cloudflare.com
Computers and Internet|US|-|GitHub|Development|github.com api.github.com raw.githubusercontent.com avatars.githubusercontent.com objects.githubusercontent.com
SaaS and B2B|DE|-|SAP|Enterprise|www.sap.com accounts.sap.com launchpad.support.sap.com help.sap.com
Advertisements|US|n|-|-|doubleclick.net ad.doubleclick.net googleads.g.doubleclick.net adservice.google.com pagead2.googlesyndication.com
SaaS and B2B|US|-|Salesforce|Customer Relations|login.salesforce.com werk.my.salesforce.com static.salesforce.com
Online Meetings|US|-|Webex|Collaboration|webex.com idbroker.webex.com wdm-a.wbx2.com mercury-connection-a.wbx2.com
Online Storage and Backup|IE|-|OneDrive|Cloud Storage|onedrive.live.com api.onedrive.com storage.live.com werk.sharepoint.com
Streaming Video|US|-|YouTube|Media|www.youtube.com i.ytimg.com s.ytimg.com youtubei.googleapis.com yt3.ggpht.com
Web-based Email|US|-|Gmail|Email|mail.google.com gmail.com chat.google.com
Social Networking|US|-|LinkedIn|Social Networking|www.linkedin.com media.licdn.com static.licdn.com px.ads.linkedin.com
Software Updates|US|u|Mozilla|Software Update|aus5.mozilla.org firefox.settings.services.mozilla.com download.mozilla.org
Software Updates|DE|u|Ubuntu|Software Update|archive.ubuntu.com security.ubuntu.com changelogs.ubuntu.com
Software Updates|US|u|Apple|Software Update|swscan.apple.com mesu.apple.com gdmf.apple.com updates.cdn-apple.com
News|DE|-|-|-|www.tagesschau.de images.tagesschau.de www.spiegel.de www.zeit.de www.faz.net www.heise.de
Reference|NL|-|Wikipedia|Reference|de.wikipedia.org en.wikipedia.org upload.wikimedia.org meta.wikimedia.org
Infrastructure and Content Delivery Networks|US|-|Akamai|Content Delivery|a248.e.akamai.net e1.akamaiedge.net fbcdn.akamaihd.net
Infrastructure and Content Delivery Networks|NL|-|Fastly|Content Delivery|global.fastly.net ssl.fastly.net cdn.jsdelivr.net
SaaS and B2B|US|-|Amazon Web Services|Cloud|s3.eu-central-1.amazonaws.com console.aws.amazon.com sts.amazonaws.com
SaaS and B2B|NL|-|Google Cloud|Cloud|storage.googleapis.com oauth2.googleapis.com www.googleapis.com firestore.googleapis.com
Chat and Instant Messaging|US|-|Slack|Collaboration|slack.com wss-primary.slack.com files.slack.com a.slack-edge.com
Chat and Instant Messaging|US|-|WhatsApp|Messaging|web.whatsapp.com mmg.whatsapp.net static.whatsapp.net
Computers and Internet|US|-|Stack Overflow|Development|stackoverflow.com cdn.sstatic.net api.stackexchange.com
Computers and Internet|US|-|Go|Development|go.dev pkg.go.dev sum.golang.org
Computers and Internet|US|-|Docker|Development|hub.docker.com registry-1.docker.io auth.docker.io
SaaS and B2B|US|-|Atlassian|Collaboration|werk.atlassian.net id.atlassian.com api.atlassian.com jira.werk.example
SaaS and B2B|DE|-|DATEV|Finance|www.datev.de apps.datev.de duo.datev.de
SaaS and B2B|DE|-|Personio|Human Resources|werk.personio.de app.personio.com
Finance|DE|-|-|-|www.commerzbank.de www.deutsche-bank.de www.bundesbank.de www.ecb.europa.eu
Government and Law|DE|-|-|-|www.elster.de www.bund.de www.zoll.de www.bundesanzeiger.de www.bsi.bund.de
Government and Law|AT|-|-|-|www.oesterreich.gv.at finanzonline.bmf.gv.at www.wien.gv.at
Business and Industry|DE|-|-|-|www.dhl.de www.dpdgroup.com www.hermesworld.com www.dbschenker.com www.kuehne-nagel.com
Business and Industry|DE|-|-|-|www.siemens.com www.festo.com www.bosch.com www.igus.de www.phoenixcontact.com www.wago.com
Business and Industry|AT|-|-|-|www.voestalpine.com www.andritz.com www.blum.com
Business and Industry|JP|-|-|-|www.fanuc.co.jp www.keyence.co.jp www.smcworld.com
Shopping|US|-|Amazon|Shopping|www.amazon.de m.media-amazon.com images-eu.ssl-images-amazon.com
Shopping|DE|-|-|-|www.otto.de www.zalando.de www.conrad.de www.thomann.de
Shopping|US|-|eBay|Shopping|www.ebay.de i.ebayimg.com www.kleinanzeigen.de
Travel|DE|-|Deutsche Bahn|Travel|www.bahn.de int.bahn.de reiseauskunft.bahn.de
Travel|NL|-|Booking.com|Travel|www.booking.com cf.bstatic.com
Travel|DE|-|Lufthansa|Travel|www.lufthansa.com book.lufthansa.com
Streaming Video|US|-|Netflix|Media|www.netflix.com occ-0-1.nflxso.net api-global.netflix.com
Streaming Video|DE|-|-|-|www.ardmediathek.de www.zdf.de www.arte.tv
Movies|US|-|-|-|www.imdb.com m.imdb.com
Social Networking|IE|-|Facebook|Social Networking|www.facebook.com static.xx.fbcdn.net graph.facebook.com connect.facebook.net
Social Networking|IE|-|Instagram|Social Networking|www.instagram.com scontent.cdninstagram.com
Social Networking|DE|-|XING|Social Networking|www.xing.com login.xing.com
Social Networking|DE|-|Mastodon|Social Networking|mastodon.social files.mastodon.social
Online Storage and Backup|US|-|Dropbox|Cloud Storage|www.dropbox.com client.dropbox.com dl.dropboxusercontent.com
Online Storage and Backup|DE|-|Nextcloud|Cloud Storage|cloud.werk.example push.nextcloud.com
SaaS and B2B|US|-|Zoom|Collaboration|zoom.us us04web.zoom.us
SaaS and B2B|US|-|Adobe|Design|adobe.com cc-api-data.adobe.io lcs-cops.adobe.io ims-na1.adobelogin.com
SaaS and B2B|US|-|Autodesk|Design|accounts.autodesk.com cur.autodesk.com developer.api.autodesk.com
SaaS and B2B|US|-|OpenAI|Generative AI|chatgpt.com api.openai.com cdn.oaistatic.com
SaaS and B2B|DE|-|DeepL|Generative AI|www.deepl.com api.deepl.com
Search Engines and Portals|US|-|Bing|Search|www.bing.com th.bing.com edge.microsoft.com
Search Engines and Portals|IE|-|DuckDuckGo|Search|duckduckgo.com links.duckduckgo.com
Search Engines and Portals|DE|-|-|-|www.t-online.de web.de www.gmx.net
News|US|-|-|-|www.nytimes.com edition.cnn.com www.reuters.com
News|AT|-|-|-|orf.at www.derstandard.at www.diepresse.com
Advertisements|US|n|-|-|ib.adnxs.com bidder.criteo.com cm.g.doubleclick.net ads.yieldmo.com sync.outbrain.com trc.taboola.com
Games|US|-|Steam|Games|store.steampowered.com api.steampowered.com steamcommunity.com
Games|US|-|Minecraft|Games|www.minecraft.net sessionserver.mojang.com
Gambling|NL|-|-|-|lucky-sevens.example roulette-royal.example wetten-dass-nicht.example
Business and Industry|CI|-|-|-|cacao-abidjan.example port-abidjan.example
`

// saMalicious has the threat's name, its category and its hosts. The hosts lie where no real one can.
var saMalicious = []struct {
	threat, category string
	hosts            []string
}{
	{"WannaCry", "Malware", []string{"kill-switch-9s8d7f.test", "tor-gate.invalid"}},
	{"LockBit", "Malware", []string{"lock-bits.test", "decryptor-support.invalid"}},
	{"Emotet", "Malware", []string{"invoice-download.test", "rechnung-mahnung.test", "müllabfuhr-bescheid.test"}},
	{"Qakbot", "Command and Control", []string{"q-relay-17.invalid", "q-relay-18.invalid"}},
	{"Coinhive", "Cryptomining", []string{"hash-for-cash.test"}},
	{"Cobalt Strike", "Command and Control", []string{"beacon.cdn-update.invalid", "mx.cdn-update.invalid"}},
}

type saService struct {
	categories  []int
	country     int
	app, threat int
	noisy       bool
	update      bool
	hosts       []string
}

// saServices reads the table, and gives every service some hosts more, as browsers see them.
func saServices() []saService {
	var services []saService
	for line := range strings.Lines(strings.TrimSpace(saServiceTable)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		s := saService{categories: []int{saCategoryIndex(f[0])}, country: saCountryIndex(f[1]), app: saAppIndex(f[3]), threat: -1,
			noisy: f[2] == "n", update: f[2] == "u", hosts: strings.Fields(f[5])}
		first := strings.TrimPrefix(s.hosts[0], "www.")
		if f[0] != saInternal {
			s.hosts = append(s.hosts, "cdn."+first, "api."+first, fmt.Sprintf("img%d.%s", len(services)%4+1, first))
		}
		services = append(services, s)
	}
	for _, m := range saMalicious {
		threat := slices.IndexFunc(saThreatNames, func(t saThreat) bool { return t.Label == m.threat })
		services = append(services, saService{categories: []int{saCategoryIndex(m.category)}, app: -1, threat: threat, hosts: m.hosts})
	}
	return services
}

// saApps lists the applications that the table names, with numbers in the order of their appearance.
func saApps() []saApp {
	var apps []saApp
	var groups []string
	for line := range strings.Lines(strings.TrimSpace(saServiceTable)) {
		f := strings.Split(line, "|")
		if f[3] == "-" {
			continue
		}
		group := slices.Index(groups, f[4])
		if group < 0 {
			group, groups = len(groups), append(groups, f[4])
		}
		kind := "NBAR"
		if len(apps)%3 == 2 {
			kind = "AVC"
		}
		apps = append(apps, saApp{ID: 1300 + 13*len(apps), Label: f[3], Type: kind, Category: saAppCategory{ID: 40 + group, Label: f[4]}})
	}
	return apps
}

func saAppIndex(label string) int {
	return slices.IndexFunc(saApps(), func(a saApp) bool { return a.Label == label })
}

func saCategoryIndex(label string) int {
	return slices.IndexFunc(saCategories, func(c saCategory) bool { return c.Label == label })
}

func saCountryIndex(code string) int {
	return slices.IndexFunc(saCountries, func(p [3]string) bool { return p[2] == code })
}
