package sipgate

import (
	"context"
	"iter"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scope of the address books.
const (
	ContactsPath         = "/contacts"
	InternalContactsPath = "/contacts/internal"

	ContactsScope = "contacts:read"
)

// Contact is an entry of the address book.
type Contact struct {
	ID           rest.ID       `json:"id"`
	Name         string        `json:"name"`
	Scope        string        `json:"scope"` // PRIVATE, SHARED or INTERNAL
	Emails       []TypedEmail  `json:"emails"`
	Numbers      []TypedNumber `json:"numbers"`
	Addresses    []Place       `json:"addresses"`
	Organization []rest.Texts  `json:"organization"` // each with its departments behind it

	Picture rest.Ignored `json:"picture"` // an image in base64, which no table shows
}

// TypedEmail is an e-mail address and what it is for.
type TypedEmail struct {
	Email string     `json:"email"`
	Type  rest.Texts `json:"type"` // such as "work"
}

// TypedNumber is a telephone number and what it is for.
type TypedNumber struct {
	Number string     `json:"number"`
	Type   rest.Texts `json:"type"` // such as "work", "cell"
}

// Contacts reads the address book of the token's user, shared entries included. Scope: contacts:read.
func (c *Client) Contacts(ctx context.Context, q Query, p Progress) iter.Seq2[Contact, error] {
	return paged(ctx, c, "contacts", part{path: ContactsPath, scope: ContactsScope}, q,
		func(k *Contact) error { return need("id", k.ID) }, func(k *Contact) string { return string(k.ID) }, p)
}

// InternalContact is an entry that the account makes of each of its users.
type InternalContact struct {
	ID         rest.ID    `json:"id"`
	Name       string     `json:"name"`
	Emails     rest.Texts `json:"emails"`
	Mobile     rest.Texts `json:"mobile"`
	Landline   rest.Texts `json:"landline"`
	Fax        rest.Texts `json:"fax"`
	DirectDial rest.Texts `json:"directdial"`
}

// InternalContacts asks for the contacts within the account, which come in one answer. Scope: contacts:read.
func (c *Client) InternalContacts(ctx context.Context, query url.Values) ([]InternalContact, error) {
	return list(ctx, c, part{path: InternalContactsPath, scope: ContactsScope, query: query},
		func(k *InternalContact) error { return need("id", k.ID) })
}
