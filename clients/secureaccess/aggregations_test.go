package secureaccess

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

// says is an API that answers everything with one body.
func says(t *testing.T, body string) *server {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
}

func TestPartsOfAWindowWithoutCategoriesAreRowsToo(t *testing.T) {
	s := says(t, `{"data":[
		{"timestamp":1795219200000,"counts":[{"category":{"id":66,"label":"Malware"},"requests":3},{"category":{"id":17,"label":"Movies"},"requests":1}]},
		{"timestamp":1795222800000,"counts":[]},
		{"timestamp":1795226400000,"counts":null}],"meta":{}}`)
	p := &progress{}
	got, err := collect(s.client().CategoriesByHour(t.Context(), "dns", yesterday, p))
	if err != nil || p.verdict != "complete" {
		t.Fatalf("%s %v, %v", p.verdict, p.doubts, err)
	}
	var rows []string
	for _, n := range got {
		requests, ok := n.Requests.Get()
		rows = append(rows, fmt.Sprintf("%d %s %d %t", n.Start().UTC().Hour(), n.Category.ID, requests, ok))
	}
	if want := []string{"0 66 3 true", "0 17 1 true", "1  0 false", "2  0 false"}; !slices.Equal(rows, want) {
		t.Errorf("%q", rows)
	}
}

func TestAggregationsNameTheFieldThatIsNotWhatItShouldBe(t *testing.T) {
	for _, tt := range []struct {
		body, want string
		read       func(c *Client) error
	}{
		{`{"data":[{"timestamp":1}]}`, "/categories-by-hour: unexpected answer: data[0].counts: missing", func(c *Client) error {
			_, err := collect(c.CategoriesByHour(t.Context(), All, yesterday, &progress{}))
			return err
		}},
		{`{"data":[{"timestamp":1,"counts":7}]}`, "data[0].counts: a number where an array was expected", func(c *Client) error {
			_, err := collect(c.CategoriesByTimeRange(t.Context(), All, yesterday, &progress{}))
			return err
		}},
		{`{"data":[{"timestamp":1,"counts":[{"requests":"many"}]}]}`, "counts[0].requests: a string where a whole number was expected", func(c *Client) error {
			_, err := collect(c.CategoriesByTimeRange(t.Context(), "ip", yesterday, &progress{}))
			return err
		}},
		{`{"data":[{"timestamp":1}]}`, "/requests-by-timerange/ztna: unexpected answer: data[0].count: missing", func(c *Client) error {
			_, err := collect(c.RequestsByTimeRange(t.Context(), "ztna", yesterday, &progress{}))
			return err
		}},
		{`{"data":[{"timestamp":1,"outboundbytes":4}]}`, "data[0].inboundbytes: missing", func(c *Client) error {
			_, err := collect(c.BandwidthByHour(t.Context(), All, yesterday, &progress{}))
			return err
		}},
		{`{"data":[{"domain":"a.example","summary":{"requests":1}},{"domain":"b.example"}]}`, "data[1].summary.requests: missing", func(c *Client) error {
			_, err := collect(c.SummariesByDestination(t.Context(), All, yesterday, &progress{}))
			return err
		}},
		{`{"data":{"categories":[]}}`, "/applications: unexpected answer: data.applications: missing", func(c *Client) error {
			_, err := collect(c.Applications(t.Context(), All, Query{}, &progress{}))
			return err
		}},
		{`{"data":[{"label":"Malware"}]}`, "data[0].id: missing", func(c *Client) error {
			_, err := collect(c.Categories(t.Context(), All, Query{}, &progress{}))
			return err
		}},
		{`{"data":[{"description":"none"}]}`, "/threat-types: unexpected answer: data[0].name: missing", func(c *Client) error {
			_, err := collect(c.ThreatTypes(t.Context(), All, Query{}, &progress{}))
			return err
		}},
	} {
		err := tt.read(says(t, tt.body).client())
		wantKind(t, err, rest.Unexpected, tt.want)
	}
}

func TestListsOfThePresentAskForNoWindow(t *testing.T) {
	var queries []url.Values
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.Query())
		if strings.HasSuffix(r.URL.Path, "/applications") {
			fmt.Fprint(w, `{"data":{"applications":[]},"meta":{}}`)
			return
		}
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	c, p := s.client(), &progress{}
	_, identities := collect(c.Identities(t.Context(), All, Query{Params: url.Values{"search": {"ada"}}}, p))
	_, categories := collect(c.Categories(t.Context(), All, Query{}, p))
	_, applications := collect(c.Applications(t.Context(), All, Query{}, p))
	if identities != nil || categories != nil || applications != nil || p.verdict != "complete" || len(p.warnings) > 0 {
		t.Fatalf("%v, %v, %v, %s, warnings %q", identities, categories, applications, p.verdict, p.warnings)
	}
	want := []string{"limit=5000&offset=0&search=ada", "", ""}
	for i, q := range queries {
		if q.Encode() != want[i] {
			t.Errorf("asked for %s, want %s", q.Encode(), want[i])
		}
	}
}

func TestAsManyRowsAsAPageHasUnaskedProveNothing(t *testing.T) {
	for n, want := range map[int]string{0: "complete", 99: "complete", 100: "unproven", 101: "complete"} {
		row := `{"ip":"10.0.0.1","count":1}`
		s := says(t, `{"data":[`+strings.Join(slices.Repeat([]string{row}, n), ",")+`],"meta":{}}`)
		p := &progress{}
		got, err := collect(s.client().TopIPs(t.Context(), All, yesterday, p))
		if err != nil || len(got) != n || p.verdict != want {
			t.Errorf("%d rows of %d, %s %v, %v", len(got), n, p.verdict, p.doubts, err)
		}
	}
}

// identitiesFrom are the identities of a page, numbered from an offset on.
func identitiesFrom(offset, n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":%d}`, offset+i+1)
	}
	return `{"data":[` + strings.Join(rows, ",") + `],"meta":{}}`
}

func TestMoreIdentitiesThanAreListedAreKnownToBeMissing(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, identitiesFrom(number(r.URL.Query(), "offset"), 5000))
	})
	p := &progress{}
	got, err := collect(s.client().Identities(t.Context(), All, Query{}, p))
	if err != nil || len(got) != 15_000 || p.verdict != "truncated" || !strings.Contains(p.doubts[0], "with a filter") {
		t.Errorf("%d rows, %s %v, %v", len(got), p.verdict, p.doubts, err)
	}
}

func TestAListWhoseAPIDoesNotMindThePagesIsRefused(t *testing.T) {
	const from = `{"data":{"privateresourceid":7,"identities":[%s]},"meta":{}}`
	hits := func(n int) string {
		return fmt.Sprintf(from, strings.Repeat(`{"id":1,"hitscount":2},`, n-1)+`{"id":2,"hitscount":2}`)
	}
	read := map[string]func(c *Client, p *progress) (int, error){
		"identities": func(c *Client, p *progress) (int, error) {
			got, err := collect(c.Identities(t.Context(), All, Query{PageSize: 40}, p))
			return len(got), err
		},
		"own report": func(c *Client, p *progress) (int, error) {
			got, err := collect(c.Rows(t.Context(), "/identities", Query{PageSize: 40}, p))
			return len(got), err
		},
		"identities of a resource": func(c *Client, p *progress) (int, error) {
			q := yesterday
			q.PageSize, q.Params = 40, url.Values{"privateresourceid": {"7"}}
			got, err := collect(c.ResourceIdentities(t.Context(), q, p))
			return len(got), err
		},
	}
	for _, tt := range []struct {
		name, what, want string
		answer           func(offset int) string
		rows             int
	}{
		{"the second page is the first", "identities", "page 2: secureaccess: /identities: unexpected answer: the page before it once more",
			func(offset int) string { return identitiesFrom(max(0, offset-40), 40) }, 40},
		{"the third page is the second", "identities", "page 3: secureaccess: /identities: unexpected answer: the page before it once more",
			func(offset int) string { return identitiesFrom(min(40, offset), 40) }, 80},
		{"all rows at once", "identities", "page 1: secureaccess: /identities: unexpected answer: 5,003 rows, where no more than 40 were asked for",
			func(int) string { return identitiesFrom(0, 5003) }, 0},
		{"one page again and again", "own report", "page 2: secureaccess: /identities: unexpected answer: the page before it once more",
			func(int) string { return identitiesFrom(0, 40) }, 40},
		{"one page again and again", "identities of a resource", "page 2: secureaccess: /private-resources/detailed-stats-identities: unexpected answer: the page before it",
			func(int) string { return hits(40) }, 40},
		{"all rows at once", "identities of a resource", "unexpected answer: 41 rows, where no more than 40 were asked for",
			func(int) string { return hits(41) }, 0},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, tt.answer(number(r.URL.Query(), "offset")))
		})
		p := &progress{}
		n, err := read[tt.what](s.client(), p)
		wantKind(t, err, rest.Unexpected, tt.want)
		if n != tt.rows || p.verdict != "" {
			t.Errorf("%s, %s: %d rows, want %d, %s %v", tt.what, tt.name, n, tt.rows, p.verdict, p.evidence)
		}
	}
}

func TestATrialOfAListThatComesWholeIsNoError(t *testing.T) {
	p := &progress{}
	_, err := collect(says(t, identitiesFrom(0, 80)).client().Identities(t.Context(), All, Query{Limit: 1}, p))
	if err != nil || p.verdict != "unproven" {
		t.Errorf("%s %v, %v", p.verdict, p.doubts, err)
	}
}

func TestTryingOutGivesNoMoreRowsThanAreWanted(t *testing.T) {
	few := yesterday
	few.Limit = 1
	series := says(t, `{"data":[{"timestamp":1795219200000,"counts":[{"requests":3},{"requests":1}]}],"meta":{}}`)
	p := &progress{}
	rows, err := collect(series.client().CategoriesByHour(t.Context(), All, few, p))
	if err != nil || len(rows) != 1 || len(series.asked) != 1 || p.verdict != "unproven" {
		t.Errorf("%d rows, %s, %v", len(rows), p.verdict, err)
	}
	list := says(t, `{"data":[{"id":1},{"id":2}],"meta":{}}`)
	p = &progress{}
	categories, err := collect(list.client().Categories(t.Context(), All, Query{Limit: 1}, p))
	if err != nil || len(categories) != 1 || p.verdict != "unproven" {
		t.Errorf("%d rows, %s, %v", len(categories), p.verdict, err)
	}
}

func TestApplicationWithoutTheNameOfItsCategoryGetsItFromTheList(t *testing.T) {
	s := says(t, `{"data":{"applications":[{"id":1,"label":"A","category":{"id":40,"label":"Hosting Services"}},{"id":2,"label":"B","category":{"id":"42"}}],
		"categories":[{"id":40,"name":"Hosting"},{"id":42,"name":"Education"}]},"meta":{}}`)
	got, err := collect(s.client().Applications(t.Context(), All, Query{}, &progress{}))
	if err != nil || len(got) != 2 || got[0].Category.Label != "Hosting Services" || got[1].Category.Label != "Education" {
		t.Errorf("%+v, %v", got, err)
	}
}
