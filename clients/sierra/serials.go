package sierra

import (
	"context"
	"iter"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths of lists of what stands beside titles and items, and the roles that the API key needs for them.
const (
	AuthoritiesPath = "/authorities"
	VolumesPath     = "/volumes"
	HoldingsPath    = "/holdings"
	CoursesPath     = "/courses"

	AuthoritiesRole = "Authorities_Read"
	VolumesRole     = "Volumes_Read"
	HoldingsRole    = "Holdings_Read"
	CoursesRole     = "Courses_Read"
)

const (
	authorityFields = "id,updatedDate,createdDate,deleted,suppressed,varFields"
	volumeFields    = "id,updatedDate,createdDate,deleted,volume,bibs,items,holds"
	holdingsFields  = "id,updatedDate,createdDate,deleted,suppressed,bibIds,itemIds,inheritLocation,allocationRule,accountingUnit,labelCode," +
		"serialCode1,serialCode2,serialCode3,serialCode4,claimOnDate,receivingLocationCode,vendorCode,updateCount,pieceCount," +
		"eCheckInCode,mediaTypeCode,fixedFields"
	courseFields = "id,beginDate,endDate,locationCode,ccode1,ccode2,ccode3,professorInstructors,courseNames,courseUrls,courseNotes,reserves"
)

// Authority is the form of a name or a subject on which the catalogue agrees.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/operations.htm.
type Authority struct {
	Head
	Fields []VarField `json:"varFields"`
}

// Heading is the agreed form, and the MARC tag that says what it is: 100 for a person, 110 for a corporate body, 111 for
// a meeting, 130 for a title, 150 for a subject, 151 for a place, 155 for a genre.
func (a *Authority) Heading() (text, tag string) {
	for i := range a.Fields {
		if f := &a.Fields[i]; strings.HasPrefix(string(f.MARC), "1") {
			return f.Text(), string(f.MARC)
		}
	}
	return "", ""
}

// Tagged are the fields whose MARC tags begin so: 4 for forms that are not used, 5 for related headings, 6 for notes.
func (a *Authority) Tagged(start string) []string {
	var texts []string
	for i := range a.Fields {
		if f := &a.Fields[i]; strings.HasPrefix(string(f.MARC), start) {
			texts = append(texts, f.Text())
		}
	}
	return texts
}

// Others are all other fields, each behind its MARC tag, or behind the system's letter if it has none.
func (a *Authority) Others() []string {
	var texts []string
	for i := range a.Fields {
		f := &a.Fields[i]
		tag := string(f.MARC)
		switch {
		case tag == "":
			tag = string(f.Tag)
		case strings.ContainsAny(tag[:1], "1456"):
			continue
		}
		texts = append(texts, strings.TrimSpace(tag+" "+f.Text()))
	}
	return texts
}

// Authorities reads headings in the order of their ids. Role: Authorities_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/operations.htm.
func (c *Client) Authorities(ctx context.Context, q Query, p Progress) iter.Seq2[Authority, error] {
	return records[Authority](ctx, c, list{path: AuthoritiesPath, role: AuthoritiesRole, fields: authorityFields, deleted: living}, q, p)
}

// Volume is a part of a title that can be wanted by itself.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/volumeObjectDescription.htm.
type Volume struct {
	Head
	Volume Text      `json:"volume"` // such as "v.3"
	Bibs   []rest.ID `json:"bibs"`   // addresses, as are Items and Holds
	Items  []rest.ID `json:"items"`
	Holds  []rest.ID `json:"holds"`

	// Never asked for: Volume says what of it is for the public.
	VarFields rest.Ignored `json:"varFields"`
}

// Volumes reads volumes in the order of their ids. Role: Volumes_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/volumeAPI.htm.
func (c *Client) Volumes(ctx context.Context, q Query, p Progress) iter.Seq2[Volume, error] {
	return records[Volume](ctx, c, list{path: VolumesPath, role: VolumesRole, fields: volumeFields, deleted: living}, q, p)
}

// Numbers of the fixed fields of holdings that say more than the fields with names.
const (
	HoldingsCopies   = "38"
	HoldingsLocation = "40"
)

// Holdings is what the library has of a serial, and how new issues of it are checked in. Absent fields may come as null.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/holdingsObjectDescription.htm.
type Holdings struct {
	Head
	BibIDs          []rest.ID   `json:"bibIds"`
	ItemIDs         []rest.ID   `json:"itemIds"`
	InheritLocation rest.Bool   `json:"inheritLocation"`
	AllocationRule  Loose       `json:"allocationRule"` // seen as null alone
	AccountingUnit  rest.ID     `json:"accountingUnit"`
	Label           Text        `json:"labelCode"`
	Serial1         Text        `json:"serialCode1"`
	Serial2         Text        `json:"serialCode2"`
	Serial3         Text        `json:"serialCode3"`
	Serial4         Text        `json:"serialCode4"`
	ClaimOn         Instant     `json:"claimOnDate"`
	Receiving       Text        `json:"receivingLocationCode"`
	Vendor          Text        `json:"vendorCode"`
	UpdateCount     Text        `json:"updateCount"`
	Pieces          rest.Int    `json:"pieceCount"`
	ECheckIn        Text        `json:"eCheckInCode"`
	MediaType       Text        `json:"mediaTypeCode"`
	Fixed           FixedFields `json:"fixedFields"`

	// The addresses of what BibIDs and ItemIDs name, and the notes of the staff: never asked for.
	BibLinks  rest.Ignored `json:"bibIdLinks"`
	ItemLinks rest.Ignored `json:"itemIdLinks"`
	VarFields rest.Ignored `json:"varFields"`
}

func (h *Holdings) moments() []moment {
	return append(h.Head.moments(), moment{"claimOnDate", h.ClaimOn})
}

// Holdings reads holdings in the order of their ids. Sierra 5.1 and later; role: Holdings_Read.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/holdingsObjectDescription.htm.
func (c *Client) Holdings(ctx context.Context, q Query, p Progress) iter.Seq2[Holdings, error] {
	return records[Holdings](ctx, c, list{path: HoldingsPath, role: HoldingsRole, fields: holdingsFields, deleted: living}, q, p)
}

// Course is a class for which things are kept on reserve.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/courseObjectDescription.htm.
type Course struct {
	ID          rest.ID `json:"id"`
	Begins      Instant `json:"beginDate"`
	Ends        Instant `json:"endDate"`
	Location    Text    `json:"locationCode"`
	Code1       Text    `json:"ccode1"`
	Code2       Text    `json:"ccode2"`
	Code3       Text    `json:"ccode3"`
	Instructors []Text  `json:"professorInstructors"`
	Names       []Text  `json:"courseNames"`
	URLs        []Text  `json:"courseUrls"`
	Notes       []Text  `json:"courseNotes"`
	Reserves    []Loose `json:"reserves"` // of a shape that nobody documents
}

func (c *Course) id() string { return c.ID.Last() }

func (c *Course) moments() []moment { return []moment{{"beginDate", c.Begins}, {"endDate", c.Ends}} }

// Courses reads the classes for which things are kept on reserve. Role: Courses_Read.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/courseObjectDescription.htm.
func (c *Client) Courses(ctx context.Context, q Query, p Progress) iter.Seq2[Course, error] {
	return snapshot[Course](ctx, c, list{path: CoursesPath, role: CoursesRole, fields: courseFields}, q, p)
}
