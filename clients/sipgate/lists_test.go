package sipgate

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

// gather reads a listing to its end.
func gather[T any](rows iter.Seq2[T, error]) (all []T, err error) {
	for row, err := range rows {
		if err != nil {
			return all, err
		}
		all = append(all, row)
	}
	return all, nil
}

const twoUsers = `{"items":[{"id":"w0","firstname":"Ada"},{"id":"w3"}]}`

func TestUsersWhoseListIsRefusedAreNamed(t *testing.T) {
	t.Parallel()
	const line = `{"items":[{"id":"s0"}]}`
	said := &progress{}
	rows, err := gather(serve(t, &canned{answers: map[string]string{
		UsersPath: twoUsers, "/w0/sms": line, "/w0/sms/s0/callerids": `{"items":[]}`, "/w3/sms": "403 Feature not booked",
	}}).SMSExtensions(t.Context(), Query{}, said))
	if err != nil || len(rows) != 1 || said.worst() != "truncated" || !said.has("the SMS extensions of w3 could not be read") {
		t.Errorf("%d rows, %v, said %q", len(rows), err, said.said)
	}
	said = &progress{}
	rows, err = gather(serve(t, &canned{answers: map[string]string{UsersPath: twoUsers, "/w0/sms": "403 ", "/w3/sms": "403 "}}).
		SMSExtensions(t.Context(), Query{}, said))
	var refused *rest.Error
	if !errors.As(err, &refused) || refused.Kind != rest.Refused || !strings.Contains(refused.Hint, "sms:read") || len(rows) > 0 || len(said.said) > 0 {
		t.Errorf("all refused: %d rows, %v, said %q", len(rows), err, said.said)
	}
}

func TestWhatCannotBeJoinedIsEmptyAndSaid(t *testing.T) {
	t.Parallel()
	answers := map[string]string{UsersPath: `{"items":[{"id":"w0"}]}`, "/w0/phonelines": `{"items":[{"id":"p0","alias":"Anschluss"},{"id":"p1"}]}`}
	for _, line := range []string{"p0", "p1"} {
		for _, thing := range []string{"numbers", "devices", "forwardings", "parallelforwardings", "voicemails"} {
			answers["/w0/phonelines/"+line+"/"+thing] = `{"items":[]}`
		}
		answers["/w0/phonelines/"+line+"/blockanonymous"] = "403 "
		answers["/w0/phonelines/"+line+"/sipgateio"] = `{"log":true}`
	}
	answers["/w0/phonelines/p1/forwardings"] = "403 Feature not booked"
	delete(answers, "/w0/phonelines/p0/voicemails") // 404
	said := &progress{}
	rows, err := gather(serve(t, &canned{answers: answers}).Phonelines(t.Context(), Query{}, said))
	if err != nil || len(rows) != 2 || said.worst() != "complete" {
		t.Fatalf("%d rows, %v, said %q", len(rows), err, said.said)
	}
	for _, says := range []string{
		"warning: forwardings: refused for 1 of 2, and empty there: the feature is not booked",
		"warning: voicemails: refused for 1 of 2",
		"warning: anonymous callers: refused for 2 of 2, and empty there: the token lacks the scope phonelines:blockanonymous:read",
	} {
		if !said.has(says) {
			t.Errorf("said %q, want %q", said.said, says)
		}
	}
}

func TestAWrongAnswerAboutADetailEndsTheReading(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{`{}`: "the answer has no items", `{"items":[{"number":7}]}`: "items[0].number", `<html></html>`: "an HTML page"} {
		_, err := gather(serve(t, &canned{answers: map[string]string{
			GroupsPath: `{"items":[{"id":"g0"}]}`, "/groups/g0/numbers": body,
		}}).Groups(t.Context(), Query{}, &progress{}))
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Unexpected || e.Path != "/groups/g0/numbers" || !strings.Contains(e.Text, says) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestAnIdThatWouldLeadElsewhereIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"..", "../users", "w0/phonelines", "w0?x=1", "%2e%2e", ""} {
		server := &canned{answers: map[string]string{UsersPath: fmt.Sprintf(`{"items":[{"id":%q}]}`, id)}}
		_, err := gather(serve(t, server).Devices(t.Context(), Query{Limit: 1}, &progress{}))
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Unexpected || !strings.Contains(e.Text, "items[0]") || len(server.asked) != 1 {
			t.Errorf("%q: asked %q: %v", id, server.asked, err)
		}
	}
}

func TestAnAccountOfTheNewSystemIsNotAnEmptyOne(t *testing.T) {
	t.Parallel()
	client := serve(t, &canned{answers: map[string]string{UsersPath: twoUsers, GroupsPath: neoGroups, "/w0/phonelines": neoGroups, "/w3/phonelines": neoGroups}})
	_, lines := gather(client.Phonelines(t.Context(), Query{}, &progress{}))
	_, groups := gather(client.Groups(t.Context(), Query{}, &progress{}))
	_, members := gather(client.Members(t.Context(), Query{}, &progress{}))
	for _, err := range []error{lines, groups, members} {
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Refused || !strings.Contains(e.Text, "Classic PBX") || !strings.Contains(e.Hint, "only classic accounts have those") {
			t.Errorf("%v", err)
		}
	}
}

func TestAClassicAccountHasNoChannelsHoweverItSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ channels, groups, hint string }{
		{"403 ", classicGroups, "the account is a classic one"},
		{"", classicGroups, "the account is a classic one"}, // 404
		{"403 ", neoGroups, "channels:read"},
		{"403 ", "403 ", "channels:read"},
	} {
		answers := map[string]string{GroupsPath: c.groups, ChannelsPath: c.channels}
		if c.channels == "" {
			delete(answers, ChannelsPath)
		}
		_, err := serve(t, &canned{answers: answers}).Channels(t.Context(), nil)
		var e *rest.Error
		if !errors.As(err, &e) || e.Kind != rest.Refused || e.Status != http.StatusForbidden || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("channels %q, groups %q: %v", c.channels, c.groups, err)
		}
	}
}

// numbersServer answers like a list of n numbers in one of the ways in which servers get it wrong.
func numbersServer(n, page int, total string, ignoresOffset bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset := 0
		if _, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset); ignoresOffset {
			offset = 0
		}
		items := []map[string]any{}
		for i := offset; i < min(n, offset+page); i++ {
			items = append(items, map[string]any{"id": fmt.Sprint(i), "number": "+49"})
		}
		body, _ := json.Marshal(items)
		_, _ = fmt.Fprintf(w, `{"items":%s%s}`, body, total)
	}
}

func TestListsArePagedAsFarAsTheyGo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		n, page    int
		total      string
		ignores    bool
		rows       int
		verdict    string
		says       string
		noMoreThan int // requests
	}{
		{"nothing", 0, 250, "", false, 0, "complete", "rows: 0", 1},
		{"one", 1, 250, "", false, 1, "complete", "rows: 1", 2},
		{"a full page", 250, 250, "", false, 250, "complete", "nothing followed the last (rows: 250", 2},
		{"several pages", 600, 250, "", false, 600, "complete", "rows: 600", 4},
		{"pages cut below the limit", 30, 7, "", false, 30, "complete", "rows: 30", 6},
		{"a row a page", 4, 1, "", false, 4, "complete", "rows: 4", 5},
		{"a total", 30, 7, `,"totalCount":30`, false, 30, "complete", "total of 30 was met (pages: 5)", 5},
		{"a total that is too high", 5, 7, `,"totalCount":6`, false, 5, "truncated", "counts 6 and gave 5", 6},
		{"a total that is too low", 9, 7, `,"totalCount":6`, false, 9, "unproven", "counts 6 and gave 9, in each of 3 readings: its total is not", 9},
		{"a total of nothing", 30, 7, `,"totalCount":0`, false, 30, "unproven", "counts 0 and gave 30", 18},
		{"a total that is too low, of one page", 5, 7, `,"totalCount":3`, false, 5, "unproven", "counts 3 and gave 5", 6},
		{"one page again and again", 30, 7, "", true, 7, "unproven", "one page again and again", 6},
		{"one page again and again, counted", 30, 7, `,"totalCount":30`, true, 7, "truncated", "counts 30 and gave 7", 6},
		{"one row again and again", 30, 1, "", true, 1, "unproven", "one page again and again", 6},
	} {
		asked := 0
		h := numbersServer(c.n, c.page, c.total, c.ignores)
		said := &progress{}
		rows, err := gather(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			h(w, r)
		})).Numbers(t.Context(), Query{}, said))
		if err != nil || len(rows) != c.rows || said.worst() != c.verdict || !said.has(c.says) || asked > c.noMoreThan {
			t.Errorf("%s: %d rows in %d requests, %v, said %q; want %d, %s, %q", c.name, len(rows), asked, err, said.said, c.rows, c.verdict, c.says)
		}
	}
}

func TestContactsThatAreCountedAndDoNotComeAreKnownToBeMissing(t *testing.T) {
	t.Parallel()
	first := numbersServer(600, 250, `,"totalCount":600`, false)
	said := &progress{}
	rows, err := gather(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("offset") != "0" {
			_, _ = fmt.Fprint(w, `{"items":[],"totalCount":600}`)
			return
		}
		first(w, r)
	})).Contacts(t.Context(), Query{}, said))
	if err != nil || len(rows) != 250 || said.worst() != "truncated" || !said.has("contacts: the API counts 600 and gave 250, in each of 3 readings") {
		t.Errorf("%d rows, %v, said %q", len(rows), err, said.said)
	}
}

func TestFieldsThatOpenDoorsAreNeverKept(t *testing.T) {
	t.Parallel()
	const secret = "g3h31m"
	for _, body := range []string{
		`{"id":"e0","credentials":{"username":"7e0","password":"g3h31m"},"addressUrl":"https://x/g3h31m"}`,
		`{"id":"y0","credentials":{"simId":"1","puk1":"g3h31m","puk2":"g3h31m"}}`,
		`{"created":"2026-11-21T19:28:00Z","url":"https://u:g3h31m@h/g3h31m?k=g3h31m#g3h31m","response":"HTTP/1.1 200 OK\r\nSet-Cookie: g3h31m\r\nX: g3h31m"}`,
		`{"incomingUrl":"http://g3h31m@h:80/g3h31m","outgoingUrl":"g3h31m","certificate":"g3h31m"}`,
		`{"id":"1","recordingUrl":"g3h31m","documentUrl":"g3h31m","reportUrl":"g3h31m","previewUrl":"g3h31m","recordings":[{"id":"1","url":"g3h31m"}]}`,
		`{"id":"1","picture":"g3h31m"}`,
	} {
		kept := []any{&Device{}, &WebhookCall{}, &LineWebhooks{}, &Entry{}, &Contact{}}
		text := ""
		for _, into := range kept {
			_ = json.Unmarshal([]byte(body), into) // what does not fit a type is no concern here
			text += fmt.Sprintf("%+v", into)
		}
		if strings.Contains(text, secret) {
			t.Errorf("%s: kept as %s", body, text)
		}
	}
}

func TestPortingsAreReadAndTheirStatusIsPutIntoWords(t *testing.T) {
	t.Parallel()
	ask := func(body string) ([]Porting, error) {
		return serve(t, &canned{answers: map[string]string{PortingsPath: body}}).Portings(t.Context(), nil)
	}
	for _, status := range []int{100, 150, 160, 170, 200, 250, 251, 252, 400, 450, 451, 500, 600} {
		list, err := ask(fmt.Sprintf(`{"items":[{"id":"1","portDate":"2026-11-21","status":%d}]}`, status))
		if err != nil || list[0].Meaning() == "" || list[0].Date.Day() != 21 {
			t.Errorf("status %d: %+v, %v", status, list, err)
		}
	}
	if list, err := ask(`{"items":[{"id":"1","portDate":"","status":7},{"id":"2"}]}`); err != nil || list[0].Meaning() != "" || !list[0].Date.IsZero() || list[1].Meaning() != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := ask(`{"items":[{"id":"1","portDate":"soon"}]}`); err == nil || !strings.Contains(err.Error(), `items[0]: portDate: "soon" is not a day`) {
		t.Errorf("%v", err)
	}
}

func TestTheCountOfAddressesIsHeldAgainstTheList(t *testing.T) {
	t.Parallel()
	for count, verdict := range map[string]string{`{"itemCount":1}`: "complete", `{"itemCount":2}`: "truncated", `{"itemCount":0}`: "unproven", "403 ": "complete"} {
		said := &progress{}
		rows, err := gather(serve(t, &canned{answers: map[string]string{
			AddressesPath: `{"items":[{"id":13,"locality":"Köln"}]}`, "/addresses/13/numbers": `{"items":[{"id":"1","number":"+49"}]}`, "/addresses/itemCount": count,
		}}).Addresses(t.Context(), Query{}, said))
		if err != nil || len(rows) != 1 || len(rows[0].Numbers) != 1 || said.worst() != verdict {
			t.Errorf("%s: %d rows, %v, said %q", count, len(rows), err, said.said)
		}
	}
}

func TestAddressesWithoutIdsAreFoundByWayOfTheUsers(t *testing.T) {
	t.Parallel()
	server := &canned{answers: map[string]string{
		AddressesPath: `{"items":[{"locality":"Köln"},{"locality":"Görlitz"}]}`, "/addresses/itemCount": `{"itemCount":2}`,
		UsersPath:       `{"items":[{"id":"w0","addressId":"13"},{"id":"w1","addressId":13},{"id":"w2","addressId":null},{"id":"w3","addressId":"../x"}]}`,
		"/addresses/13": `{"locality":"Köln"}`, "/addresses/13/numbers": `{"items":[{"id":"1","number":"+49"}]}`,
	}}
	said := &progress{}
	rows, err := gather(serve(t, server).Addresses(t.Context(), Query{}, said))
	if err != nil || len(rows) != 2 || rows[0].ID != "13" || len(rows[0].Numbers) != 1 || rows[1].ID != "" || !said.has("warning: an address has no id") || said.worst() != "complete" {
		t.Errorf("%+v, %v, said %q", rows, err, said.said)
	}
	if len(server.asked) != 5 {
		t.Errorf("asked %q", server.asked)
	}
}

func TestAppsAreAskedForOnTheNewSystemUnlessTypesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ groups, named, want string }{{neoGroups, "", "all"}, {classicGroups, "", ""}, {neoGroups, "mobile", "mobile"}, {"403 ", "", ""}} {
		var types []string
		inner := &canned{answers: map[string]string{UsersPath: `{"items":[{"id":"w0"}]}`, GroupsPath: c.groups, "/w0/devices": `{"items":[]}`}}
		q := Query{Filter: map[string][]string{}}
		if c.named != "" {
			q.Filter.Set("type", c.named)
		}
		_, err := gather(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/w0/devices" {
				types = append(types, r.URL.Query().Get("type"))
			}
			inner.ServeHTTP(w, r)
		})).Devices(t.Context(), q, &progress{}))
		if err != nil || !slices.Equal(types, []string{c.want}) {
			t.Errorf("%q, %q: asked for %q, want %q: %v", c.groups, c.named, types, c.want, err)
		}
	}
}
