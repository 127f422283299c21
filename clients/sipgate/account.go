package sipgate

import (
	"context"
	"fmt"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scopes, as the API writes them.
const (
	UserinfoPath = "/authorization/userinfo"
	AccountPath  = "/account"
	BalancePath  = "/balance"
	UsersPath    = "/users"
	HistoryPath  = "/history"

	AccountScope = "account:read"
	BalanceScope = "balance:read"
	UsersScope   = "users:read"
	HistoryScope = "history:read"
)

// Userinfo is the web user to whom the token belongs.
type Userinfo struct {
	Sub         string `json:"sub"` // the web user, such as "w0"
	Domain      string `json:"domain"`
	MasterSIPID string `json:"masterSipId"` // the account's number
	Locale      string `json:"locale"`
}

// String names user and account, such as "w0 at sipgate.de, account 1234567".
func (u Userinfo) String() string {
	s := fmt.Sprintf("%s at %s", u.Sub, u.Domain)
	if u.MasterSIPID != "" {
		s += ", account " + u.MasterSIPID
	}
	return s
}

// Userinfo asks whose token it is. No scope is needed.
func (c *Client) Userinfo(ctx context.Context) (Userinfo, error) {
	var u Userinfo
	if err := c.get(ctx, UserinfoPath, "", nil, &u); err != nil {
		return u, err
	}
	if u.Sub == "" {
		return u, unexpected(UserinfoPath, "the answer has no sub")
	}
	return u, nil
}

// How long an account keeps its history.
const (
	KeepsNone       = "NONE"
	KeepsThirtyDays = "THIRTY_DAYS"
	KeepsUnlimited  = "UNLIMITED"
)

// Account is the telephone account.
type Account struct {
	Company         string    `json:"company"`
	MainProductType string    `json:"mainProductType"` // such as "TEAM"; new ones appear
	Verified        rest.Bool `json:"verified"`
	HistoryLifeTime string    `json:"historyLifeTime"` // one of the Keeps constants; absent in old answers

	LogoURL rest.Ignored `json:"logoUrl"` // a picture, which is no data
}

// Account asks for the account's data. Scope: account:read.
func (c *Client) Account(ctx context.Context) (Account, error) {
	var a Account
	if err := c.get(ctx, AccountPath, AccountScope, nil, &a); err != nil {
		return a, err
	}
	if a.MainProductType == "" {
		return a, unexpected(AccountPath, "the answer has no mainProductType")
	}
	return a, nil
}

// Balance is what is left on a prepaid account.
type Balance struct {
	Amount   rest.Int `json:"amount"`   // in 1/10000 of the currency
	Currency string   `json:"currency"` // such as "EUR"
}

// Balance asks for the account's balance. Scope: balance:read.
func (c *Client) Balance(ctx context.Context) (Balance, error) {
	var b Balance
	if err := c.get(ctx, BalancePath, BalanceScope, nil, &b); err != nil {
		return b, err
	}
	if _, ok := b.Amount.Get(); !ok {
		return b, unexpected(BalancePath, "the answer has no amount")
	}
	if b.Currency == "" {
		return b, unexpected(BalancePath, "the answer has no currency")
	}
	return b, nil
}

// User is a web user of the account.
type User struct {
	ID            string     `json:"id"` // such as "w0"
	Firstname     string     `json:"firstname"`
	Lastname      string     `json:"lastname"`
	Email         string     `json:"email"`
	DefaultDevice string     `json:"defaultDevice"` // such as "e0"
	BusyOnBusy    rest.Bool  `json:"busyOnBusy"`
	AddressID     rest.ID    `json:"addressId"`
	DirectDialIDs rest.Texts `json:"directDialIds"`
	Timezone      string     `json:"timezone"` // such as "Europe/Berlin"
	Admin         rest.Bool  `json:"admin"`
}

// Users asks for all web users of the account, which come in one answer. Scope: users:read.
func (c *Client) Users(ctx context.Context, query url.Values) ([]User, error) {
	return list(ctx, c, part{path: UsersPath, scope: UsersScope, query: query}, func(u *User) error { return pathID("id", u.ID) })
}
