package sierra

import (
	"github.com/reportjob/reportjob/clients/rest"
)

// Head is what every record of the catalogue has.
type Head struct {
	ID         rest.ID   `json:"id"` // digits; text with some records, a number with others
	Updated    Instant   `json:"updatedDate"`
	Created    Instant   `json:"createdDate"`
	Deleted    rest.Bool `json:"deleted"`
	Suppressed rest.Bool `json:"suppressed"` // hidden from the public catalogue

	// The living have none, or null; Deletion reads it.
	DeletedDate rest.Ignored `json:"deletedDate"`
}

func (h *Head) number() rest.ID { return h.ID }

func (h *Head) moments() []moment {
	return []moment{{"updatedDate", h.Updated}, {"createdDate", h.Created}}
}

// Bib is a bibliographic record: a title.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/bibObjectDescription.htm.
type Bib struct {
	Head
	Title       Text      `json:"title"`
	Author      Text      `json:"author"`
	ISBN        Text      `json:"isbn"` // Sierra 6.0 and later, as are ISSN and UPC
	ISSN        Text      `json:"issn"`
	UPC         Text      `json:"upc"`
	Language    Code      `json:"lang"`
	Country     Code      `json:"country"`
	Material    Code      `json:"materialType"`
	Level       Code      `json:"bibLevel"`
	PublishYear rest.Int  `json:"publishYear"`
	Cataloged   Instant   `json:"catalogDate"`
	Call        Text      `json:"callNumber"`
	Available   rest.Bool `json:"available"`
	Locations   []Code    `json:"locations"`
	Copies      rest.Int  `json:"copies"`
	Holds       rest.Int  `json:"holdCount"`
	NormTitle   Text      `json:"normTitle"` // as it is sorted
	NormAuthor  Text      `json:"normAuthor"`
	Volumes     []Text    `json:"volumes"`
	Items       []rest.ID `json:"items"` // addresses
	Orders      []struct {
		ID       rest.ID  `json:"orderId"`
		Location Code     `json:"location"`
		Copies   rest.Int `json:"copies"`
		Date     Instant  `json:"date"`
	} `json:"orders"`
	Fixed FixedFields `json:"fixedFields"`

	// Never asked for: the first takes the server fifty times as long as all the rest, and the others are the whole record
	// in the words of cataloguers, with notes for the staff.
	Requestable rest.Ignored `json:"isRequestable"`
	MARC        rest.Ignored `json:"marc"`
	VarFields   rest.Ignored `json:"varFields"`
}

// Numbers of the fixed fields of titles that say more than the fields with names.
const (
	BibLocation    = "26"
	BibSuppression = "31"
	BibMARCType    = "107"
)

// CallNumber is the call number without marks of subfields.
func (b *Bib) CallNumber() string { return plainCall(b.Call) }

func (b *Bib) moments() []moment {
	moments := append(b.Head.moments(), moment{"catalogDate", b.Cataloged})
	for _, o := range b.Orders {
		moments = append(moments, moment{"orders.date", o.Date})
	}
	return moments
}

// Deletion is what the API still knows of a record that was deleted: its number and the day.
type Deletion struct {
	Head
	Date Instant `json:"deletedDate"`
}

func (d *Deletion) moments() []moment { return []moment{{"deletedDate", d.Date}} }

// Numbers of the fixed fields of items that say more than the fields with names. 161, 162, 264 and 265 are known to
// exist, and what they mean is not.
const (
	ItemBibHold      = "57"
	ItemCode1        = "59"
	ItemCode2        = "60"
	ItemType         = "61"
	ItemPrice        = "62" // probably in hundredths, as other amounts in fixed fields are
	ItemOut          = "63"
	ItemOutLocation  = "64"
	ItemPatron       = "66" // who has it; personal data
	ItemLastPatron   = "67" // who had it before; personal data
	ItemLastCheckin  = "68"
	ItemInventoried  = "69"
	ItemInLocation   = "70"
	ItemRenewed      = "71" // the loan that runs
	ItemOverdues     = "72"
	ItemUse3         = "74"
	ItemCheckouts    = "76"
	ItemRenewals     = "77"
	ItemLastCheckout = "78"
	ItemRevisions    = "85"
	ItemAgency       = "86"
	ItemInternalUse  = "93"
	ItemCopyUse      = "94"
	ItemMessage      = "97"
	ItemPDate        = "98"
	ItemPublicNote   = "108"
	ItemThisYear     = "109"
	ItemLastYear     = "110"
	ItemLoanAgency   = "127"
	ItemStickyStatus = "306"
)

// Item is a copy of a title, or several bound together.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/itemObjectDescription.htm.
type Item struct {
	Head
	BibIDs   []rest.ID `json:"bibIds"`
	Barcode  Text      `json:"barcode"`
	Call     Text      `json:"callNumber"`
	Volumes  []Text    `json:"volumes"`
	CopyNo   rest.Int  `json:"copyNo"`
	Location Code      `json:"location"`
	Status   struct {
		Code
		Due Instant `json:"duedate"` // only while it is out
	} `json:"status"`
	ItemType Text `json:"itemType"` // the label of fixed field 61
	Transit  struct {
		To      Code      `json:"to"`
		ForHold rest.Bool `json:"forHold"`
	} `json:"transitInfo"`
	Holds rest.Int    `json:"holdCount"`
	Fixed FixedFields `json:"fixedFields"`

	// Never asked for: the notes of the staff are in it, and with them the names of patrons.
	VarFields rest.Ignored `json:"varFields"`
}

// CallNumber is the call number without marks of subfields.
func (i *Item) CallNumber() string { return plainCall(i.Call) }

// CheckedOut tells whether somebody has it. Its status stays as it was on the shelf; only the due date tells.
func (i *Item) CheckedOut() bool { return !i.Status.Due.at.IsZero() }

func (i *Item) moments() []moment {
	return append(i.Head.moments(), moment{"status.duedate", i.Status.Due})
}

// Numbers of the fixed fields of patrons that say more than the fields with names.
const (
	PatronCheckouts     = "48"
	PatronRenewals      = "49"
	PatronCurrent       = "50"
	PatronOverdues      = "55"
	PatronRevisions     = "85"
	PatronClaims        = "95"
	PatronPDate         = "98"
	PatronBlockedUntil  = "101"
	PatronCurrentA      = "102"
	PatronCurrentB      = "103"
	PatronUse           = "104"
	PatronPenalty       = "105"
	PatronILL           = "122"
	PatronDebit         = "123" // in hundredths, as 96 is
	PatronCurrentC      = "124"
	PatronCurrentD      = "125"
	PatronAgency        = "158"
	PatronLastActivity  = "163"
	PatronLanguage      = "263"
	PatronNotices       = "268"
	PatronRegistrations = "269"
	PatronRegistered    = "270"
	PatronAttended      = "271"
	PatronWaitlists     = "297"
)

// Patron is a user of the library.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/patronAPI.htm.
type Patron struct {
	Head
	Type  rest.Int `json:"patronType"`
	Codes struct {
		P1 Text `json:"pcode1"`
		P2 Text `json:"pcode2"`
		P3 Text `json:"pcode3"`
		P4 Text `json:"pcode4"`
	} `json:"patronCodes"`
	HomeCode  Text        `json:"homeLibraryCode"`
	Home      Code        `json:"homeLibrary"`
	Expires   Instant     `json:"expirationDate"`
	Message   Message     `json:"message"`
	Block     Block       `json:"blockInfo"`
	AutoBlock Block       `json:"autoBlockInfo"`
	Owed      rest.Number `json:"moneyOwed"` // in major units, unlike fixed field 96
	PMessage  Text        `json:"pMessage"`
	LangPref  Text        `json:"langPref"`
	Fixed     FixedFields `json:"fixedFields"`

	// Never asked for: names, addresses and the notes of the staff are in it.
	VarFields rest.Ignored `json:"varFields"`

	// Personal data, which comes only if it is asked for.
	Names     []Text    `json:"names"`
	Barcodes  []Text    `json:"barcodes"`
	Emails    []Text    `json:"emails"`
	UniqueIDs []Text    `json:"uniqueIds"`
	Born      Instant   `json:"birthDate"`
	Addresses []Address `json:"addresses"`
	Phones    []Phone   `json:"phones"`
}

// Message is what the desk is to tell a patron.
type Message struct {
	Code  Text   `json:"code"`
	Texts []Text `json:"accountMessages"`
}

// Block says why a patron may not borrow; its code is "-" where nothing stands in the way.
type Block struct {
	Code  Text    `json:"code"`
	Until Instant `json:"until"`
}

// Address is a postal address.
type Address struct {
	Lines []Text `json:"lines"`
	Type  Text   `json:"type"` // a or h
}

// Phone is a telephone number.
type Phone struct {
	Number Text `json:"number"`
	Type   Text `json:"type"` // t, p or o
}

func (p *Patron) moments() []moment {
	return append(p.Head.moments(), moment{"expirationDate", p.Expires}, moment{"birthDate", p.Born},
		moment{"blockInfo.until", p.Block.Until}, moment{"autoBlockInfo.until", p.AutoBlock.Until})
}

// Checkout is a loan that runs.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/checkoutObjectDescription.htm.
type Checkout struct {
	Address  rest.ID  `json:"id"` // an address, as are Patron and Item
	Patron   rest.ID  `json:"patron"`
	Item     rest.ID  `json:"item"`
	Barcode  Text     `json:"barcode"` // of the item
	Call     Text     `json:"callNumber"`
	Renewals rest.Int `json:"numberOfRenewals"`
	Out      Instant  `json:"outDate"`
	Due      Instant  `json:"dueDate"`
	Recalled Instant  `json:"recallDate"`
}

// CallNumber is the call number without marks of subfields.
func (c *Checkout) CallNumber() string { return plainCall(c.Call) }

func (c *Checkout) id() string { return c.Address.Last() }

func (c *Checkout) moments() []moment {
	return []moment{{"outDate", c.Out}, {"dueDate", c.Due}, {"recallDate", c.Recalled}}
}

// Hold is a patron's wish for a title or a copy.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/holdObjectDescription.htm.
type Hold struct {
	Address     rest.ID   `json:"id"` // an address, as are Record and Patron
	Record      rest.ID   `json:"record"`
	RecordType  Text      `json:"recordType"` // b: a title; i: a copy; j: a volume
	Patron      rest.ID   `json:"patron"`
	Frozen      rest.Bool `json:"frozen"`
	Placed      Instant   `json:"placed"`
	NotBefore   Instant   `json:"notWantedBeforeDate"`
	NotAfter    Instant   `json:"notNeededAfterDate"`
	PickupBy    Instant   `json:"pickupByDate"`
	Location    Code      `json:"location"`
	Pickup      Code      `json:"pickupLocation"`
	Status      Code      `json:"status"` // 0, i, b, j or t; each library words the names itself
	Priority    rest.Int  `json:"priority"`
	QueueLength rest.Int  `json:"priorityQueueLength"`
	Note        Text      `json:"note"`

	// Never asked for: it makes the list slow before Sierra 5.6.
	CanFreeze rest.Ignored `json:"canFreeze"`
}

func (h *Hold) id() string { return h.Address.Last() }

func (h *Hold) moments() []moment {
	return []moment{{"placed", h.Placed}, {"notWantedBeforeDate", h.NotBefore}, {"notNeededAfterDate", h.NotAfter}, {"pickupByDate", h.PickupBy}}
}

// Fine is a charge that a patron has not paid in full. Amounts are exact, in major units.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/fineObjectDescription.htm.
type Fine struct {
	Address     rest.ID     `json:"id"` // an address, as are Patron and Item
	Patron      rest.ID     `json:"patron"`
	Item        rest.ID     `json:"item"` // empty for manual charges
	Assessed    Instant     `json:"assessedDate"`
	Description Text        `json:"description"`
	Invoice     rest.ID     `json:"invoiceNumber"`
	Charge      Code        `json:"chargeType"`
	ItemCharge  rest.Number `json:"itemCharge"`
	Processing  rest.Number `json:"processingFee"`
	Billing     rest.Number `json:"billingFee"`
	Paid        rest.Number `json:"paidAmount"`
	Location    Code        `json:"location"`
	Method      Text        `json:"creationMethod"`
	DatePaid    Instant     `json:"datePaid"`
	Transferred Instant     `json:"transferDate"`
	Returned    Instant     `json:"returnDate"`
	PrintBill   rest.Bool   `json:"printBill"`
	Terminal    Text        `json:"terminalNumber"`

	// Personal data, which comes only if it is asked for, as does Patron.
	Original rest.ID `json:"originalPatron"` // who owed it first; a number or an address
	Initials Text    `json:"initials"`       // of whoever of the staff charged it
}

// Owed is what remains to be paid: item charge, processing fee and billing fee less what was paid. The API has no
// field for it. It is empty where there is no charge at all.
func (f *Fine) Owed() rest.Number {
	if charged, ok := sum(f.ItemCharge, f.Processing, f.Billing); ok {
		owed, _ := sum(charged, minus(f.Paid))
		return owed
	}
	return ""
}

func (f *Fine) id() string { return f.Address.Last() }

func (f *Fine) moments() []moment {
	return []moment{{"assessedDate", f.Assessed}, {"datePaid", f.DatePaid}, {"transferDate", f.Transferred}, {"returnDate", f.Returned}}
}
