package sierra

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths of lists about what the library buys, and the roles that the API key needs for them. All but that of orders want
// the login name of somebody of the staff besides the key.
const (
	OrdersPath   = "/orders"
	InvoicesPath = "/invoices"
	FundsPath    = "/funds"
	VendorsPath  = "/vendors"

	OrdersRole   = "Orders_Read"
	InvoicesRole = "Invoices_Read"
	FundsRole    = "Funds_Read"
	VendorsRole  = "Vendors_Read"
)

const (
	orderFields = "id,updatedDate,createdDate,deleted,suppressed,accountingUnit,estimatedPrice,vendorRecordCode,orderDate," +
		"chargedFunds,vendorTitles,bibs,fixedFields"
	invoiceFields = "id,accountingUnit,invDate,paidDate,invNum,taxType,vendors,forCurrency,invTotal,useTax,lineItems,statusCode"
	fundFields    = "code,codeNumber,accountingUnitCodeNumber,fundName,note1,note2,extCode,extFundName,fundType"
	vendorFields  = "id,accountingUnit,code,vendorName,address1,address2,contact,email,phone,acctNum,discount"
)

// Numbers of the fixed fields of orders whose meaning is known.
const (
	OrderType     = "1"
	OrderLocation = "2"
)

// Order is something that the library ordered.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/orderObject.htm.
type Order struct {
	Head
	AccountingUnit rest.ID       `json:"accountingUnit"`
	Price          rest.Number   `json:"estimatedPrice"` // in major units
	Vendor         Text          `json:"vendorRecordCode"`
	Ordered        Instant       `json:"orderDate"`
	Funds          []ChargedFund `json:"chargedFunds"`
	VendorTitles   []Text        `json:"vendorTitles"`
	Bibs           []rest.ID     `json:"bibs"` // addresses
	Fixed          FixedFields   `json:"fixedFields"`

	// Never asked for: the notes of the staff are in it, and with them the names of those who wanted something bought.
	VarFields rest.Ignored `json:"varFields"`
}

func (o *Order) moments() []moment { return append(o.Head.moments(), moment{"orderDate", o.Ordered}) }

// ChargedFund is the part of an order that one fund pays for.
type ChargedFund struct {
	Order    rest.Int `json:"displayOrder"`
	Fund     rest.ID  `json:"fund"` // an address that ends in the accounting unit and the number of the fund
	Copies   rest.Int `json:"copies"`
	Location Code     `json:"location"`
}

// Orders reads orders in the order of their ids. Role: Orders_Read.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/orderObject.htm.
func (c *Client) Orders(ctx context.Context, q Query, p Progress) iter.Seq2[Order, error] {
	return records[Order](ctx, c, list{path: OrdersPath, role: OrdersRole, fields: orderFields, deleted: living}, q, p)
}

// Invoice is what a vendor wants to be paid. Its amounts are in major units.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/invoiceObjectDescription.htm.
type Invoice struct {
	ID             rest.ID         `json:"id"`
	AccountingUnit rest.ID         `json:"accountingUnit"`
	Date           Instant         `json:"invDate"`
	Paid           Instant         `json:"paidDate"`
	Number         Text            `json:"invNum"` // the vendor's
	Status         Text            `json:"statusCode"`
	TaxType        Text            `json:"taxType"`
	Vendors        []InvoiceVendor `json:"vendors"`
	Currency       struct {
		Code   Text        `json:"code"`
		Rate   rest.Number `json:"rate"`
		Format Text        `json:"format"`
	} `json:"forCurrency"` // if it is a foreign one
	Total struct {
		Sub      rest.Number `json:"subTotal"`
		Shipping rest.Number `json:"shipping"`
		Tax      rest.Number `json:"tax"`
		Discount rest.Number `json:"discountOrService"`
		Grand    rest.Number `json:"grandTotal"`
	} `json:"invTotal"`
	UseTax struct {
		Fund Text        `json:"useTaxFund"`
		Rate rest.Number `json:"percentageRate"`
	} `json:"useTax"`
	Lines *[]rest.ID `json:"lineItems"` // addresses
}

// InvoiceVendor is one of the vendors of an invoice.
type InvoiceVendor struct {
	Code    Text     `json:"vendorCode"`
	Voucher rest.ID  `json:"voucherNum"`
	Total   rest.Int `json:"voucherTotal"` // a whole number; of which unit, nobody documents
}

func (i *Invoice) number() rest.ID { return i.ID }

func (i *Invoice) moments() []moment { return []moment{{"invDate", i.Date}, {"paidDate", i.Paid}} }

// belongs takes the API's word: invoices do not say when they were updated.
func (i *Invoice) belongs(Query) (bool, error) { return true, nil }

// Invoices reads invoices in the order of their ids. Role: Invoices_Read, and a login.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/invoiceAPI.htm.
func (c *Client) Invoices(ctx context.Context, q Query, p Progress) iter.Seq2[Invoice, error] {
	return records[Invoice](ctx, c, invoices, q, p)
}

// Fund is money that is set aside for something.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/fundObject.htm.
type Fund struct {
	Code           Text     `json:"code"`
	Number         rest.ID  `json:"codeNumber"`
	AccountingUnit rest.ID  `json:"accountingUnitCodeNumber"`
	Name           Text     `json:"fundName"`
	Note1          Text     `json:"note1"`
	Note2          Text     `json:"note2"`
	ExternalCode   rest.Int `json:"extCode"`
	ExternalName   Text     `json:"extFundName"`
	Type           Text     `json:"fundType"` // fbal, oldfbal or fprevbal
}

// fundsAnswer is an object with entries, or the bare list that older versions give.
type fundsAnswer struct{ entries *[]Fund }

// UnmarshalJSON takes both shapes.
func (a *fundsAnswer) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("[")) {
		return json.Unmarshal(b, &a.entries)
	}
	var page answer[Fund]
	err := json.Unmarshal(b, &page)
	a.entries = page.Entries
	return err
}

// Funds reads the funds, which come in one answer that tells no total. Role: Funds_Read, and a login.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/fundObject.htm.
func (c *Client) Funds(ctx context.Context, q Query, p Progress) iter.Seq2[Fund, error] {
	l := list{path: FundsPath, role: FundsRole, fields: fundFields, login: true}
	return func(yield func(Fund, error) bool) {
		var page fundsAnswer
		err := c.rest.Get(ctx, l.path, l.parameters(c, q.Filter), &page)
		switch {
		case NothingFound(err):
			page.entries = &[]Fund{}
		case err != nil:
			yield(Fund{}, l.hinted(err))
			return
		case page.entries == nil:
			yield(Fund{}, unexpected(l.path, "the answer has no entries"))
			return
		}
		p.Account(c.Account())
		for i, fund := range *page.entries {
			if fund.Code == "" {
				yield(Fund{}, unexpected(l.path, "entries[%d] has no code", i))
				return
			}
			if !yield(fund, nil) {
				return
			}
		}
		if n := len(*page.entries); looksCut(n) {
			p.Unproven("%s: one answer of %d funds; it tells no total, and a round number may be where the server cuts", l.path, n)
		} else {
			p.Complete("%s: the API gives all funds in one answer (rows: %d)", l.path, n)
		}
	}
}

// Vendor is a house that the library buys from.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/vendorObjectDescription.htm.
type Vendor struct {
	ID             rest.ID `json:"id"`
	AccountingUnit rest.ID `json:"accountingUnit"`
	Code           Text    `json:"code"`
	Name           Text    `json:"vendorName"`
	Address1       Text    `json:"address1"`
	Address2       Text    `json:"address2"`
	Contact        Text    `json:"contact"`
	Email          Text    `json:"email"`
	Phone          Text    `json:"phone"`
	Account        Text    `json:"acctNum"` // the library's with the vendor
	Discount       Loose   `json:"discount"`
}

func (v *Vendor) id() string { return v.ID.Last() }

func (v *Vendor) moments() []moment { return nil }

// Vendors reads the houses that the library buys from. Role: Vendors_Read, and a login.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/vendorObjectDescription.htm.
func (c *Client) Vendors(ctx context.Context, q Query, p Progress) iter.Seq2[Vendor, error] {
	return snapshot[Vendor](ctx, c, list{path: VendorsPath, role: VendorsRole, fields: vendorFields, deleted: living, login: true}, q, p)
}
