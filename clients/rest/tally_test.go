package rest_test

import (
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestTallyStandsOnlyIfEveryRecordCame(t *testing.T) {
	t.Parallel()
	type page struct {
		total int64
		ids   string
	}
	for name, c := range map[string]struct {
		pages  []page
		stands bool
	}{
		"no page at all":                    {nil, false},
		"an empty listing":                  {[]page{{0, ""}}, true},
		"one page":                          {[]page{{2, "a b"}}, true},
		"two pages":                         {[]page{{3, "a b"}, {3, "c"}}, true},
		"a record twice, another never":     {[]page{{3, "a b"}, {3, "b"}}, false},
		"a record twice and all the others": {[]page{{3, "a b"}, {3, "b c"}}, true},
		"a record went, so one was skipped": {[]page{{4, "a b"}, {3, "d"}}, false},
		"fewer than the total":              {[]page{{5, "a b"}, {5, ""}}, false},
		"more than the total":               {[]page{{1, "a b"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tally rest.Tally
			tally.Start()
			for _, p := range c.pages {
				tally.Page(p.total)
				for _, id := range strings.Fields(p.ids) {
					tally.Take(id)
				}
			}
			if got := tally.Stands(); got != c.stands {
				t.Errorf("stands: %v, want %v", got, c.stands)
			}
		})
	}
}

func TestTallyTellsWhatCameInAnEarlierReading(t *testing.T) {
	t.Parallel()
	var tally rest.Tally
	tally.Start()
	if fresh, new := tally.Take("a"); !fresh || !new {
		t.Errorf("first time: fresh %v, new %v", fresh, new)
	}
	if fresh, new := tally.Take("a"); fresh || new {
		t.Errorf("twice in a reading: fresh %v, new %v", fresh, new)
	}
	tally.Start()
	if fresh, new := tally.Take("a"); fresh || !new {
		t.Errorf("in the next reading: fresh %v, new %v", fresh, new)
	}
	if tally.Came() != 1 {
		t.Errorf("%d came in the second reading, want 1", tally.Came())
	}
}
