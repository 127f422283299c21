package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hitcounts is a report that wants to know the numbers of rules.
const hitcounts = "secureaccess-summaries-by-rule-hitcount"

func TestCheckDoesNotWantWhatOnlyReportsNeedThatNobodyChose(t *testing.T) {
	secureAccess := []string{"SECUREACCESS_API_KEY=key", "SECUREACCESS_API_SECRET=secret"}
	sierra := []string{"SIERRA_BASE_URL=https://lib.example.org/iii/sierra-api/v6", "SIERRA_CLIENT_KEY=key", "SIERRA_CLIENT_SECRET=secret"}
	for _, test := range []struct {
		environ       []string
		report, needs string
	}{
		{secureAccess, hitcounts, `parameter "ruleids": is needed`},
		{sierra, "sierra-funds", "SIERRA_LOGIN: is not set"},
	} {
		got := reportjob(t, test.environ, "check")
		_, unchecked, _ := strings.Cut(got.stdout, "NOT CHECKED")
		if got.status != exitOK || !strings.Contains(unchecked, test.report) || !strings.Contains(unchecked, test.needs) {
			t.Errorf("status %d, want 0 and %s as not checked\n%s\n%s", got.status, test.report, got.stdout, got.stderr)
		}
		var all []checked
		decode(t, reportjob(t, test.environ, "check", "--json"), &all)
		if notes := strings.Join(all[0].Notes, "\n"); !strings.Contains(notes, test.report+": not checked: ") || !strings.Contains(notes, test.needs) {
			t.Errorf("notes %q", notes)
		}
		for _, c := range all {
			if c.Report == test.report || !c.OK {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestCheckWantsAllThatReportsNeedThatSomebodyChose(t *testing.T) {
	secureAccess := []string{"SECUREACCESS_API_KEY=key", "SECUREACCESS_API_SECRET=secret"}
	for _, test := range []struct {
		set  string
		args []string
	}{
		{"", []string{"check", hitcounts}},
		{"SCHEDULE_SECUREACCESS_SUMMARIES_BY_RULE_HITCOUNT=@daily", []string{"check"}},
		{"PARAMS_SECUREACCESS_SUMMARIES_BY_RULE_HITCOUNT=ruleid=7", []string{"check"}},
		{"BUNDLE_RULES=" + hitcounts, []string{"check"}},
	} {
		got := reportjob(t, append(secureAccess, test.set), test.args...)
		if got.status != exitConfig || !strings.Contains(got.stderr, `parameter "ruleids": is needed`) {
			t.Errorf("%s %q: status %d\n%s", test.set, test.args, got.status, got.stderr)
		}
	}
}

func TestCheckLiveTriesTheReportsThatLackNothing(t *testing.T) {
	environ := with(stand(t, nil), "SIERRA_LOGIN", "")
	for _, api := range []string{"SECUREACCESS_API_KEY", "SECUREACCESS_API_SECRET", "SIPGATE_TOKEN_ID", "SIPGATE_TOKEN", "WIZART_USERNAME", "WIZART_PASSWORD", "WIZART_CLIENT_ID", "WIZART_CLIENT_SECRET"} {
		environ = with(environ, api, "")
	}
	got := reportjob(t, environ, "check", "--live")
	tried, unchecked, _ := strings.Cut(got.stdout, "NOT CHECKED")
	if got.status != exitOK || !strings.Contains(tried, "sierra-bibs") || strings.Contains(tried, "sierra-funds") || !strings.Contains(unchecked, "sierra-funds") {
		t.Errorf("status %d\n%s\n%s", got.status, got.stdout, got.stderr)
	}
}

func TestBrokenLinesOfAnEnvFileHideNoOtherMistakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(path, []byte("first\nREPORTJOB_TIMEOUT=soon\nthird\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := reportjob(t, nil, "check", "--env-file", path)
	for _, text := range []string{"line 1:", "line 3:", "REPORTJOB_TIMEOUT"} {
		if got.status != exitConfig || !strings.Contains(got.stderr, text) {
			t.Errorf("status %d, no %q in\n%s", got.status, text, got.stderr)
		}
	}
	var all []checked
	got = reportjob(t, nil, "check", "--json", "--env-file", path)
	if err := json.Unmarshal([]byte(got.stdout), &all); err != nil || got.status != exitConfig || len(all[0].Problems) != 3 {
		t.Errorf("status %d, %v in %s", got.status, err, got.stdout)
	}
}
