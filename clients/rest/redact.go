package rest

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	// shortest is the length below which a secret is not looked for: it would be found in innocent words.
	shortest = 6
	// minted is how many of the tokens that came during the run are remembered; older ones have expired.
	minted = 64
	// longestLine is what a writer holds back at most while it waits for the end of a line.
	longestLine = 1 << 20
)

// Redactor replaces secrets by "(redacted)" wherever they turn up: as they are, URL-escaped, JSON-escaped, and inside
// base64, at whatever offset, as in a Basic header. Secrets shorter than six characters are not looked for. It is safe
// for many goroutines; a nil one does nothing.
type Redactor struct {
	mu       sync.RWMutex
	kept     []Secret
	passing  []Secret // oldest first
	replacer *strings.Replacer
}

// NewRedactor makes one that knows nothing yet.
func NewRedactor() *Redactor { return &Redactor{} }

// Format prints nothing of what the redactor knows.
func (r *Redactor) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Add makes secrets known, for good.
func (r *Redactor) Add(values ...string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range values {
		if v = strings.TrimSpace(v); len(v) >= shortest && !slices.ContainsFunc(r.kept, is(v)) {
			r.kept = append(r.kept, NewSecret(v))
		}
	}
	r.rebuild()
}

// addMinted makes tokens known that will be forgotten when many newer ones have come.
func (r *Redactor) addMinted(values ...string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range values {
		if len(v) >= shortest {
			// What is still in use is the last to be forgotten.
			r.passing = append(slices.DeleteFunc(r.passing, is(v)), NewSecret(v))
		}
	}
	if over := len(r.passing) - minted; over > 0 {
		r.passing = slices.Delete(r.passing, 0, over)
	}
	r.rebuild()
}

// is tells whether a secret has a value.
func is(value string) func(Secret) bool {
	return func(s Secret) bool { return s.Reveal() == value }
}

// rebuild makes the replacer. Longer forms come first, so that a secret inside another one leaves nothing behind.
func (r *Redactor) rebuild() {
	var forms []string
	for _, v := range slices.Concat(r.kept, r.passing) {
		forms = append(forms, formsOf(v.Reveal())...)
	}
	slices.SortFunc(forms, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	var pairs []string
	for _, f := range slices.Compact(forms) {
		pairs = append(pairs, f, redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// formsOf lists how a secret may be written.
func formsOf(v string) []string {
	forms := []string{v, url.QueryEscape(v), url.PathEscape(v), quotedGo(v), quotedJSON(v, true), quotedJSON(v, false)}
	for offset := range 3 {
		forms = append(forms, inBase64(v, offset, base64.RawStdEncoding), inBase64(v, offset, base64.RawURLEncoding))
	}
	return slices.DeleteFunc(forms, func(f string) bool { return len(f) < shortest })
}

// inBase64 is what v looks like inside a longer text in base64, where offset bytes of a group of three stand before it.
// The characters that it shares with what stands before or behind it are left out.
func inBase64(v string, offset int, encoding *base64.Encoding) string {
	whole := []byte(encoding.EncodeToString(append(make([]byte, offset), v...)))
	from := (offset*8 + 5) / 6
	to := (offset + len(v)) * 8 / 6
	return string(whole[from:to])
}

func quotedGo(v string) string { return trimQuotes(strconv.Quote(v)) }

func quotedJSON(v string, escapeHTML bool) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(escapeHTML)
	if encoder.Encode(v) != nil {
		return v
	}
	return trimQuotes(strings.TrimSpace(b.String()))
}

func trimQuotes(s string) string { return s[1 : len(s)-1] }

// String is s with every known secret replaced.
func (r *Redactor) String(s string) string {
	if r == nil {
		return s
	}
	r.mu.RLock()
	replacer := r.replacer
	r.mu.RUnlock()
	if replacer == nil {
		return s
	}
	return replacer.Replace(s)
}

// Writer gives a writer that passes on whole lines, redacted, so that a secret split over two writes is found as well. What
// stands behind the last line end is passed on by Close, which the writer also has (io.Closer); it does not close w.
func (r *Redactor) Writer(w io.Writer) io.Writer { return &lineWriter{redactor: r, to: w} }

type lineWriter struct {
	redactor *Redactor
	to       io.Writer
	mu       sync.Mutex
	line     []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, p...)
	end := bytes.LastIndexAny(w.line, "\n\r") + 1
	if end == 0 && len(w.line) > longestLine {
		end = len(w.line)
	}
	if err := w.pass(end); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close passes on what stands behind the last line end.
func (w *lineWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pass(len(w.line))
}

// pass writes the first n bytes held back.
func (w *lineWriter) pass(n int) error {
	if n == 0 {
		return nil
	}
	text := w.redactor.String(string(w.line[:n]))
	w.line = append(w.line[:0], w.line[n:]...)
	_, err := io.WriteString(w.to, text)
	return err
}
