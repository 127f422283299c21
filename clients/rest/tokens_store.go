package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// unknownOnDisk is how long a token of unknown expiry is believed by a later run.
const unknownOnDisk = time.Hour

// document is what the Store keeps. There is no password in it.
type document struct {
	AccessToken  string    `json:"access_token,omitempty"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	Obtained     time.Time `json:"obtained,omitzero"`
	Expires      time.Time `json:"expires,omitzero"`
}

// documentName names the document so that other credentials, a new refresh token in the settings included, never meet
// tokens that are not theirs.
func documentName(o TokenOptions) string {
	parts := []string{o.URL.String(), o.ClientID}
	for _, g := range o.Grants {
		parts = append(parts, g.Type, g.Username)
		if !g.RefreshToken.IsZero() {
			sum := sha256.Sum256([]byte(g.RefreshToken.Reveal()))
			parts = append(parts, hex.EncodeToString(sum[:]))
		}
	}
	for _, name := range sortedNames(o.Extra) {
		parts = append(parts, name, o.Extra[name])
	}
	for _, name := range sortedNames(o.Header) {
		parts = append(append(parts, name), o.Header[name]...)
	}
	text, _ := json.Marshal(parts) // Strings cannot fail; quoted, they do not run into one another.
	sum := sha256.Sum256(text)
	return o.Key + "-" + hex.EncodeToString(sum[:12])
}

// load reads what an earlier run or another process left. A document that cannot be read as one is as good as none.
func (t *Tokens) load() (token, error) {
	data, err := t.o.Store.Load(t.name)
	if errors.Is(err, fs.ErrNotExist) {
		return token{}, nil
	}
	if err != nil {
		return token{}, fmt.Errorf("token store: %w", err)
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		t.o.Log.Warn("the stored tokens cannot be read; going on without them", "api", t.o.API, "document", t.name)
		return token{}, nil
	}
	t.o.Redactor.addMinted(d.AccessToken, d.RefreshToken)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ahead {
		return token{}, nil
	}
	if d.RefreshToken != "" {
		t.refresh = NewSecret(d.RefreshToken)
	}
	return token{access: NewSecret(d.AccessToken), obtained: d.Obtained, expires: d.Expires}, nil
}

// save writes tokens, and returns when they are on the disk.
func (t *Tokens) save(k token, refresh Secret) error {
	if t.o.Store == nil {
		return nil
	}
	d := document{k.access.Reveal(), refresh.Reveal(), k.obtained.UTC(), k.expires}
	if d.Expires.IsZero() {
		d.Expires = k.obtained.Add(unknownOnDisk)
	}
	d.Expires = d.Expires.UTC()
	data, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("token store: %w", err)
	}
	if err := t.o.Store.Save(t.name, data); err != nil {
		return fmt.Errorf("token store: %w", err)
	}
	return nil
}

// proveStore writes the refresh token that is about to be used. Where its answer could not be kept, it is not used up.
func (t *Tokens) proveStore() error {
	t.mu.Lock()
	refresh := t.refresh
	t.mu.Unlock()
	return t.save(token{obtained: t.now()}, refresh)
}
