package sipgate

import (
	"context"
	"iter"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scopes of the settings of users; a user's id stands for {userId}.
const (
	callRestrictionsPath = "/callrestrictions"
	notificationsPath    = "/{userId}/notifications"

	CallRestrictionsScope = "callrestrictions:read"
	NotificationsScope    = "notifications:read"
)

// CallRestrictions are what a user may not call.
type CallRestrictions struct {
	UserID                 string    `json:"userId"`
	ForeignSpecial         rest.Bool `json:"foreignSpecial"`
	Charged                rest.Bool `json:"charged"`
	Roaming                rest.Bool `json:"roaming"`
	HighCostForeignNumbers rest.Bool `json:"highCostForeignNumbers"`
}

// Notification is a line of which a user is told what happens there, and where he or she is told.
type Notification struct {
	EndpointID    string   `json:"endpointId"` // such as "p0"
	EndpointAlias string   `json:"endpointAlias"`
	Emails        []Target `json:"emails"`
	SMS           []Target `json:"sms"`
	Reports       []Target `json:"reports"` // of faxes that were sent
}

// Target is an address to which a notification goes.
type Target struct {
	ID        rest.ID `json:"id"`
	Email     string  `json:"email"`
	Number    string  `json:"number"`
	Direction string  `json:"direction"` // INCOMING or OUTGOING
	Cause     string  `json:"cause"`     // MISSED or SUCCESSFUL, of calls
}

// Notifications are a user's, by what they are about.
type Notifications struct {
	Call      []Notification `json:"call"`
	Fax       []Notification `json:"fax"`
	SMS       []Notification `json:"sms"`
	Voicemail []Notification `json:"voicemail"`
}

// UserSettings is a user and what is set for him or her.
type UserSettings struct {
	User
	Restrictions  CallRestrictions
	Notifications Notifications
}

// UsersWithSettings reads the users, and two answers about each. Scope: users:read; callrestrictions:read and
// notifications:read for the settings.
func (c *Client) UsersWithSettings(ctx context.Context, q Query, p Progress) iter.Seq2[UserSettings, error] {
	read := owned[User, UserSettings]{
		rows: "users", scope: UsersScope,
		name: func(u *User) string { return u.ID },
		list: func(ctx context.Context) ([]User, error) { return c.Users(ctx, q.Filter) },
		of: func(ctx context.Context, j *joins, u *User) ([]UserSettings, error) {
			restrictions, err := joinObject[CallRestrictions](ctx, j, "call restrictions",
				part{path: callRestrictionsPath, scope: CallRestrictionsScope, query: url.Values{"userIds": {u.ID}}})
			if err != nil {
				return nil, err
			}
			if restrictions.UserID != "" && restrictions.UserID != u.ID {
				return nil, unexpected(callRestrictionsPath, "userId is %.40q where %q was asked for", restrictions.UserID, u.ID)
			}
			notifications, err := joinObject[Notifications](ctx, j, "notifications", part{path: pathOf(notificationsPath, u), scope: NotificationsScope})
			return []UserSettings{{*u, restrictions, notifications}}, err
		},
	}
	return read.read(ctx, c, q.Limit > 0, p)
}
