package sipgate

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"net/url"
	"slices"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scopes of what belongs to the account as a whole.
const (
	NumbersPath   = "/numbers"
	PortingsPath  = "/portings"
	AddressesPath = "/addresses"
	BlacklistPath = "/blacklist/incoming"

	NumbersScope   = "numbers:read"
	PortingsScope  = "portings:read"
	AddressesScope = "addresses:read"
	BlacklistScope = "blacklist:read"
)

// Number is a telephone number of the account.
type Number struct {
	ID            rest.ID `json:"id"`
	Number        string  `json:"number"`     // E.164 as a rule
	Localized     string  `json:"localized"`  // as people write it, such as "030-123456"
	Type          string  `json:"type"`       // MOBILE, LANDLINE, QUICKDIAL or INTERNATIONAL
	EndpointID    string  `json:"endpointId"` // such as "p0"; empty where the number leads nowhere
	EndpointAlias string  `json:"endpointAlias"`
	PortID        rest.ID `json:"portId"` // of the porting with which it came
	MNP           struct {
		Released      rest.Bool `json:"isReleased"`
		ReleasedUntil string    `json:"releasedUntil"` // its form is not documented
	} `json:"mnpState"` // mobile numbers: whether another carrier may take it

	EndpointURL rest.Ignored `json:"endpointUrl"` // within the API
}

// check says what a number lacks.
func (n *Number) check() error {
	if err := need("id", n.ID); err != nil {
		return err
	}
	return need("number", n.Number)
}

// Numbers reads all numbers of the account. The API documents no total for them. Scope: numbers:read.
func (c *Client) Numbers(ctx context.Context, q Query, p Progress) iter.Seq2[Number, error] {
	return paged(ctx, c, "numbers", part{path: NumbersPath, scope: NumbersScope}, q, (*Number).check,
		func(n *Number) string { return string(n.ID) }, p)
}

// Porting is a move of numbers from or to another carrier.
type Porting struct {
	ID        rest.ID   `json:"id"`
	Date      Day       `json:"portDate"`
	Status    rest.Int  `json:"status"` // see Meaning
	Revocable rest.Bool `json:"revocable"`
	Pending   rest.Bool `json:"pending"`
	Numbers   []struct {
		ID     rest.ID `json:"id"`
		Number string  `json:"number"`
	} `json:"numbers"`
}

// Meaning is the porting's status in words, empty if the API documents none.
func (p *Porting) Meaning() string {
	status, ok := p.Status.Get()
	if !ok {
		return ""
	}
	switch status {
	case 100:
		return "waiting for the customer's fax"
	case 150, 160, 170:
		return "waiting for the opt-in to the exchange between carriers (WBCI)"
	case 200:
		return "waiting for the current carrier"
	case 250:
		return "sent to the current carrier (WBCI)"
	case 251:
		return "network error"
	case 252:
		return "rejected by the current carrier"
	case 400:
		return "accepted"
	case 450:
		return "waiting for the data exchange"
	case 451:
		return "error in the data exchange"
	case 500:
		return "complete"
	case 600:
		return "cancelled"
	}
	return ""
}

func (p *Porting) check() error {
	if err := need("id", p.ID); err != nil {
		return err
	}
	return p.Date.check("portDate")
}

// Portings asks for all portings, which come in one answer. Scope: portings:read.
func (c *Client) Portings(ctx context.Context, query url.Values) ([]Porting, error) {
	return list(ctx, c, part{path: PortingsPath, scope: PortingsScope, query: query}, (*Porting).check)
}

// Blocked is a number, or a beginning of numbers, whose calls are not let through.
type Blocked struct {
	PhoneNumber string    `json:"phoneNumber"`
	Prefix      rest.Bool `json:"isBlock"` // all numbers that begin like this
}

// Blacklist asks for the blocked callers of the token's user, which come in one answer. Scope: blacklist:read.
func (c *Client) Blacklist(ctx context.Context, query url.Values) ([]Blocked, error) {
	return list(ctx, c, part{path: BlacklistPath, scope: BlacklistScope, query: query}, func(b *Blocked) error { return need("phoneNumber", b.PhoneNumber) })
}

// Place is a postal address as the API describes it, of the account or of a contact.
type Place struct {
	POBox           string `json:"poBox"`
	ExtendedAddress string `json:"extendedAddress"`
	StreetAddress   string `json:"streetAddress"`
	Locality        string `json:"locality"`
	Region          string `json:"region"`
	PostalCode      string `json:"postalCode"`
	Country         string `json:"country"` // such as "DE"
}

// Address is an address of the account, and the numbers that are registered there.
type Address struct {
	ID rest.ID `json:"id"` // not documented
	Place
	Numbers []Number `json:"-"`
}

// Addresses reads the addresses of the account, and asks for the numbers of each. The list has to have as many as the
// API counts. Scope: addresses:read; numbers:read for the numbers, and users:read where the list gives no ids.
func (c *Client) Addresses(ctx context.Context, q Query, p Progress) iter.Seq2[Address, error] {
	rows, ids := 0, map[Place]rest.ID(nil)
	read := owned[Address, Address]{
		rows: "addresses", scope: AddressesScope,
		list: func(ctx context.Context) ([]Address, error) {
			all, err := list(ctx, c, part{path: AddressesPath, scope: AddressesScope, query: q.Filter}, (*Address).check)
			rows = len(all)
			return all, err
		},
		name: func(a *Address) string { return string(a.ID) },
		of: func(ctx context.Context, j *joins, a *Address) (_ []Address, err error) {
			if a.ID == "" && ids == nil {
				if ids, err = addressIDs(ctx, j); err != nil {
					return nil, err
				}
			}
			if a.ID = cmp.Or(a.ID, ids[a.Place]); a.ID == "" {
				p.Warn("an address has no id, neither in the list nor at a user, so that its numbers cannot be asked for")
				return []Address{*a}, nil
			}
			a.Numbers, err = joinList(ctx, j, "numbers of an address", part{path: AddressesPath + "/" + string(a.ID) + "/numbers", scope: NumbersScope}, (*Number).check)
			return []Address{*a}, err
		},
	}
	return func(yield func(Address, error) bool) {
		for address, err := range read.read(ctx, c, q.Limit > 0, p) {
			if !yield(address, err) || err != nil {
				return
			}
		}
		if q.Limit > 0 || len(q.Filter) > 0 {
			return
		}
		if err := c.countAddresses(ctx, rows, p); err != nil {
			yield(Address{}, err)
		}
	}
}

// addressIDs finds the ids of addresses by way of the users, who have one each: as documented, the list has none.
func addressIDs(ctx context.Context, j *joins) (map[Place]rest.ID, error) {
	ids := map[Place]rest.ID{}
	users, err := joinList(ctx, j, "users, for the ids of addresses", part{path: UsersPath, scope: UsersScope}, func(u *User) error { return pathID("id", u.ID) })
	for _, u := range users {
		if pathID("addressId", u.AddressID) != nil || slices.Contains(slices.Collect(maps.Values(ids)), u.AddressID) {
			continue
		}
		address, err := joinObject[Address](ctx, j, "addresses of users", part{path: AddressesPath + "/" + string(u.AddressID), scope: AddressesScope})
		if err != nil {
			return nil, err
		}
		if address.Place != (Place{}) {
			ids[address.Place] = u.AddressID
		}
	}
	return ids, err
}

func (a *Address) check() error {
	if a.ID != "" {
		return pathID("id", a.ID)
	}
	if a.Place == (Place{}) {
		return need("id", a.ID)
	}
	return nil
}

// countAddresses holds the list against the API's own count.
func (c *Client) countAddresses(ctx context.Context, rows int, p Progress) error {
	const path = AddressesPath + "/itemCount"
	var answer struct {
		ItemCount rest.Int `json:"itemCount"`
	}
	err := c.get(ctx, path, AddressesScope, nil, &answer)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	count, ok := answer.ItemCount.Get()
	switch {
	case !ok:
		return unexpected(path, "the answer has no itemCount")
	case count == int64(rows):
		p.Complete("addresses: the API's count of %d was met", count)
	case count > int64(rows):
		p.Truncated("addresses: the API counts %d and gave %d", count, rows)
	default:
		p.Unproven("addresses: the API counts %d and gave %d", count, rows)
	}
	return nil
}
