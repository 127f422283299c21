package sierra

import (
	"context"
	"iter"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// InvoiceLinesPath is where the lines of one invoice are.
const InvoiceLinesPath = InvoicesPath + "/{id}/lineItems"

const lineFields = "id,invoice,order,paidAmount,lienAmount,lienFlag,listPrice,fund,subFund,noOfCopies,externalFund,orderStatus," +
	"useTax,title,multiFlag,vendor,subStartingDate,subEndingDate,tax"

// lineNote may name who wanted something bought.
const lineNote = ",lineItemNote"

// invoices have no parameter "deleted".
var invoices = list{path: InvoicesPath, role: InvoicesRole, fields: invoiceFields, login: true}

// InvoiceLine is one line of an invoice. Its amounts are in major units.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/invoiceAPI.htm.
type InvoiceLine struct {
	ID           rest.ID     `json:"id"` // an address or a number, as are Invoice and Order
	Invoice      rest.ID     `json:"invoice"`
	Order        rest.ID     `json:"order"`
	Title        Text        `json:"title"`
	Vendor       Text        `json:"vendor"`
	Fund         Text        `json:"fund"`
	SubFund      rest.Int    `json:"subFund"`
	ExternalFund rest.Int    `json:"externalFund"`
	Copies       rest.Int    `json:"noOfCopies"`
	ListPrice    rest.Number `json:"listPrice"`
	Paid         rest.Number `json:"paidAmount"`
	Lien         rest.Number `json:"lienAmount"`
	LienFlag     rest.Int    `json:"lienFlag"`
	Tax          rest.Number `json:"tax"`
	UseTax       rest.Bool   `json:"useTax"`
	OrderStatus  Text        `json:"orderStatus"`
	MultiFlag    Text        `json:"multiFlag"`
	Note         Text        `json:"lineItemNote"`    // comes only if personal data is asked for
	Starts       Instant     `json:"subStartingDate"` // of a subscription
	Ends         Instant     `json:"subEndingDate"`
}

func (l *InvoiceLine) moments() []moment {
	return []moment{{"subStartingDate", l.Starts}, {"subEndingDate", l.Ends}}
}

// InvoicedLine is a line with the invoice that it stands on.
type InvoicedLine struct {
	InvoiceLine
	On Invoice
}

// InvoiceLines reads the lines of all invoices that the query wants, with a request for each of them. Role:
// Invoices_Read, and a login. See https://techdocs.iii.com/sierraapi/Content/zAPIs/invoiceAPI.htm.
func (c *Client) InvoiceLines(ctx context.Context, q Query, p Progress) iter.Seq2[InvoicedLine, error] {
	return func(yield func(InvoicedLine, error) bool) {
		w := &lineWalk{client: c, progress: p, fields: lineFields}
		if q.Personal {
			w.fields += lineNote
		}
		for invoice, err := range c.Invoices(ctx, q, p) {
			if err != nil {
				yield(InvoicedLine{}, err)
				return
			}
			lines, err := w.of(ctx, &invoice)
			if err != nil {
				yield(InvoicedLine{}, err)
				return
			}
			for _, line := range lines {
				if !yield(InvoicedLine{line, invoice}, nil) {
					return
				}
			}
		}
		if !w.doubtful {
			p.Complete("%s: each of %d invoices gave all the lines that it names (rows: %d)", InvoiceLinesPath, w.invoices, w.rows)
		}
	}
}

// lineWalk reads the lines of one invoice after the other.
type lineWalk struct {
	client         *Client
	progress       Progress
	fields         string
	invoices, rows int
	doubtful       bool // an invoice may have more lines than it gave
}

func (w *lineWalk) of(ctx context.Context, invoice *Invoice) ([]InvoiceLine, error) {
	l := list{path: InvoicesPath + "/" + url.PathEscape(invoice.ID.Last()) + "/lineItems", role: InvoicesRole, fields: w.fields, login: true}
	var page answer[InvoiceLine]
	err := w.client.rest.Get(ctx, l.path, l.parameters(w.client, nil), &page)
	gone := NothingFound(err)
	switch {
	case gone:
		page.Entries = &[]InvoiceLine{}
	case err != nil:
		return nil, l.hinted(err)
	case page.Entries == nil:
		return nil, unexpected(l.path, "the answer has no entries")
	}
	lines := *page.Entries
	for i := range lines {
		if lines[i].ID.Last() == "" {
			return nil, unexpected(l.path, "entries[%d] has no id", i)
		}
		if err := checkMoments(lines[i].moments()); err != nil {
			return nil, unexpected(l.path, "entries[%d]: %v", i, err)
		}
	}
	w.invoices, w.rows = w.invoices+1, w.rows+len(lines)
	w.judge(invoice, len(lines), int(page.Total.Or(0)), gone)
	return lines, nil
}

// judge holds the lines that came against those that the invoice names, and against the total of the answer.
func (w *lineWalk) judge(invoice *Invoice, got, total int, gone bool) {
	named := 0
	if invoice.Lines != nil {
		named = len(*invoice.Lines)
	}
	switch {
	case gone && named > 0:
		w.progress.Unproven("invoice %s names %d lines, and a moment later the API knew neither them nor it", invoice.ID, named)
	case got < max(named, total):
		w.progress.Truncated("invoice %s has %d lines and gave %d", invoice.ID, max(named, total), got)
	case invoice.Lines == nil && looksCut(got):
		w.progress.Unproven("invoice %s gave %d lines and does not say how many it has; a round number may be where the server cuts", invoice.ID, got)
	default:
		return
	}
	w.doubtful = true
}
