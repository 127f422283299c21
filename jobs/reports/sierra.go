package reports

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// Sierra lists the reports about a library.
func Sierra(c *sierra.Client) []jobs.Job {
	return []jobs.Job{
		sierraToken(c),
		sierraBibs(c),
		sierraItems(c),
		sierraPatrons(c),
		sierraCheckouts(c),
		sierraOverdueItems(c),
		sierraHolds(c),
		sierraFines(c),
		sierraDeletedBibs(c),
		sierraDeletedItems(c),
		sierraBranches(c),
		sierraPickupLocations(c),
		sierraAgencies(c),
	}
}

const (
	sierraReference = "https://techdocs.iii.com/sierraapi/Content/"
	sierraCalm      = "the vendor publishes none; 1 request a second is sent, since libraries are advised to cut off addresses above 60 a minute"
	sierraCurrency  = "the library's currency"
)

// sierraPersonal is the option without which nothing about a person is read or written.
var sierraPersonal = jobs.Parameter{Name: "personal", Values: "true", Meaning: "with the columns that are personal data of patrons"}

var sierraSuppressed = jobs.Parameter{Name: "suppressed", Values: "true, false", Meaning: "only records that are, or are not, hidden from the public catalogue"}

// sierraRow is a record, the zone in which its days are counted, and the end of the window.
type sierraRow[T any] struct {
	record T
	zone   *time.Location
	end    time.Time
}

// sierraList is how the client reads a list.
type sierraList[T any] func(context.Context, sierra.Query, sierra.Progress) iter.Seq2[T, error]

// sierraSource reads a list for a window; a snapshot is all of it.
func sierraSource[T any](info jobs.Info, list sierraList[T]) jobs.Source[sierraRow[T]] {
	return checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[sierraRow[T], error] {
		if err := checkSierraParams(info, r.Params); err != nil {
			return failed[sierraRow[T]](err)
		}
		q := sierra.Query{Filter: apiParams(r.Params), Personal: r.Params.Get("personal") == "true", Limit: r.Limit, Zone: r.Zone}
		if !r.Window.Snapshot() {
			q.From, q.To = r.Window.From, r.Window.To
		}
		return func(yield func(sierraRow[T], error) bool) {
			for record, err := range list(ctx, q, r.Proof) {
				if !yield(sierraRow[T]{record, r.Zone, r.Window.To}, err) || err != nil {
					return
				}
			}
		}
	})
}

// checkSierraParams refuses what the paging and the columns need for themselves.
func checkSierraParams(info jobs.Info, params url.Values) error {
	for name, text := range map[string]string{
		"id":      "the paging sets it",
		"deleted": "the report sets it: reports on deleted records are of their own",
		"fields":  "the columns set it",
	} {
		if params.Has(name) && !documented(info, name) {
			return &ParamError{name, text}
		}
	}
	return nil
}

// sierraRecordsInfo fills what the reports on records of the catalogue have in common.
func sierraRecordsInfo(info jobs.Info) jobs.Info {
	info.API, info.Every, info.OrNow = "sierra", jobs.PreviousDay, true
	info.About += " Those whose last update, which may be their creation, lies in the window: a record that was changed again later" +
		" is in the later window alone. With the window now, all of them. Deleted records are left out."
	info.Paging = "ranges of ids, 2,000 records a page, to a short page; the API's total counts one page and is not used"
	info.Limits = sierraCalm
	return info
}

// sierraSnapshotInfo fills what the reports on circulation have in common.
func sierraSnapshotInfo(info jobs.Info) jobs.Info {
	info.API, info.Every = "sierra", jobs.Now
	info.Paging = "limit and offset, 2,000 rows a page, each of which begins with the last 20 of the page before it; read again if rows went missing"
	info.Limits = sierraCalm
	info.Parameters = append(info.Parameters, sierraPersonal)
	return info
}

// sierraJob declares a report.
func sierraJob[T any](info jobs.Info, list sierraList[T], columns jobs.Columns[sierraRow[T]]) jobs.Job {
	return jobs.Report[sierraRow[T]]{Info: info, Source: sierraSource(info, list), Columns: columns}.Job()
}

// of turns a getter of a record into one of its row.
func of[T, V any](get func(*T) V) func(*sierraRow[T]) V {
	return func(r *sierraRow[T]) V { return get(&r.record) }
}

// maybe is of for values that may be absent.
func maybe[T, V any](get func(*T) (V, bool)) func(*sierraRow[T]) (V, bool) {
	return func(r *sierraRow[T]) (V, bool) { return get(&r.record) }
}

// dayOf is a date of a record, in the report's zone if the API has an instant for it.
func dayOf[T any](get func(*T) sierra.Instant) func(*sierraRow[T]) time.Time {
	return func(r *sierraRow[T]) time.Time { return get(&r.record).Day(r.zone) }
}

// sierraDue are the columns of a due time, which Sierra has for each loan, as an instant and as the library's day.
func sierraDue[T any](field string, get func(*T) sierra.Instant) jobs.Columns[sierraRow[T]] {
	return jobs.Columns[sierraRow[T]]{
		jobs.Time("due", "When it is due. For loans by the day that is 04:00 in the library's zone, on the day on which it is due.",
			of(func(r *T) time.Time { return get(r).Time() })).From(field),
		jobs.Date("due_date", "The day on which it is due, as the library counts it, if the report's zone is the library's: the day of the due time there.",
			dayOf(get)).From(field),
	}
}

// sierraHead are the columns that all records of the catalogue have.
func sierraHead[T any](head func(*T) *sierra.Head) jobs.Columns[sierraRow[T]] {
	return jobs.Columns[sierraRow[T]]{
		jobs.Time("created", "When the record was made.", of(func(r *T) time.Time { return head(r).Created.Time() })).From("createdDate"),
		jobs.Time("updated", "When the record was changed last.", of(func(r *T) time.Time { return head(r).Updated.Time() })).From("updatedDate"),
		jobs.Bool("suppressed", "Whether the record is hidden from the public catalogue.", maybe(func(r *T) (bool, bool) { return head(r).Suppressed.Get() })),
	}
}

// sierraTexts is a list of texts as plain strings.
func sierraTexts[S ~string](list []S) []string {
	texts := make([]string, 0, len(list))
	for _, s := range list {
		texts = append(texts, string(s))
	}
	return texts
}

// sierraRole is one role of the key, and the token that was asked with.
type sierraRole struct {
	sierra.Role
	token sierra.Token
}

func sierraToken(c *sierra.Client) jobs.Job {
	info := jobs.Info{
		Name: "sierra-token", Title: "Roles of the API key", API: "sierra",
		About:    "A row for each role that the library ticked for the API key: what it permits, and how long the token in use still lives.",
		Endpoint: sierra.TokenPath,
		Paging:   "none: the whole answer at once",
		Limits:   sierraCalm,
		Scope:    "none",
		Page:     sierraReference + "zAuth/authClient.htm",
		Every:    jobs.Now,
	}
	source := checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[sierraRole, error] {
		return func(yield func(sierraRole, error) bool) {
			token, err := c.Token(ctx)
			if err != nil {
				yield(sierraRole{}, err)
				return
			}
			r.Proof.Account(c.Account())
			for _, role := range *token.Roles {
				if !yield(sierraRole{role, token}, nil) {
					return
				}
			}
			r.Proof.Complete("the API gives all roles in one answer (rows: %d)", len(*token.Roles))
		}
	})
	return jobs.Report[sierraRole]{
		Info:   info,
		Source: source,
		Columns: jobs.Columns[sierraRole]{
			jobs.Text("role", "The role, such as Bibs_Read.", func(r *sierraRole) string { return r.Name }).From("roles[].name"),
			jobs.List("permissions", "What the role permits, such as Bibs_List.", func(r *sierraRole) []string { return r.Permissions }).From("roles[].permissions"),
			jobs.Duration("token_lifetime", "How long a token of this role lives.", seconds(func(r *sierraRole) rest.Int { return r.Lifetime })).In("seconds").From("roles[].tokenLifetime"),
			jobs.Duration("expires_in", "How long the token in use still lives.", seconds(func(r *sierraRole) rest.Int { return r.token.Expires })).In("seconds").From("expiresIn"),
			jobs.Text("grant", "How the token was got: client_credentials.", func(r *sierraRole) string { return r.token.Grant }).From("grantType"),
		},
	}.Job()
}

// seconds makes a length of time of a number of seconds.
func seconds[T any](get func(*T) rest.Int) func(*T) (time.Duration, bool) {
	return func(r *T) (time.Duration, bool) {
		n, ok := get(r).Get()
		return time.Duration(n) * time.Second, ok
	}
}

func sierraBibs(c *sierra.Client) jobs.Job {
	type bib = sierra.Bib
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-bibs", Title: "Titles",
		About:    "A row for each bibliographic record.",
		Endpoint: sierra.BibsPath,
		Scope:    sierra.BibsRole,
		Page:     sierraReference + "zObjects/bibObjectDescription.htm",
		Parameters: []jobs.Parameter{
			{Name: "locations", Values: "codes, with * for any ending, parted by commas", Meaning: "only titles at these locations"},
			sierraSuppressed,
		},
	})
	return sierraJob(info, c.Bibs, columns(jobs.Columns[sierraRow[bib]]{
		jobs.Code("id", "The record's number, without the letter b and without a check digit.", of(func(b *bib) string { return string(b.ID) })),
		jobs.Text("title", "The title.", of(func(b *bib) string { return string(b.Title) })),
		jobs.Text("author", "The author.", of(func(b *bib) string { return string(b.Author) })),
		jobs.Code("isbn", "The international number of a book.", of(func(b *bib) string { return string(b.ISBN) })),
		jobs.Code("issn", "The international number of a serial.", of(func(b *bib) string { return string(b.ISSN) })),
		jobs.Code("upc", "The bar code of the trade, of discs and the like.", of(func(b *bib) string { return string(b.UPC) })),
		jobs.Text("call_number", "Where it stands on the shelf, without marks of subfields.", of((*bib).CallNumber)).From("callNumber"),
		jobs.Text("language", "The language's code.", of(func(b *bib) string { return string(b.Language.Code) })).From("lang.code"),
		jobs.Text("language_name", "The language.", of(func(b *bib) string { return b.Language.Label() })).From("lang.name"),
		jobs.Text("material_type", "The code of the kind of material.", of(func(b *bib) string { return string(b.Material.Code) })).From("materialType.code"),
		jobs.Text("material_type_name", "The kind of material.", of(func(b *bib) string { return b.Material.Label() })).From("materialType.value"),
		jobs.Text("bib_level", "The code of the bibliographic level, such as m for a book by itself or s for a serial.", of(func(b *bib) string { return string(b.Level.Code) })).From("bibLevel.code"),
		jobs.Text("bib_level_name", "The bibliographic level.", of(func(b *bib) string { return b.Level.Label() })).From("bibLevel.value"),
		jobs.Int("publish_year", "The year of publication.", maybe(func(b *bib) (int64, bool) { return b.PublishYear.Get() })).From("publishYear"),
		jobs.Text("country", "The code of the country of publication.", of(func(b *bib) string { return string(b.Country.Code) })).From("country.code"),
		jobs.Text("country_name", "The country of publication.", of(func(b *bib) string { return b.Country.Label() })).From("country.name"),
		jobs.Date("cataloged", "The day on which it was catalogued.", dayOf(func(b *bib) sierra.Instant { return b.Cataloged })).From("catalogDate"),
		jobs.Bool("available", "Whether a copy is on the shelf.", maybe(func(b *bib) (bool, bool) { return b.Available.Get() })),
		jobs.Int("copies", "The number of copies.", maybe(func(b *bib) (int64, bool) { return b.Copies.Get() })).In("items"),
		jobs.Int("holds", "The number of holds on the title.", maybe(func(b *bib) (int64, bool) { return b.Holds.Get() })).In("holds").From("holdCount"),
		jobs.List("locations", "The codes of the locations that have it.", of(func(b *bib) []string { return sierraCodes(b.Locations) })).From("locations[].code"),
		jobs.List("location_names", "The locations that have it.", of(func(b *bib) []string { return sierraLabels(b.Locations) })).From("locations[].name"),
	}, sierraHead(func(b *bib) *sierra.Head { return &b.Head })))
}

// sierraAddresses puts each address into one line.
func sierraAddresses(p *sierra.Patron) []string {
	var list []string
	for _, a := range p.Addresses {
		lines := slices.DeleteFunc(sierraTexts(a.Lines), func(line string) bool { return line == "" })
		list = append(list, strings.Join(lines, ", "))
	}
	return list
}
