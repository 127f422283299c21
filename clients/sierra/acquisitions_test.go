package sierra

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

// office answers paths by their ends.
func office(answers map[string]string) trips {
	return func(path string, q url.Values) (int, string) {
		for end, body := range answers {
			if strings.HasSuffix(path, end) && q.Get("login") == "acq" {
				if strings.Contains(body, `"code":1`) {
					return http.StatusNotFound, body
				}
				return http.StatusOK, body
			}
		}
		return http.StatusTeapot, ""
	}
}

// linesOn are lines from 1 to n.
func linesOn(n int) string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"id":"https://sierra.example/v6/invoices/lineItems/%d"}`, i+1)
	}
	return `"entries":[` + strings.Join(lines, ",") + `]`
}

func TestLinesOfAnInvoiceAreHeldAgainstWhatItNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		named, lines string
		rows         int
		verdict      string // of the lines; the invoices themselves are complete
		says         string
	}{
		"as many as named":             {`,"lineItems":["a/1","a/2"]`, `{` + linesOn(2) + `}`, 2, "complete", "each of 1 invoices gave all the lines"},
		"one was added meanwhile":      {`,"lineItems":["a/1"]`, `{"total":2,` + linesOn(2) + `}`, 2, "complete", "rows: 2"},
		"none, in the API's own way":   {`,"lineItems":[]`, nothing, 0, "complete", "rows: 0"},
		"fewer than named":             {`,"lineItems":["a/1","a/2","a/3"]`, `{"total":2,` + linesOn(2) + `}`, 2, "truncated", "invoice 7 has 3 lines and gave 2"},
		"fewer than the total":         {``, `{"total":51,` + linesOn(50) + `}`, 50, "truncated", "has 51 lines and gave 50"},
		"fifty, and no word of more":   {``, `{` + linesOn(50) + `}`, 50, "unproven", "gave 50 lines"},
		"nine, and no word of more":    {``, `{` + linesOn(9) + `}`, 9, "complete", "rows: 9"},
		"gone after it was listed":     {`,"lineItems":["a/1"]`, nothing, 0, "unproven", "neither them nor it"},
		"an id that is an address too": {`,"lineItems":null`, `{` + linesOn(1) + `}`, 1, "complete", "rows: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := fakeClient(office(map[string]string{"/invoices": `{"entries":[{"id":7` + c.named + `}]}`, "/invoices/7/lineItems": c.lines}), 2000)
			var p said
			ids, err := collect(client.InvoiceLines(t.Context(), Query{}, &p), func(l *InvoicedLine) string { return l.ID.Last() })
			if err != nil || len(ids) != c.rows || !strings.Contains(p.verdict, c.verdict) || !strings.Contains(p.text, c.says) {
				t.Errorf("%d rows, %s: %s: %v", len(ids), p.verdict, p.text, err)
			}
			if c.verdict != "complete" && strings.Count(p.verdict, "complete") > 1 {
				t.Errorf("the lines were called complete as well: %s", p.text)
			}
		})
	}
}

func TestFundsComeAloneOrWrapped(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(strings.Repeat(`{"code":"f"},`, 50), ",")
	for body, c := range map[string]struct {
		rows    int
		verdict string
	}{
		`[{"code":"a","codeNumber":1},{"code":"b"}]`: {2, "complete"},
		`{"entries":[{"code":"a"}]}`:                 {1, "complete"},
		`{"total":0,"entries":[]}`:                   {0, "complete"},
		`[]`:                                         {0, "complete"},
		nothing:                                      {0, "complete"},
		`[` + many + `]`:                             {50, "unproven"},
	} {
		var p said
		rows := 0
		for _, err := range fakeClient(office(map[string]string{"/funds": body}), 2000).Funds(t.Context(), Query{}, &p) {
			if err != nil {
				t.Fatalf("%.60s: %v", body, err)
			}
			rows++
		}
		if rows != c.rows || p.verdict != c.verdict {
			t.Errorf("%.60s: %d rows, %s", body, rows, p.verdict)
		}
	}
}

func TestAcquisitionsThatAreNotWhatIsDocumentedAreUnexpected(t *testing.T) {
	t.Parallel()
	type reading func(c *Client, p Progress) error
	funds := func(c *Client, p Progress) (last error) {
		for _, err := range c.Funds(t.Context(), Query{}, p) {
			last = err
		}
		return last
	}
	vendors := func(c *Client, p Progress) (last error) {
		for _, err := range c.Vendors(t.Context(), Query{}, p) {
			last = err
		}
		return last
	}
	lines := func(c *Client, p Progress) (last error) {
		for _, err := range c.InvoiceLines(t.Context(), Query{}, p) {
			last = err
		}
		return last
	}
	codes := func(c *Client, _ Progress) error {
		_, err := c.BibCodes(t.Context(), url.Values{"login": {"acq"}})
		return err
	}
	const invoice = `{"entries":[{"id":7}]}`
	for name, c := range map[string]struct {
		read    reading
		answers map[string]string
		says    string
	}{
		"funds without entries":       {funds, map[string]string{"/funds": `{}`}, "/funds: unexpected answer: the answer has no entries"},
		"funds of null":               {funds, map[string]string{"/funds": `null`}, "no entries"},
		"a fund without a code":       {funds, map[string]string{"/funds": `[{"code":"a"},{"fundName":"b"}]`}, "entries[1] has no code"},
		"funds as text":               {funds, map[string]string{"/funds": `"none"`}, "/funds: unexpected answer"},
		"a vendor without an id":      {vendors, map[string]string{"/vendors": `{"entries":[{"code":"a"}]}`}, "entries[0] has no id"},
		"an invoice with a bad date":  {lines, map[string]string{"/invoices": `{"entries":[{"id":7,"invDate":"soon"}]}`}, `entries[0]: invDate: "soon" is not a time`},
		"an invoice with a bad sum":   {lines, map[string]string{"/invoices": `{"entries":[{"id":7,"invTotal":{"grandTotal":"much"}}]}`}, "grandTotal"},
		"an invoice without an id":    {lines, map[string]string{"/invoices": `{"entries":[{"invNum":"7"}]}`}, `entries[0]: id`},
		"lines without entries":       {lines, map[string]string{"/invoices": invoice, "/7/lineItems": `{"total":1}`}, "/invoices/7/lineItems: unexpected answer: the answer has no entries"},
		"a line without an id":        {lines, map[string]string{"/invoices": invoice, "/7/lineItems": `{"entries":[{"title":"x"}]}`}, "/7/lineItems: unexpected answer: entries[0] has no id"},
		"a line with a bad date":      {lines, map[string]string{"/invoices": invoice, "/7/lineItems": `{"entries":[{"id":"1","subEndingDate":"x"}]}`}, "entries[0]: subEndingDate"},
		"a line with a bad amount":    {lines, map[string]string{"/invoices": invoice, "/7/lineItems": `{"entries":[{"id":"1","paidAmount":[]}]}`}, "entries[0].paidAmount"},
		"codes that are no list":      {codes, map[string]string{"/bibs/metadata": `{"entries":[]}`}, "/bibs/metadata: unexpected answer"},
		"codes of null":               {codes, map[string]string{"/bibs/metadata": `null`}, "no list"},
		"codes of no field":           {codes, map[string]string{"/bibs/metadata": `[{"values":[]}]`}, "[0] has no field"},
		"a field without its codes":   {codes, map[string]string{"/bibs/metadata": `[{"field":"a","values":[]},{"field":"b"}]`}, "[1] has no values"},
		"a meaning without its code":  {codes, map[string]string{"/bibs/metadata": `[{"field":"a","values":[{"desc":"x"}]}]`}, "[0].values[0] has no code"},
		"codes as an object of codes": {codes, map[string]string{"/bibs/metadata": `[{"field":"a","values":{"x":"y"}}]`}, "values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.read(fakeClient(office(c.answers), 2000), &said{})
			var e *rest.Error
			if !errors.As(err, &e) || e.Kind != rest.Unexpected || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want an unexpected answer that says %q", err, c.says)
			}
		})
	}
}

func TestWhoeverMayNotSeeAcquisitionsIsToldOfBothWaysToMayIt(t *testing.T) {
	t.Parallel()
	refusing := trips(func(string, url.Values) (int, string) {
		return http.StatusForbidden, `{"code":116,"specificCode":0,"httpStatus":403,"name":"Forbidden"}`
	})
	for _, err := range fakeClient(refusing, 10).Invoices(t.Context(), Query{}, &said{}) {
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Refused || !strings.Contains(err.Error(), "Invoices_Read") || !strings.Contains(err.Error(), "SIERRA_LOGIN") {
			t.Errorf("%v", err)
		}
	}
}

func TestFieldsOfVariableLengthReadAsACatalogueShowsThem(t *testing.T) {
	t.Parallel()
	sub := func(pairs ...string) VarField {
		var v VarField
		for i := 0; i < len(pairs); i += 2 {
			v.Subfields = append(v.Subfields, struct {
				Tag     Text `json:"tag"`
				Content Text `json:"content"`
			}{Text(pairs[i]), Text(pairs[i+1])})
		}
		return v
	}
	for want, v := range map[string]VarField{
		"Twain, Mark, 1835-1910": sub("a", "Twain, Mark,", "d", "1835-1910", "0", "(x)1", "9", "y"),
		"Clocks -- History":      sub("w", "g", "a", "Clocks", "x", "History"),
		"History":                sub("x", "History"),
		"Müßig, Zoë 1932-":       {Content: "|aMüßig, Zoë|d1932-"},
		"n 1":                    {Content: " n 1 "},
		"":                       {},
	} {
		if got := v.Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
