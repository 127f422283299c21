package sandbox

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// The company behind the Secure Access stand-in: who browses, from where, and to which destinations. Everything
// that rows have in common is here, already in the form that it has in an answer.

type saIDType struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
	Type  string `json:"type"`
}

type saIdentity struct {
	ID      int64    `json:"id"`
	Label   string   `json:"label"`
	Type    saIDType `json:"type"`
	Deleted bool     `json:"deleted"`
}

type saCategory struct {
	ID          int    `json:"id"`
	Label       string `json:"label"`
	Type        string `json:"type"`
	Integration bool   `json:"integration"`
	Deprecated  bool   `json:"deprecated"`
}

type saAppCategory struct {
	ID    int    `json:"id"`
	Label string `json:"label"`
}

type saApp struct {
	ID       int           `json:"id"`
	Label    string        `json:"label"`
	Type     string        `json:"type"`
	Category saAppCategory `json:"category"`
}

type saThreat struct {
	Label string `json:"label"`
	Type  string `json:"type"`
}

// saActor is somebody or something that sends requests from one place: a person in the office, the same person at
// home, a server room, the guests of a site.
type saActor struct {
	identities []int // indices, most specific first
	internalIP string
	externalIP string
	device     string
	json       []byte // the identities as they stand in a row
}

// saDestination is a host with everything that Secure Access knows about it.
type saDestination struct {
	domain     string
	categories []int
	app        int // -1 if none is known
	threat     int // -1 if none
	country    int
	noisy      bool // background chatter, which filternoisydomains leaves out
	update     bool // asked for at night

	categoriesJSON []byte
	appsJSON       []byte
	threatsJSON    []byte
	placesJSON     []byte
}

type saCompany struct {
	identities   []saIdentity
	actors       []saActor
	people       []saPlaces
	things       []int // actors that never sleep
	destinations []saDestination
	day, night   []uint16 // destinations, each as often as it is liked
	malicious    []int
	internal     []uint16 // what the company runs itself
	apps         []saApp
}

// saPlaces are the actors that one person is: in the office and at home.
type saPlaces struct{ office, home int }

var (
	saAnyConnect = saIDType{34, "Anyconnect Roaming Client", "anyconnect"}
	saUser       = saIDType{7, "AD Users", "directory_user"}
	saGroup      = saIDType{3, "AD Groups", "directory_group"}
	saSite       = saIDType{21, "Sites", "site"}
	saNetwork    = saIDType{1, "Networks", "network"}
	saMobile     = saIDType{40, "Mobile Devices", "mobile_device"}
	saRoaming    = saIDType{9, "Roaming Computers", "roaming"}

	saDepartments = []string{"Einkauf", "Vertrieb", "IT & Betrieb", "Buchhaltung", "Konstruktion", "Geschäftsleitung"}
	saSites       = []string{"Hamburg HQ", "Werk Görlitz", "Büro Wien", "Lager \"Nord\", Tor 3"}
	// A wall display whose label a spreadsheet would run, and machines with letters outside of every code page.
	saThings = []string{"=Lobby-Display", "Kaffeemaschine ☕ 3. OG", "print-server-01", "backup-nas", "+49-Türsprechanlage"}

	saThreatNames = []saThreat{{"WannaCry", "Ransomware"}, {"LockBit", "Ransomware"}, {"Emotet", "Trojan"}, {"Qakbot", "Trojan"},
		{"Coinhive", "Cryptomining"}, {"Cobalt Strike", "Command and Control"}}
	saThreatTypes = []saThreat{{"Ransomware", "Malware that encrypts files and asks for money."}, {"Trojan", "Malware in the shape of a harmless program."},
		{"Cryptomining", "Uses the machine to make money for somebody else."}, {"Command and Control", "Takes orders from outside."}}

	saCountries = [][3]string{{"United States", "North America", "US"}, {"Germany", "Europe", "DE"}, {"Ireland", "Europe", "IE"},
		{"Netherlands", "Europe", "NL"}, {"Austria", "Europe", "AT"}, {"Japan", "Asia", "JP"}, {"Côte d'Ivoire", "Africa", "CI"}}
)

func newSACompany(seed uint64) *saCompany {
	c := &saCompany{apps: saApps()}
	r := seeded(seed, "secureaccess", "company")
	c.populate(r)
	c.addDestinations(r)
	return c
}

// identity adds an identity and returns its index.
func (c *saCompany) identity(r *rand.Rand, kind saIDType, label string) int {
	id := int64(558_000_000 + 1000*len(c.identities) + r.IntN(1000))
	c.identities = append(c.identities, saIdentity{ID: id, Label: label, Type: kind})
	return len(c.identities) - 1
}

// actor adds an actor and returns its index.
func (c *saCompany) actor(internal, external string, identities ...int) int {
	list := make([]saIdentity, len(identities))
	for i, n := range identities {
		list[i] = c.identities[n]
	}
	c.actors = append(c.actors, saActor{identities: identities, internalIP: internal, externalIP: external,
		device: fmt.Sprintf("%012x", 0x0a5000000000+c.identities[identities[0]].ID), json: mustJSON(list)})
	return len(c.actors) - 1
}

// populate engages the people, and gives them machines, sites and departments.
func (c *saCompany) populate(r *rand.Rand) {
	var sites, networks, groups []int
	for _, name := range saSites {
		sites = append(sites, c.identity(r, saSite, name))
	}
	for i := range saSites {
		networks = append(networks, c.identity(r, saNetwork, fmt.Sprintf("Egress %d", i+1)))
	}
	for _, name := range saDepartments {
		groups = append(groups, c.identity(r, saGroup, name))
	}
	for i, family := range familyNames {
		given, site := pick(r, givenNames), r.IntN(len(sites))
		user := c.identity(r, saUser, fmt.Sprintf("%s %s (%s.%d@werk.example)", given, family, "u", 1000+i))
		kind, label := saAnyConnect, fmt.Sprintf("LAP-%04d", 2000+i)
		if i%8 == 7 {
			kind, label = saMobile, given+"’s phone 📱"
		} else if i%5 == 4 {
			kind, label = saRoaming, fmt.Sprintf("roam-%s.werk.example", strings.ToLower(fmt.Sprintf("pc%03d", i)))
		}
		laptop := c.identity(r, kind, label)
		if i == len(familyNames)-1 {
			c.identities[laptop].Deleted = true
		}
		group := groups[i%len(groups)]
		internal := fmt.Sprintf("10.%d.0.%d", 20+site, 10+i)
		home := fmt.Sprintf("198.51.100.%d", 10+3*i)
		if i%6 == 0 {
			home = fmt.Sprintf("2001:db8:%x::%x", 0x100+i, 0x10+r.IntN(0xff))
		}
		c.people = append(c.people, saPlaces{
			office: c.actor(internal, saEgress(site), user, laptop, group, sites[site]),
			home:   c.actor(fmt.Sprintf("192.168.%d.%d", r.IntN(4), 20+r.IntN(200)), home, user, laptop, group),
		})
	}
	for i, label := range saThings {
		site := i % len(sites)
		thing := c.identity(r, saRoaming, label)
		c.things = append(c.things, c.actor(fmt.Sprintf("10.%d.1.%d", 20+site, 5+i), saEgress(site), thing, sites[site]))
	}
	for i := range sites {
		c.things = append(c.things, c.actor(fmt.Sprintf("10.%d.9.1", 20+i), saEgress(i), sites[i], networks[i]))
	}
}

func saEgress(site int) string { return fmt.Sprintf("203.0.113.%d", 10+20*site) }

// addDestinations makes hosts out of the table of services: the service itself, and the names that its pages load.
func (c *saCompany) addDestinations(r *rand.Rand) {
	liking := 0
	for _, s := range saServices() {
		liking++
		for i, host := range s.hosts {
			d := saDestination{domain: host, categories: s.categories, app: s.app, threat: s.threat, country: s.country, noisy: s.noisy, update: s.update}
			c.encode(&d)
			n := len(c.destinations)
			c.destinations = append(c.destinations, d)
			if saCategories[s.categories[0]].Label == saInternal {
				c.internal = append(c.internal, uint16(n))
			}
			if s.threat >= 0 {
				c.malicious = append(c.malicious, n)
				continue
			}
			weight := 1 + (300/liking+r.IntN(12))/(i+1)
			for range weight {
				c.day = append(c.day, uint16(n))
				if s.update || s.noisy {
					c.night = append(c.night, uint16(n))
				}
			}
		}
	}
}

func (c *saCompany) encode(d *saDestination) {
	d.categoriesJSON = mustJSON(saCategoriesOf(d.categories))
	d.appsJSON, d.threatsJSON = []byte("[]"), []byte("[]")
	if d.app >= 0 {
		d.appsJSON = mustJSON([]saApp{c.apps[d.app]})
	}
	if d.threat >= 0 {
		d.threatsJSON = mustJSON([]saThreat{saThreatNames[d.threat]})
	}
	p := saCountries[d.country]
	d.placesJSON = []byte(`"destinationcountries":` + string(mustJSON(p[:1])) + `,"destinationcontinents":` + string(mustJSON(p[1:2])) +
		`,"destinationcountrycodes":` + string(mustJSON(p[2:])))
}

func saCategoriesOf(indices []int) []saCategory {
	list := make([]saCategory, len(indices))
	for i, n := range indices {
		list[i] = saCategories[n]
	}
	return list
}

// mustJSON encodes what is made of this package's own tables.
func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
