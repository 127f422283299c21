package jobs

import (
	"fmt"
	"slices"
	"sync"
)

// Verdict says whether anything is missing from a report.
type Verdict string

// The verdicts, from best to worst.
const (
	Complete  Verdict = "complete"  // proven: a total was met, or the listing ended in a short page, and every slice was read
	Unproven  Verdict = "unproven"  // read to the end, but the API gives no way to prove it
	Truncated Verdict = "truncated" // rows are known to be missing
	Failed    Verdict = "failed"    // no file was delivered
)

var verdicts = []Verdict{Complete, Unproven, Truncated, Failed}

// Proof gathers what is learnt about completeness while rows are read. Its methods may be called by many goroutines
// at once.
type Proof struct {
	mu       sync.Mutex
	verdict  Verdict
	evidence []string
	warnings []string
	account  string
}

// Complete says, in a sentence, why nothing is missing from a part of the report.
func (p *Proof) Complete(format string, args ...any) { p.say(Complete, format, args...) }

// Unproven says why a part of the report cannot be proven complete.
func (p *Proof) Unproven(format string, args ...any) { p.say(Unproven, format, args...) }

// Truncated says what is missing and why.
func (p *Proof) Truncated(format string, args ...any) { p.say(Truncated, format, args...) }

// say adds a sentence; the worst verdict wins. A sentence that was said before is not repeated.
func (p *Proof) say(v Verdict, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Index(verdicts, v) > slices.Index(verdicts, p.verdict) {
		p.verdict = v
	}
	p.evidence = appendNew(p.evidence, fmt.Sprintf(format, args...))
}

// Warn adds a sentence for the manifest's warnings: worth knowing, but no doubt about completeness.
func (p *Proof) Warn(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warnings = appendNew(p.warnings, fmt.Sprintf(format, args...))
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Account says whose data it is: organisation, user or host, never a secret.
func (p *Proof) Account(account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.account = account
}

// Result is what was gathered. A source that says nothing about completeness proves nothing.
func (p *Proof) Result() (v Verdict, evidence, warnings []string, account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, evidence = p.verdict, slices.Clone(p.evidence)
	if v == "" {
		v, evidence = Unproven, []string{"the source says nothing about completeness"}
	}
	return v, evidence, slices.Clone(p.warnings), p.account
}
