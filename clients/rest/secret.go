package rest

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is what stands wherever a secret would have stood.
const redacted = "(redacted)"

// Secret is a password, a key or a token. It prints as "(redacted)" under every verb, in JSON, in text and in slog; only
// Reveal gives its value. The zero Secret is empty, and prints the same, so that a log does not even tell which are set.
type Secret struct {
	// The value is behind a pointer, because fmt asks no method of a field that is not exported, but prints what is in
	// it. Of a pointer it prints the address.
	value *string
}

// NewSecret hides s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal gives the value, for the one place that sends it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero tells whether the secret is empty.
func (s Secret) IsZero() bool { return s.value == nil }

// String hides the value from everything that prints.
func (s Secret) String() string { return redacted }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return redacted }

// Format hides the value from every verb, those that look into structs included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the value from JSON, XML and everything else that asks for text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the value from a setting.
func (s *Secret) UnmarshalText(b []byte) error {
	*s = NewSecret(string(b))
	return nil
}
