package reports

import (
	"slices"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/secureaccess"
	"github.com/reportjob/reportjob/jobs"
)

// Reports of how often the rules of policies matched.

func secureAccessRules(c *secureaccess.Client) []jobs.Job {
	return slices.Concat(
		saRuleHits("summaries-by-rule/hitcount", "Hits of rules", "", c.RuleHits),
		saRuleHits("summaries-by-rule/firewall-hitcount", "Hits of firewall rules", " in the firewall", c.FirewallRuleHits),
		secureAccessIntrusionHits(c),
	)
}

func saRuleHits(path, title, where string, list saSpecialList[secureaccess.RuleHits]) []jobs.Job {
	type T = secureaccess.RuleHits
	info := jobs.Info{
		Title: title,
		About: "One row a rule: how often it matched" + where + " in the window, and when last. The report needs ruleids, since no report lists rules.",
		Parameters: []jobs.Parameter{{Name: "ruleids", Values: "numbers of rules, comma-separated; needed",
			Meaning: "The rules. Their numbers are in secureaccess-rules-activity and other activity; the API lists them at GET /policies/v2/rules, with another scope."}},
		Paging: "none: an answer for each 100 rules", Limits: saLimits, Scope: saRuleSummaries,
	}
	return saSpecial(info, path, list, jobs.Columns[T]{
		jobs.Code("rule_id", "The number of the rule.", func(h *T) string { return string(h.RuleID) }).From("data[].ruleid"),
		jobs.Int("hits", "How often the rule matched.", func(h *T) (int64, bool) { return h.Hits() }).From("data[].hitcount"),
		jobs.Time("last_hit", "When the rule matched last.", func(h *T) time.Time { return h.Last() }).From("data[].lasteventat"),
	}, saNeeds("ruleids", path, "numbers of rules, comma-separated, such as 31,47, which secureaccess-rules-activity has in its column rule_id, "+
		"and GET /policies/v2/rules lists"))
}

func secureAccessIntrusionHits(c *secureaccess.Client) []jobs.Job {
	type T = secureaccess.SignatureHits
	info := jobs.Info{
		Title: "Hits of intrusion signatures",
		About: "One row a rule, list of signatures and signature: how often intrusion prevention found it, and what it did. " +
			"A list without any signature is one row with its ids.",
		Parameters: append(saParameters("ip identityids identitytypes ports filternoisydomains"),
			jobs.Parameter{Name: "signatures", Values: "signature-generator, such as 47829-1; comma-separated", Meaning: "These signatures alone."},
			jobs.Parameter{Name: "signaturelistids", Values: "numbers of lists, comma-separated", Meaning: "Signatures of these lists alone."},
			jobs.Parameter{Name: "ipsprofile", Values: "names of profiles, comma-separated", Meaning: "Signatures under these profiles of intrusion prevention alone."},
			jobs.Parameter{Name: "intrusionaction", Values: "would_block, blocked, detected; comma-separated", Meaning: "Events with this outcome alone."},
		),
		Paging: saPages, Limits: saPageLimits, Scope: saRuleSummaries,
	}
	return saSpecial(info, "summaries-by-rule/intrusion", c.IntrusionHits, jobs.Columns[T]{
		jobs.Code("rule_id", "The number of the rule.", func(h *T) string { return string(h.RuleID) }).From("data[].rule.id"),
		jobs.Code("signature_list_id", "The number of the list of signatures.", func(h *T) string { return string(h.SignatureList) }).From("data[].signaturelist.id"),
		jobs.Code("signature_id", "The number of the signature.", func(h *T) string { return string(h.Signature.ID) }).From("data[].signatures[].id"),
		jobs.Code("generator_id", "The number of the part of the engine that has the signature.", func(h *T) string { return string(h.Signature.GeneratorID) }).From("data[].signatures[].generatorid"),
		saCount("blocked", "How often it was blocked.", func(h *T) rest.Int { return h.Signature.Counts.Blocked }).From("data[].signatures[].counts.blocked"),
		saCount("detected", "How often it was noticed and let through.", func(h *T) rest.Int { return h.Signature.Counts.Detected }).From("data[].signatures[].counts.detected"),
		saCount("would_block", "How often it would have been blocked.", func(h *T) rest.Int { return h.Signature.Counts.WouldBlock }).From("data[].signatures[].counts.wouldblock"),
		jobs.Time("last_event", "When it was found last.", func(h *T) time.Time { return h.Signature.Last() }).From("data[].signatures[].lasteventat"),
	})
}
