package sandbox

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// sierraBranch is a house of the library with its shelves.
type sierraBranch struct {
	short, name, address string
	latitude, longitude  string // degrees, as JSON numbers
}

func (b sierraBranch) code() sierraCode { return sierraCode{b.short, b.name} }

var sierraBranches = []sierraBranch{
	{"ma", "Main Library", "Main Library$1 Example Square$Brindle Bay, NY 00001", "42.8001", "-73.9002"},
	{"ha", "Harrow Hill", "Harrow Hill Branch$77 Hill Street$Brindle Bay, NY 00002", "42.8123", "-73.9311"},
	{"nl", "North Landing", "North Landing Branch$3 Ferry Road$Brindle Bay, NY 00003", "42.8467", "-73.8876"},
	{"om", "Old Mill", "Old Mill Branch$12 Mill Lane$Thornby, NY 00004", "42.7710", "-73.9508"},
	{"tb", "Thornby", "Thornby Branch$200 Orchard Avenue$Thornby, NY 00005", "42.7655", "-73.9744"},
	{"se", "Saint-Élan", "Saint-Élan Branch$8 Canal Street$Saint-Élan, NY 00006", "42.8290", "-73.8520"},
	{"bm", "Bookmobile", "Bookmobile$Garage 4$Brindle Bay, NY 00001", "42.8000", "-73.9000"},
}

// sierraLocations are the shelves. Their names end in a blank at times, as the ones on record do.
var sierraLocations = []sierraCode{
	{"ma1f", "Main Library Fiction "}, {"ma1n", "Main Library Nonfiction"}, {"ma2j", "Main Library Children"},
	{"mamag", "Main Library Magazines "}, {"haaf", "Harrow Hill Adult Fiction"}, {"hajf", "Harrow Hill Juvenile "},
	{"nlaf", "North Landing Adult Fiction"}, {"nlan", "North Landing Nonfiction "}, {"omaf", "Old Mill Fiction"},
	{"tbaf", "Thornby Fiction "}, {"tbjf", "Thornby Juvenile"}, {"seaf", "Saint-Élan Fiction"}, {"bmall", "Bookmobile "},
}

var sierraStatuses = []sierraCode{
	{"-", "AVAILABLE"}, {"m", "MISSING"}, {"t", "IN TRANSIT"}, {"!", "ON HOLDSHELF"}, {"n", "BILLED"}, {"$", "LOST AND PAID"},
	{"z", "CL RETURNED"}, {"o", "LIB USE ONLY"}, {"w", "WITHDRAWN"},
}

// sierraMaterial is a kind of thing, with the item type that its copies get.
type sierraMaterial struct {
	code, name string
	itemType   int
	typeName   string
}

var sierraMaterials = []sierraMaterial{
	{"a", "LANG MATERIAL", 0, "Book"}, {"c", "MUSIC SCORE", 6, "Score"}, {"g", "VISUAL MATERIAL", 101, "DVD"},
	{"i", "SPOKEN RECORD", 70, "Audiobook on CD"}, {"j", "MUSIC RECORD", 60, "Music CD"}, {"r", "3-D OBJECT", 160, "Library of Things"},
}

var (
	sierraLanguages = []sierraCode{
		{"eng", "English"}, {"spa", "Spanish"}, {"ger", "German"}, {"fre", "French"}, {"pol", "Polish"}, {"rus", "Russian"},
	}
	sierraCountries = []sierraCode{
		{"nyu", "New York (State)"}, {"enk", "England"}, {"gw ", "Germany"}, {"onc", "Ontario"}, {"fr ", "France"},
	}
	sierraStreets = []string{"Orchard Avenue", "Ferry Road", "Canal Street", "Hill Street", "Mill Lane"}
	sierraTowns   = []string{"Brindle Bay, NY 00001", "Thornby, NY 00004", "Saint-Élan, NY 00006"}
)

var sierraPatronTypes = []struct {
	number int
	name   string
}{{0, "Adult"}, {0, "Adult"}, {1, "Juvenile"}, {2, "Teen"}, {5, "Senior"}, {10, "Staff"}, {22, "Outreach / Homebound"}}

var sierraAgencies = []sierraCode{
	{"1", "Main Library"}, {"2", "Brindle Bay Branches"}, {"3", "Thornby Branches"}, {"28", "Outreach Services "},
}

// sierraCodeList is one field of a metadata list.
type sierraCodeList struct {
	Field  string              `json:"field"`
	Values []sierraCodeMeaning `json:"values"`
}

type sierraCodeMeaning struct {
	Code string `json:"code"`
	Desc string `json:"desc"`
}

func codeList(field string, codes []sierraCode) sierraCodeList {
	list := sierraCodeList{Field: field, Values: []sierraCodeMeaning{}}
	for _, c := range codes {
		if m := (sierraCodeMeaning{c.Code, c.Name}); !slices.Contains(list.Values, m) {
			list.Values = append(list.Values, m)
		}
	}
	return list
}

func sierraMaterialCodes() (kinds []sierraCode) {
	for _, m := range sierraMaterials {
		kinds = append(kinds, sierraCode{padded(m.code, 3), m.name})
	}
	return kinds
}

func sierraPatronTypeCodes() (codes []sierraCode) {
	for _, t := range sierraPatronTypes {
		codes = append(codes, sierraCode{digits(t.number), t.name})
	}
	return codes
}

func sierraBranchCodes() (codes []sierraCode) {
	for _, b := range sierraBranches {
		codes = append(codes, sierraCode{padded(b.short, 5), b.name})
	}
	return codes
}

// sierraMetadata is the code lists of a kind of record; "fields" picks some of them. There are none for items.
func sierraMetadata(kind string) sierraAnswer {
	lists := map[string][]sierraCodeList{
		"bibs": {codeList("materialType", sierraMaterialCodes()), codeList("bibLevel", []sierraCode{{"m", "MONOGRAPH"}, {"s", "SERIAL"}}),
			codeList("language", sierraLanguages), codeList("country", sierraCountries)},
		"patrons": {codeList("patronType", sierraPatronTypeCodes()), codeList("homeLibrary", sierraBranchCodes()),
			codeList("blockInfo", []sierraCode{{"-", "None"}, {"c", "Contact desk"}, {"m", "Mail returned"}, {"v", "Verify address"}})},
		"invoices": {codeList("statusCode", []sierraCode{{"s", "Suspended"}, {"f", "Finished"}, {"C", "Complete"}})},
	}[kind]
	return func(_ *sierraView, _ string, query url.Values) (any, *sierraError) {
		for name := range query {
			if name != "fields" && name != "language" {
				return nil, &sierraUnknown
			}
		}
		if !query.Has("fields") {
			return lists, nil
		}
		picked := []sierraCodeList{}
		for name := range strings.SplitSeq(query.Get("fields"), ",") {
			i := slices.IndexFunc(lists, func(l sierraCodeList) bool { return l.Field == name })
			if i < 0 {
				return nil, invalidSierra("Invalid parameter : Field Not Found " + name)
			}
			picked = append(picked, lists[i])
		}
		return picked, nil
	}
}

// pickupLocations answers a bare array of padded codes.
func pickupLocations(_ *sierraView, _ string, query url.Values) (any, *sierraError) {
	for name := range query {
		if name != "language" {
			return nil, &sierraUnknown
		}
	}
	return sierraBranchCodes(), nil
}

func sierraBranchList() sierraList[object] {
	return sierraPlain(func(*sierraView) (rows []object) {
		for i, b := range sierraBranches {
			rows = append(rows, object{
				"id": i + 1, "name": b.name, "address": b.address, "emailSource": b.short + "@example.org",
				"emailReplyTo": "desk@example.org",
				"latitude":     json.Number(b.latitude), "longitude": json.Number(b.longitude), "locations": b.shelves(),
			})
		}
		return rows
	}, "id", "name", "address", "emailSource", "emailReplyTo", "latitude", "longitude", "locations")
}

// shelves are the locations whose codes begin with the branch's.
func (b sierraBranch) shelves() []sierraCode {
	codes := []sierraCode{}
	for _, l := range sierraLocations {
		if matchCode(l.Code, b.short+"*") {
			codes = append(codes, sierraCode{padded(l.Code, 5), l.Name})
		}
	}
	return codes
}

// agencies answers all agencies at once.
func agencies(_ *sierraView, _ string, query url.Values) (any, *sierraError) {
	for name := range query {
		if name != "language" {
			return nil, &sierraUnknown
		}
	}
	entries := []object{}
	for _, a := range sierraAgencies {
		entries = append(entries, object{"code": json.Number(a.Code), "display": a.Name})
	}
	return object{"total": len(entries), "start": 0, "entries": entries}, nil
}
