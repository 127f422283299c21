package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/exporters"
	"github.com/reportjob/reportjob/jobs"
)

// sierraAbroad is what nobody documents about invoices.
const sierraAbroad = " Amounts are in major units; whether those of an invoice in a foreign currency are in that or in the library's is documented nowhere."

func sierraOrders(c *sierra.Client) jobs.Job {
	type order = sierra.Order
	info := sierraRecordsInfo(jobs.Info{
		Name: "sierra-orders", Title: "Orders",
		Summary: []exporters.Block{
			total("Estimated price", "estimated_price"), most("Vendors with the most orders", "vendor", "", ""), most("Vendors by estimated price", "vendor", "", "estimated_price"),
		},
		About:      "A row for each order, with the funds that it is charged to.",
		Endpoint:   sierra.OrdersPath,
		Scope:      sierra.OrdersRole,
		Page:       sierraReference + "zObjects/orderObject.htm",
		Parameters: []jobs.Parameter{sierraMade, sierraSuppressed, sierraFields},
	})
	fixed := func(number string) func(*sierraRow[order]) string {
		return of(func(o *order) string { return o.Fixed.Text(number) })
	}
	return sierraJob(info, c.Orders, columns(jobs.Columns[sierraRow[order]]{
		jobs.Code("id", "The record's number, without the letter o and without a check digit.", of(func(o *order) string { return o.ID.Last() })),
		jobs.List("bib_ids", "The numbers of the titles that are ordered.", idsOf(func(o *order) []rest.ID { return o.Bibs })).From("bibs"),
		jobs.List("vendor_titles", "What the vendor calls them.", of(func(o *order) []string { return sierraTexts(o.VendorTitles) })).From("vendorTitles"),
		jobs.Code("vendor", "The code of the vendor.", textOf(func(o *order) sierra.Text { return o.Vendor })).From("vendorRecordCode"),
		jobs.Text("acquisition_type", "The code of the way in which it is got, such as p for purchase.", fixed(sierra.OrderType)).From("fixedFields.1.value"),
		jobs.Text("location", "The code of the location that it is for.", fixed(sierra.OrderLocation)).From("fixedFields.2.value"),
	}, sierraWhen("ordered", "it was ordered", "orderDate", func(o *order) sierra.Instant { return o.Ordered }), jobs.Columns[sierraRow[order]]{
		jobs.Money("estimated_price", "What it will cost, as the library expects.", amountOf(func(o *order) rest.Number { return o.Price })).In(sierraCurrency).From("estimatedPrice"),
		jobs.Int("copies", "How many copies are charged to funds, all together.", maybe(sierraOrderCopies)).In("copies").From("chargedFunds[].copies"),
		jobs.List("funds", "The numbers of the funds that pay for it, in the order in which the staff sees them: code_number of sierra-funds.",
			of(sierraCharged(func(f *sierra.ChargedFund) string { return f.Fund.Last() }))).From("chargedFunds[].fund"),
		jobs.List("fund_accounting_units", "The accounting units of these funds, in the same order; a hyphen stands for none.", of(sierraCharged(sierraFundUnit))).From("chargedFunds[].fund"),
		jobs.List("fund_copies", "How many copies each of them pays for, in the same order; a hyphen stands for none.", of(sierraCharged(sierraFundCopies))).From("chargedFunds[].copies"),
		jobs.List("fund_locations", "The codes of the locations that each of them pays for, in the same order; a hyphen stands for none.",
			of(sierraCharged(func(f *sierra.ChargedFund) string { return string(f.Location.Code) }))).From("chargedFunds[].location.code"),
		jobs.List("fund_location_names", "These locations, in the same order; a hyphen stands for none.", of(sierraCharged(func(f *sierra.ChargedFund) string { return f.Location.Label() }))).From("chargedFunds[].location.name"),
		jobs.Code("accounting_unit", "The number of the accounting unit.", of(func(o *order) string { return string(o.AccountingUnit) })).From("accountingUnit"),
	}, sierraHead(func(o *order) *sierra.Head { return &o.Head })))
}

// sierraCharged takes one thing of each fund that an order is charged to.
func sierraCharged(get func(*sierra.ChargedFund) string) func(*sierra.Order) []string {
	return func(o *sierra.Order) []string {
		funds := slices.Clone(o.Funds)
		slices.SortStableFunc(funds, func(a, b sierra.ChargedFund) int { return cmp.Compare(a.Order.Or(0), b.Order.Or(0)) })
		list := make([]string, len(funds))
		for i := range funds {
			list[i] = orHyphen(get(&funds[i]))
		}
		return list
	}
}

func sierraFundCopies(f *sierra.ChargedFund) string {
	if n, ok := f.Copies.Get(); ok {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// sierraFundUnit is the accounting unit in the address of a fund, …/orders/funds/{unit}/{number}.
func sierraFundUnit(f *sierra.ChargedFund) string {
	parent, _, found := cutLast(strings.TrimRight(string(f.Fund), "/"), "/")
	if !found {
		return ""
	}
	return rest.ID(parent).Last()
}

// cutLast cuts at the last separator.
func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

func sierraOrderCopies(o *sierra.Order) (sum int64, ok bool) {
	for _, f := range o.Funds {
		if n, has := f.Copies.Get(); has {
			sum, ok = sum+n, true
		}
	}
	return sum, ok
}

// sierraInvoicesInfo fills what the reports on invoices have in common.
func sierraInvoicesInfo(info jobs.Info) jobs.Info {
	info.API, info.Every = "sierra", jobs.PreviousDay
	info.About += " Invoices whose last update, which may be their creation, lies in the window: the API does not tell when that was. With the window now, all of them." + sierraAbroad
	info.Limits = sierraCalm
	info.Scope = sierra.InvoicesRole + ", and SIERRA_LOGIN"
	info.Page = sierraReference + "zAPIs/invoiceAPI.htm"
	info.Parameters = []jobs.Parameter{
		{Name: "invNum", Values: "the vendor's number, with * for any ending", Meaning: "only these invoices"},
		{Name: "statusCode", Values: "s, f, 1 to 6, C, parted by commas", Meaning: "only invoices of this status"},
		{Name: "invoiceDate", Values: "a range such as [2026-11-01T00:00:00Z,2026-11-30T23:59:59Z]", Meaning: "only invoices of that date"},
		sierraMade, sierraSuppressed, sierraAgency,
	}
	return info
}

func sierraInvoices(c *sierra.Client) jobs.Job {
	type invoice = sierra.Invoice
	info := sierraInvoicesInfo(jobs.Info{
		Name: "sierra-invoices", Title: "Invoices",
		Summary: []exporters.Block{
			total("Grand total", "grand_total"), each("Invoices by status", "status", "", ""),
			{Title: "Grand total over time", By: "invoiced", Every: exporters.Day, Sum: "grand_total", Chart: exporters.Lines},
		},
		About:    "A row for each invoice.",
		Endpoint: sierra.InvoicesPath,
		Paging:   "ranges of ids, 2,000 records a page, to a short page; the API's total counts one page and is not used",
	})
	info.Parameters = append(info.Parameters, sierraFields)
	return sierraJob(info, sierraStaff(c, c.Invoices), columns(sierraInvoiceHead("", func(i *invoice) *invoice { return i }), sierraInvoiceAmounts()))
}

// sierraInvoiceHead are the columns that say which invoice it is. With a line, their names have a prefix.
func sierraInvoiceHead[T any](prefix string, get func(*T) *sierra.Invoice) jobs.Columns[sierraRow[T]] {
	return columns(jobs.Columns[sierraRow[T]]{
		jobs.Code(prefix+"id", "The number of the invoice's record.", of(func(r *T) string { return get(r).ID.Last() })).From("id"),
		jobs.Code(prefix+"number", "The number that the vendor gave the invoice.", textOf(func(r *T) sierra.Text { return get(r).Number })).From("invNum"),
		jobs.Code(prefix+"status", "The code of the invoice's status, such as C for complete.", textOf(func(r *T) sierra.Text { return get(r).Status })).From("statusCode"),
	},
		sierraWhen("invoiced", "the vendor made out the invoice", "invDate", func(r *T) sierra.Instant { return get(r).Date }),
		sierraWhen("paid", "the invoice was paid", "paidDate", func(r *T) sierra.Instant { return get(r).Paid }),
		jobs.Columns[sierraRow[T]]{
			jobs.Code("currency", "The code of the invoice's currency, if it is a foreign one.", textOf(func(r *T) sierra.Text { return get(r).Currency.Code })).From("forCurrency.code"),
		})
}

func sierraInvoiceAmounts() jobs.Columns[sierraRow[sierra.Invoice]] {
	type invoice = sierra.Invoice
	money := func(name, meaning, field string, get func(*invoice) rest.Number) jobs.Column[sierraRow[invoice]] {
		return jobs.Money(name, meaning, amountOf(get)).In(sierraCurrency).From(field)
	}
	return jobs.Columns[sierraRow[invoice]]{
		jobs.Decimal("currency_rate", "The rate of exchange that the library entered.", amountOf(func(i *invoice) rest.Number { return i.Currency.Rate })).From("forCurrency.rate"),
		jobs.Text("currency_format", "How amounts of that currency are written.", textOf(func(i *invoice) sierra.Text { return i.Currency.Format })).From("forCurrency.format"),
		money("subtotal", "The sum of the lines.", "invTotal.subTotal", func(i *invoice) rest.Number { return i.Total.Sub }),
		money("shipping", "What the delivery costs.", "invTotal.shipping", func(i *invoice) rest.Number { return i.Total.Shipping }),
		money("tax", "The tax.", "invTotal.tax", func(i *invoice) rest.Number { return i.Total.Tax }),
		money("discount_or_service", "The discount, or what the vendor's service costs.", "invTotal.discountOrService", func(i *invoice) rest.Number { return i.Total.Discount }),
		money("grand_total", "What is to be paid.", "invTotal.grandTotal", func(i *invoice) rest.Number { return i.Total.Grand }),
		jobs.Code("tax_type", "The code of the way in which the tax is reckoned.", textOf(func(i *invoice) sierra.Text { return i.TaxType })).From("taxType"),
		jobs.Code("use_tax_fund", "The fund that pays the use tax.", textOf(func(i *invoice) sierra.Text { return i.UseTax.Fund })).From("useTax.useTaxFund"),
		jobs.Decimal("use_tax_rate", "The rate of the use tax.", amountOf(func(i *invoice) rest.Number { return i.UseTax.Rate })).In("percent").From("useTax.percentageRate"),
		jobs.List("vendors", "The codes of the vendors.", of(sierraInvoiceVendors(func(v *sierra.InvoiceVendor) string { return string(v.Code) }))).From("vendors[].vendorCode"),
		jobs.List("vouchers", "The numbers of the vouchers, in the same order; a hyphen stands for none.", of(sierraInvoiceVendors(func(v *sierra.InvoiceVendor) string { return v.Voucher.Last() }))).From("vendors[].voucherNum"),
		jobs.List("voucher_totals", "The sums of the vouchers, in the same order; a hyphen stands for none. They are whole numbers, probably of hundredths; no page of the vendor says so.",
			of(sierraInvoiceVendors(sierraVoucherTotal))).From("vendors[].voucherTotal"),
		jobs.List("line_ids", "The numbers of its lines.", idsOf(func(i *invoice) []rest.ID {
			if i.Lines == nil {
				return nil
			}
			return *i.Lines
		})).From("lineItems"),
		jobs.Code("accounting_unit", "The number of the accounting unit.", of(func(i *invoice) string { return string(i.AccountingUnit) })).From("accountingUnit"),
	}
}

// sierraInvoiceVendors takes one thing of each vendor of an invoice.
func sierraInvoiceVendors(get func(*sierra.InvoiceVendor) string) func(*sierra.Invoice) []string {
	return func(i *sierra.Invoice) []string {
		list := make([]string, len(i.Vendors))
		for n := range i.Vendors {
			list[n] = orHyphen(get(&i.Vendors[n]))
		}
		return list
	}
}

func sierraVoucherTotal(v *sierra.InvoiceVendor) string {
	if n, ok := v.Total.Get(); ok {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

func sierraInvoiceLines(c *sierra.Client) jobs.Job {
	type line = sierra.InvoicedLine
	info := sierraInvoicesInfo(jobs.Info{
		Name: "sierra-invoice-lines", Title: "Lines of invoices",
		Summary:  []exporters.Block{total("Paid", "paid_amount"), most("Funds by what was paid", "fund", "", "paid_amount"), most("Vendors by what was paid", "vendor", "", "paid_amount")},
		About:    "A row for each line of each invoice.",
		Endpoint: sierra.InvoiceLinesPath,
		Paging:   "invoices in ranges of ids, 2,000 a page; the lines of each come in one answer, and are held against the number of lines that the invoice names",
		Costly:   "One request for each invoice.",
	})
	info.Parameters = append(info.Parameters, sierraPersonal)
	return sierraJob(info, sierraStaff(c, c.InvoiceLines), columns(jobs.Columns[sierraRow[line]]{
		jobs.Code("id", "The number of the line.", of(func(l *line) string { return l.ID.Last() })),
	}, sierraInvoiceHead("invoice_", func(l *line) *sierra.Invoice { return &l.On }), sierraLineAmounts()))
}

func sierraLineAmounts() jobs.Columns[sierraRow[sierra.InvoicedLine]] {
	type line = sierra.InvoicedLine
	money := func(name, meaning, field string, get func(*line) rest.Number) jobs.Column[sierraRow[line]] {
		return jobs.Money(name, meaning, amountOf(get)).In(sierraCurrency).From(field)
	}
	return columns(jobs.Columns[sierraRow[line]]{
		jobs.Code("order_id", "The number of the order.", of(func(l *line) string { return l.Order.Last() })).From("order"),
		jobs.Text("title", "What was bought.", textOf(func(l *line) sierra.Text { return l.Title })),
		jobs.Code("vendor", "The code of the vendor.", textOf(func(l *line) sierra.Text { return l.Vendor })),
		jobs.Code("fund", "The fund that pays for it.", textOf(func(l *line) sierra.Text { return l.Fund })),
		jobs.Int("sub_fund", "The number of the part of the fund.", countOf(func(l *line) rest.Int { return l.SubFund })).From("subFund"),
		jobs.Int("external_fund", "The number of the fund outside of the library.", countOf(func(l *line) rest.Int { return l.ExternalFund })).From("externalFund"),
		jobs.Int("copies", "How many copies.", countOf(func(l *line) rest.Int { return l.Copies })).In("copies").From("noOfCopies"),
		money("list_price", "What the vendor's list says.", "listPrice", func(l *line) rest.Number { return l.ListPrice }),
		money("paid_amount", "What was paid.", "paidAmount", func(l *line) rest.Number { return l.InvoiceLine.Paid }),
		money("lien_amount", "What had been set aside for it.", "lienAmount", func(l *line) rest.Number { return l.Lien }),
		jobs.Int("lien_flag", "The API's number for what becomes of that sum.", countOf(func(l *line) rest.Int { return l.LienFlag })).From("lienFlag"),
		money("tax", "The tax.", "tax", func(l *line) rest.Number { return l.Tax }),
		jobs.Bool("use_tax", "Whether use tax is due.", maybe(func(l *line) (bool, bool) { return l.UseTax.Get() })).From("useTax"),
		jobs.Text("order_status", "The code of the order's status, such as a for fully paid.", textOf(func(l *line) sierra.Text { return l.OrderStatus })).From("orderStatus"),
		jobs.Text("multi_flag", "The code of the multi flag, as Sierra calls it; a hyphen is none.", textOf(func(l *line) sierra.Text { return l.MultiFlag })).From("multiFlag"),
	},
		sierraWhen("subscription_starts", "the subscription begins", "subStartingDate", func(l *line) sierra.Instant { return l.Starts }),
		sierraWhen("subscription_ends", "the subscription ends", "subEndingDate", func(l *line) sierra.Instant { return l.Ends }),
		jobs.Columns[sierraRow[line]]{
			jobs.Text("note", "What somebody of the staff wrote, which may name who wanted it bought.", textOf(func(l *line) sierra.Text { return l.Note })).From("lineItemNote").Personal(),
		})
}

func sierraFunds(c *sierra.Client) jobs.Job {
	type fund = sierra.Fund
	info := jobs.Info{
		Name: "sierra-funds", Title: "Funds", API: "sierra",
		About:    "A row for each fund. The API tells what funds are called, and not what is left in them.",
		Endpoint: sierra.FundsPath,
		Scope:    sierra.FundsRole + ", and SIERRA_LOGIN",
		Paging:   "none: the whole answer at once, without a total",
		Limits:   sierraCalm,
		Page:     sierraReference + "zObjects/fundObject.htm",
		Every:    jobs.Now,
		Parameters: []jobs.Parameter{
			{Name: "code", Values: "codes of funds, parted by commas", Meaning: "only these funds"},
			{Name: "fundType", Values: "fbal, oldfbal, fprevbal", Meaning: "which of the system's lists of funds"},
			sierraFields,
		},
	}
	return sierraJob(info, sierraStaff(c, c.Funds), jobs.Columns[sierraRow[fund]]{
		jobs.Code("code", "The fund's code.", textOf(func(f *fund) sierra.Text { return f.Code })),
		jobs.Code("code_number", "The fund's number, by which orders name it.", of(func(f *fund) string { return string(f.Number) })).From("codeNumber"),
		jobs.Code("accounting_unit", "The number of the accounting unit.", of(func(f *fund) string { return string(f.AccountingUnit) })).From("accountingUnitCodeNumber"),
		jobs.Text("name", "The fund's name.", textOf(func(f *fund) sierra.Text { return f.Name })).From("fundName"),
		jobs.Text("fund_type", "From which of the system's lists of funds it is: fbal, oldfbal or fprevbal.", textOf(func(f *fund) sierra.Text { return f.Type })).From("fundType"),
		jobs.Int("external_code", "The number of the fund outside of the library.", countOf(func(f *fund) rest.Int { return f.ExternalCode })).From("extCode"),
		jobs.Text("external_name", "The name of the fund outside of the library.", textOf(func(f *fund) sierra.Text { return f.ExternalName })).From("extFundName"),
		jobs.Text("note_1", "What the staff wrote about the fund.", textOf(func(f *fund) sierra.Text { return f.Note1 })).From("note1"),
		jobs.Text("note_2", "What else the staff wrote about it.", textOf(func(f *fund) sierra.Text { return f.Note2 })).From("note2"),
	})
}

func sierraVendors(c *sierra.Client) jobs.Job {
	type vendor = sierra.Vendor
	info := jobs.Info{
		Name: "sierra-vendors", Title: "Vendors", API: "sierra",
		About:    "A row for each house that the library buys from.",
		Endpoint: sierra.VendorsPath,
		Scope:    sierra.VendorsRole + ", and SIERRA_LOGIN",
		Paging:   "limit and offset, 2,000 rows a page, each of which begins with the last 20 of the page before it; read again if rows went missing",
		Limits:   sierraCalm,
		Page:     sierraReference + "zObjects/vendorObjectDescription.htm",
		Every:    jobs.Now,
		Parameters: []jobs.Parameter{
			{Name: "code", Values: "codes of vendors, parted by commas", Meaning: "only these vendors"},
			{Name: "id", Values: "record numbers, parted by commas", Meaning: "only these vendors"},
			sierraMade,
			{Name: "updatedDate", Values: "a range such as [2026-11-01T00:00:00Z,]", Meaning: "only vendors whose record was changed then"},
			sierraSuppressed, sierraFields,
		},
	}
	text := func(name, meaning, field string, get func(*vendor) sierra.Text) jobs.Column[sierraRow[vendor]] {
		return jobs.Text(name, meaning, textOf(get)).From(field)
	}
	return sierraJob(info, sierraStaff(c, c.Vendors), jobs.Columns[sierraRow[vendor]]{
		jobs.Code("id", "The record's number.", of(func(v *vendor) string { return v.ID.Last() })),
		jobs.Code("code", "The vendor's code, by which orders and invoices name it.", textOf(func(v *vendor) sierra.Text { return v.Code })),
		text("name", "The vendor's name.", "vendorName", func(v *vendor) sierra.Text { return v.Name }),
		text("address_1", "The first part of the vendor's address.", "address1", func(v *vendor) sierra.Text { return v.Address1 }),
		text("address_2", "The second part of the vendor's address.", "address2", func(v *vendor) sierra.Text { return v.Address2 }),
		text("contact", "Whom to talk to at the vendor's.", "contact", func(v *vendor) sierra.Text { return v.Contact }),
		text("email", "The vendor's e-mail address.", "email", func(v *vendor) sierra.Text { return v.Email }),
		jobs.Code("phone", "The vendor's telephone number.", textOf(func(v *vendor) sierra.Text { return v.Phone })),
		jobs.Code("account_number", "The library's account with the vendor.", textOf(func(v *vendor) sierra.Text { return v.Account })).From("acctNum"),
		text("discount", "The vendor's discount, as the API writes it.", "discount", func(v *vendor) sierra.Text { return sierra.Text(v.Discount) }),
		jobs.Code("accounting_unit", "The number of the accounting unit.", of(func(v *vendor) string { return string(v.AccountingUnit) })).From("accountingUnit"),
	})
}
