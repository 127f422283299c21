package secureaccess

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
)

// RuleHits is how often a rule of the policy matched. The API's description and its example differ in the name of the
// number.
type RuleHits struct {
	RuleID    rest.ID  `json:"ruleid"`
	HitCount  rest.Int `json:"hitcount"`
	HitsCount rest.Int `json:"hitscount"`
	LastEvent rest.Int `json:"lasteventat"` // milliseconds since 1970
}

// Hits is the number, under whichever name.
func (h *RuleHits) Hits() (int64, bool) { return first(h.HitCount, h.HitsCount) }

// Last is when the rule matched last.
func (h *RuleHits) Last() time.Time { return instant(h.LastEvent) }

func (h *RuleHits) lacks() string {
	if _, ok := h.Hits(); !ok {
		return "hitcount"
	}
	return ""
}

// FirewallRuleHits counts how often the rules in ruleids matched traffic of the firewall.
// (GET /reports/v2/summaries-by-rule/firewall-hitcount)
func (c *Client) FirewallRuleHits(ctx context.Context, q Query, p Progress) iter.Seq2[RuleHits, error] {
	return c.ruleHits(ctx, "/summaries-by-rule/firewall-hitcount", q, p)
}

// RuleHits counts how often the rules in ruleids matched. (GET /reports/v2/summaries-by-rule/hitcount)
func (c *Client) RuleHits(ctx context.Context, q Query, p Progress) iter.Seq2[RuleHits, error] {
	return c.ruleHits(ctx, "/summaries-by-rule/hitcount", q, p)
}

func (c *Client) ruleHits(ctx context.Context, path string, q Query, p Progress) iter.Seq2[RuleHits, error] {
	const parameter = "ruleids"
	return func(yield func(RuleHits, error) bool) {
		rules := listOf(q.Params.Get(parameter))
		for some := range slices.Chunk(rules, idsAtOnce) {
			r := c.request(path, All, q.with(parameter, strings.Join(some, ",")), p)
			list, err := fetchRows[RuleHits](ctx, r, r.window(r.seconds()))
			for _, hits := range list {
				if !yield(hits, nil) {
					return
				}
			}
			if err != nil {
				yield(RuleHits{}, err)
				return
			}
		}
		p.Complete("an answer holds all there is about the rules that were asked for (%s)", grouped(len(rules)))
	}
}

// SignatureHits is a signature of intrusion prevention with what it found, and the rule and the list it belongs to. Of
// a list without any signature there is one with nothing but the ids.
type SignatureHits struct {
	RuleID        rest.ID
	SignatureList rest.ID
	Signature     Signature
}

// Signature is a signature with what it found.
type Signature struct {
	ID          rest.ID  `json:"id"`
	GeneratorID rest.ID  `json:"generatorid"`
	LastEvent   rest.Int `json:"lasteventat"` // milliseconds since 1970
	Counts      struct {
		Blocked    rest.Int `json:"blocked"`
		Detected   rest.Int `json:"detected"`
		WouldBlock rest.Int `json:"wouldblock"`
	} `json:"counts"`
}

// Last is when the signature found something last.
func (s Signature) Last() time.Time { return instant(s.LastEvent) }

type signatureSummary struct {
	Rule struct {
		ID rest.ID `json:"id"`
	} `json:"rule"`
	List struct {
		ID rest.ID `json:"id"`
	} `json:"signaturelist"`
	Signatures *[]Signature `json:"signatures"`
}

func (s *signatureSummary) lacks() string {
	if s.Signatures == nil {
		return "signatures"
	}
	return ""
}

// IntrusionHits lists the signatures that found something, rule by rule. (GET /reports/v2/summaries-by-rule/intrusion)
func (c *Client) IntrusionHits(ctx context.Context, q Query, p Progress) iter.Seq2[SignatureHits, error] {
	r := c.request("/summaries-by-rule/intrusion", All, q, p)
	return flat(rows[signatureSummary](ctx, r), func(s *signatureSummary) []SignatureHits {
		hits := SignatureHits{RuleID: s.Rule.ID, SignatureList: s.List.ID}
		if len(*s.Signatures) == 0 {
			return []SignatureHits{hits}
		}
		var list []SignatureHits
		for _, hits.Signature = range *s.Signatures {
			list = append(list, hits)
		}
		return list
	})
}
