package reports

import (
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

func sierraAuthorities(c *sierra.Client) jobs.Job {
	type authority = sierra.Authority
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-authorities", Title: "Authorities",
		About:      "A row for each name or subject on whose form the catalogue agrees.",
		Endpoint:   sierra.AuthoritiesPath,
		Scope:      sierra.AuthoritiesRole,
		Page:       sierraReference + "zAPIs/operations.htm",
		Parameters: []jobs.Parameter{sierraMade, sierraSuppressed, sierraFields},
	})
	tagged := func(start string) func(*sierraRow[authority]) []string {
		return of(func(a *authority) []string { return a.Tagged(start) })
	}
	return sierraJob(info, c.Authorities, columns(jobs.Columns[sierraRow[authority]]{
		jobs.Code("id", "The record's number, without the letter a and without a check digit.", of(func(a *authority) string { return a.ID.Last() })),
		jobs.Text("heading", "The form that is used.", of(func(a *authority) string {
			text, _ := a.Heading()
			return text
		})).From("varFields[] of MARC 1XX"),
		jobs.Code("heading_tag", "What it is, as a MARC tag: 100 a person, 110 a corporate body, 111 a meeting, 130 a title, 150 a subject, 151 a place, 155 a genre.",
			of(func(a *authority) string {
				_, tag := a.Heading()
				return tag
			})).From("varFields[].marcTag"),
		jobs.List("see_from", "The forms that are not used.", tagged("4")).From("varFields[] of MARC 4XX"),
		jobs.List("see_also", "Headings that have to do with it.", tagged("5")).From("varFields[] of MARC 5XX"),
		jobs.List("notes", "Where the form comes from, and what else is to be known.", tagged("6")).From("varFields[] of MARC 6XX"),
		jobs.List("other_fields", "All other fields, each behind its MARC tag, or behind the system's letter if it has none.", of((*authority).Others)).From("varFields[]"),
	}, sierraHead(func(a *authority) *sierra.Head { return &a.Head })))
}

func sierraVolumes(c *sierra.Client) jobs.Job {
	type volume = sierra.Volume
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-volumes", Title: "Volumes",
		About:      "A row for each volume record: a part of a title that patrons can ask for by itself.",
		Endpoint:   sierra.VolumesPath,
		Scope:      sierra.VolumesRole,
		Page:       sierraReference + "zObjects/volumeObjectDescription.htm",
		Parameters: []jobs.Parameter{sierraMade, sierraSuppressed, sierraFields},
	})
	return sierraJob(info, c.Volumes, columns(jobs.Columns[sierraRow[volume]]{
		jobs.Code("id", "The record's number, without the letter j and without a check digit.", of(func(v *volume) string { return v.ID.Last() })),
		jobs.Text("volume", "Which volume it is.", textOf(func(v *volume) sierra.Text { return v.Volume })),
		jobs.List("bib_ids", "The numbers of the titles.", idsOf(func(v *volume) []rest.ID { return v.Bibs })).From("bibs"),
		jobs.List("item_ids", "The numbers of the copies.", idsOf(func(v *volume) []rest.ID { return v.Items })).From("items"),
		jobs.List("hold_ids", "The numbers of the holds on it.", idsOf(func(v *volume) []rest.ID { return v.Holds })).From("holds"),
		jobs.Count("holds", "The number of holds on it.", func(r *sierraRow[volume]) int64 { return int64(len(r.record.Holds)) }).In("holds"),
	}, sierraHead(func(v *volume) *sierra.Head { return &v.Head })))
}

func sierraHoldings(c *sierra.Client) jobs.Job {
	type holdings = sierra.Holdings
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-holdings", Title: "Holdings",
		About: "A row for each holdings record: what the library has of a serial, and how its issues are checked in. Libraries saw changes" +
			" that left the time of the last update as it was, so all records are read unless WINDOW_SIERRA_HOLDINGS says otherwise.",
		Endpoint:   sierra.HoldingsPath,
		Scope:      sierra.HoldingsRole,
		Page:       sierraReference + "zObjects/holdingsObjectDescription.htm",
		Parameters: []jobs.Parameter{sierraBibIDs, sierraSuppressed, sierraFields},
	})
	info.Every = jobs.Now
	code := func(name, meaning, field string, get func(*holdings) sierra.Text) jobs.Column[sierraRow[holdings]] {
		return jobs.Code(name, meaning, textOf(get)).From(field)
	}
	return sierraJob(info, c.Holdings, columns(jobs.Columns[sierraRow[holdings]]{
		jobs.Code("id", "The record's number, without the letter c and without a check digit.", of(func(h *holdings) string { return h.ID.Last() })),
		jobs.List("bib_ids", "The numbers of the titles.", idsOf(func(h *holdings) []rest.ID { return h.BibIDs })).From("bibIds"),
		jobs.List("item_ids", "The numbers of the copies.", idsOf(func(h *holdings) []rest.ID { return h.ItemIDs })).From("itemIds"),
		jobs.Int("copies", "The number of copies.", maybe(func(h *holdings) (int64, bool) { return h.Fixed.Int(sierra.HoldingsCopies) })).In("copies").From("fixedFields.38.value"),
		jobs.Text("location", "The code of the location.", of(func(h *holdings) string { return h.Fixed.Text(sierra.HoldingsLocation) })).From("fixedFields.40.value"),
		jobs.Bool("inherits_location", "Whether the location is inherited.", maybe(func(h *holdings) (bool, bool) { return h.InheritLocation.Get() })).From("inheritLocation"),
		code("receiving_location", "The code of the place where issues arrive.", "receivingLocationCode", func(h *holdings) sierra.Text { return h.Receiving }),
		code("vendor", "The code of the vendor.", "vendorCode", func(h *holdings) sierra.Text { return h.Vendor }),
	}, sierraWhen("claim_on", "what has not come is to be claimed", "claimOnDate", func(h *holdings) sierra.Instant { return h.ClaimOn }), jobs.Columns[sierraRow[holdings]]{
		jobs.Int("pieces", "The number of pieces.", countOf(func(h *holdings) rest.Int { return h.Pieces })).In("pieces").From("pieceCount"),
		code("label_code", "The code of the labels.", "labelCode", func(h *holdings) sierra.Text { return h.Label }),
		code("serial_code_1", "The first code about serials, whose meaning each library sets.", "serialCode1", func(h *holdings) sierra.Text { return h.Serial1 }),
		code("serial_code_2", "The second code about serials.", "serialCode2", func(h *holdings) sierra.Text { return h.Serial2 }),
		code("serial_code_3", "The third code about serials.", "serialCode3", func(h *holdings) sierra.Text { return h.Serial3 }),
		code("serial_code_4", "The fourth code about serials.", "serialCode4", func(h *holdings) sierra.Text { return h.Serial4 }),
		code("update_count", "The code of the update count; a hyphen is none.", "updateCount", func(h *holdings) sierra.Text { return h.UpdateCount }),
		code("electronic_checkin", "The code of electronic check-in.", "eCheckInCode", func(h *holdings) sierra.Text { return h.ECheckIn }),
		code("media_type", "The code of the kind of medium.", "mediaTypeCode", func(h *holdings) sierra.Text { return h.MediaType }),
		jobs.Text("allocation_rule", "The allocation rule, as the API writes it.", of(func(h *holdings) string { return string(h.AllocationRule) })).From("allocationRule"),
		jobs.Code("accounting_unit", "The number of the accounting unit.", of(func(h *holdings) string { return string(h.AccountingUnit) })).From("accountingUnit"),
	}, sierraHead(func(h *holdings) *sierra.Head { return &h.Head })))
}

func sierraCourses(c *sierra.Client) jobs.Job {
	type course = sierra.Course
	info := jobs.Info{
		Name: "sierra-courses", Title: "Courses", API: "sierra",
		About:    "A row for each class for which the library keeps things on reserve.",
		Endpoint: sierra.CoursesPath,
		Scope:    sierra.CoursesRole,
		Paging:   "limit and offset, 2,000 rows a page, each of which begins with the last 20 of the page before it",
		Limits:   sierraCalm,
		Page:     sierraReference + "zObjects/courseObjectDescription.htm",
		Every:    jobs.Now,
		Parameters: []jobs.Parameter{
			{Name: "id", Values: "record numbers, parted by commas", Meaning: "only these courses"},
			sierraFields,
		},
	}
	texts := func(get func(*course) []sierra.Text) func(*sierraRow[course]) []string {
		return of(func(c *course) []string { return sierraTexts(get(c)) })
	}
	code := func(name, meaning, field string, get func(*course) sierra.Text) jobs.Column[sierraRow[course]] {
		return jobs.Code(name, meaning, textOf(get)).From(field)
	}
	return sierraJob(info, c.Courses, jobs.Columns[sierraRow[course]]{
		jobs.Code("id", "The record's number, without the letter r and without a check digit.", of(func(c *course) string { return c.ID.Last() })),
		jobs.List("names", "The names of the course.", texts(func(c *course) []sierra.Text { return c.Names })).From("courseNames"),
		jobs.List("instructors", "Who teaches it.", texts(func(c *course) []sierra.Text { return c.Instructors })).From("professorInstructors"),
		jobs.Date("begins", "The day on which it begins.", dayOf(func(c *course) sierra.Instant { return c.Begins })).From("beginDate"),
		jobs.Date("ends", "The day on which it ends.", dayOf(func(c *course) sierra.Instant { return c.Ends })).From("endDate"),
		code("location", "The code of the location of its reserves.", "locationCode", func(c *course) sierra.Text { return c.Location }),
		code("course_code_1", "The first statistical code, whose meaning each library sets.", "ccode1", func(c *course) sierra.Text { return c.Code1 }),
		code("course_code_2", "The second statistical code.", "ccode2", func(c *course) sierra.Text { return c.Code2 }),
		code("course_code_3", "The third statistical code.", "ccode3", func(c *course) sierra.Text { return c.Code3 }),
		jobs.List("urls", "Addresses about the course.", texts(func(c *course) []sierra.Text { return c.URLs })).From("courseUrls"),
		jobs.List("notes", "Notes about the course.", texts(func(c *course) []sierra.Text { return c.Notes })).From("courseNotes"),
		jobs.Count("reserve_count", "How many things are on reserve.", func(r *sierraRow[course]) int64 { return int64(len(r.record.Reserves)) }).From("reserves"),
		jobs.List("reserves", "What is on reserve: numbers of records where the API gives addresses, and else what it gives, since nobody documents that.",
			of(func(c *course) []string { return sierraReserves(c.Reserves) })),
	})
}

// sierraReserves shortens addresses to the kind and the number of the record that they end in, such as items/1000028.
func sierraReserves(list []sierra.Loose) []string {
	texts := sierraTexts(list)
	for i, text := range texts {
		if !strings.HasPrefix(text, "http") {
			continue
		}
		if parent, number, ok := cutLast(strings.TrimRight(text, "/"), "/"); ok {
			texts[i] = rest.ID(parent).Last() + "/" + number
		}
	}
	return texts
}
