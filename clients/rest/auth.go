package rest

import (
	"context"
	"encoding/base64"
	"net/http"
)

// Auth signs requests. It is used by many goroutines at once.
type Auth interface {
	// Authorize signs a request that is about to be sent, and returns which generation of the credentials signed it.
	// It may be called again for the same request, and then replaces what it wrote before.
	Authorize(ctx context.Context, r *http.Request) (generation int64, err error)
	// Refused is told that the API refused a generation. It renews if that is possible, once for all callers, and tells
	// whether asking again is worth it.
	Refused(ctx context.Context, generation int64) (again bool, err error)
	// Accepted is told that the API accepted a generation; that ends a row of renewals without a success.
	Accepted(generation int64)
}

// Basic signs with a user name and a password (RFC 7617).
type Basic struct {
	User     string
	Password Secret
}

// Authorize sets the Basic header.
func (b Basic) Authorize(_ context.Context, r *http.Request) (int64, error) {
	r.Header.Set("Authorization", b.header())
	return 0, nil
}

func (b Basic) header() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(b.User+":"+b.Password.Reveal()))
}

// Refused says that there is nothing to renew.
func (Basic) Refused(context.Context, int64) (bool, error) { return false, nil }

// Accepted has nothing to note.
func (Basic) Accepted(int64) {}

// Raw signs with an Authorization value that has no scheme word in front.
type Raw struct{ Value Secret }

// Authorize sets the header as it is.
func (v Raw) Authorize(_ context.Context, r *http.Request) (int64, error) {
	r.Header.Set("Authorization", v.Value.Reveal())
	return 0, nil
}

// Refused says that there is nothing to renew.
func (Raw) Refused(context.Context, int64) (bool, error) { return false, nil }

// Accepted has nothing to note.
func (Raw) Accepted(int64) {}
