package sipgate

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths and scopes of what several users share.
const (
	GroupsPath       = "/groups"
	GroupMembersPath = "/groups/{groupId}/users"
	VoicemailsPath   = "/voicemails"
	ChannelsPath     = "/channels"

	GroupsScope     = "groups:read"
	VoicemailsScope = "voicemails:read"
	ChannelsScope   = "channels:read"
)

// Group is a number of users who are called together. Only classic accounts have groups.
type Group struct {
	ID           string  `json:"id"`
	Alias        string  `json:"alias"`
	DepartmentID rest.ID `json:"departmentId"`

	// Addresses within the API.
	GroupNumbersURL rest.Ignored `json:"groupNumbersUrl"`
	GroupUsersURL   rest.Ignored `json:"groupUsersUrl"`

	Numbers    []TypedNumber   `json:"-"`
	Faxlines   []Faxline       `json:"-"`
	Voicemails []LineVoicemail `json:"-"`
}

// groups asks for the groups, which come in one answer.
func (c *Client) groups(ctx context.Context, query url.Values) ([]Group, error) {
	return list(ctx, c, part{path: GroupsPath, scope: GroupsScope, query: query}, func(g *Group) error { return pathID("id", g.ID) })
}

func groupName(g *Group) string { return g.ID }

// Groups reads the groups, and an answer each for their numbers, fax lines and voicemails. Scope: groups:read.
func (c *Client) Groups(ctx context.Context, q Query, p Progress) iter.Seq2[Group, error] {
	read := owned[Group, Group]{
		rows: "groups", scope: GroupsScope, name: groupName,
		list: func(ctx context.Context) ([]Group, error) { return c.groups(ctx, q.Filter) },
		of: func(ctx context.Context, j *joins, g *Group) ([]Group, error) {
			at := func(thing string) part { return part{path: GroupsPath + "/" + g.ID + "/" + thing, scope: GroupsScope} }
			var err error
			if g.Numbers, err = joinList(ctx, j, "numbers", at("numbers"), anything[TypedNumber]); err != nil {
				return nil, err
			}
			if g.Faxlines, err = joinList(ctx, j, "fax lines", at("faxlines"), func(f *Faxline) error { return need("id", f.ID) }); err != nil {
				return nil, err
			}
			g.Voicemails, err = joinList(ctx, j, "voicemails", at("voicemail"), func(v *LineVoicemail) error { return need("id", v.ID) })
			return []Group{*g}, err
		},
	}
	return read.read(ctx, c, q.Limit > 0, p)
}

// Member is a user as a group knows him or her.
type Member struct {
	Group     Group  `json:"-"`
	ID        string `json:"id"`
	Firstname string `json:"firstname"`
	Lastname  string `json:"lastname"`

	UserURL rest.Ignored `json:"userUrl"` // within the API
}

// Members reads the users of each group, an answer for each group. Scope: groups:read.
func (c *Client) Members(ctx context.Context, q Query, p Progress) iter.Seq2[Member, error] {
	read := owned[Group, Member]{
		rows: "members", owners: "groups", scope: GroupsScope, name: groupName,
		list: func(ctx context.Context) ([]Group, error) { return c.groups(ctx, q.Filter) },
		of: func(ctx context.Context, _ *joins, g *Group) ([]Member, error) {
			members, err := list(ctx, c, part{path: GroupsPath + "/" + g.ID + "/users", scope: GroupsScope}, func(m *Member) error { return need("id", m.ID) })
			for i := range members {
				members[i].Group = *g
			}
			return members, err
		},
	}
	return read.read(ctx, c, q.Limit > 0, p)
}

// VoicemailBox is where messages for a user, line or group are kept.
type VoicemailBox struct {
	ID                string    `json:"id"`
	Alias             string    `json:"alias"`
	BelongsToEndpoint Extension `json:"belongsToEndpoint"`

	// Only the answer about a single box has these.
	Transcription       rest.Bool `json:"transcription"`
	CanTranscribe       rest.Bool `json:"canTranscribe"`
	ActiveGreetingAlias string    `json:"activeGreetingAlias"`
	ActiveGreetingID    rest.ID   `json:"activeGreetingId"`
	AccessNumber        string    `json:"accessNumber"`
}

// VoicemailBoxes reads the voicemail boxes, and an answer about each. Scope: voicemails:read.
func (c *Client) VoicemailBoxes(ctx context.Context, q Query, p Progress) iter.Seq2[VoicemailBox, error] {
	read := owned[VoicemailBox, VoicemailBox]{
		rows: "voicemail boxes", scope: VoicemailsScope,
		name: func(b *VoicemailBox) string { return b.ID },
		list: func(ctx context.Context) ([]VoicemailBox, error) {
			return list(ctx, c, part{path: VoicemailsPath, scope: VoicemailsScope, query: q.Filter}, func(b *VoicemailBox) error { return pathID("id", b.ID) })
		},
		of: func(ctx context.Context, j *joins, b *VoicemailBox) ([]VoicemailBox, error) {
			path := VoicemailsPath + "/" + b.ID
			single, err := joinObject[VoicemailBox](ctx, j, "settings of a box", part{path: path, scope: VoicemailsScope})
			if err != nil {
				return nil, err
			}
			if single.ID != "" && single.ID != b.ID {
				return nil, unexpected(path, "id is %.40q where %q was asked for", single.ID, b.ID)
			}
			single.ID, single.Alias, single.BelongsToEndpoint = b.ID, b.Alias, b.BelongsToEndpoint
			return []VoicemailBox{single}, nil
		},
	}
	return read.read(ctx, c, q.Limit > 0, p)
}

// Channel is what groups and phone lines are on accounts of the new system.
type Channel struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Users []struct {
		ID        string     `json:"id"`
		DeviceIDs rest.Texts `json:"deviceIds"`
	} `json:"users"`
}

// Channels asks for the channels, which come in one answer. Only accounts of the new system have any. Scope: channels:read.
func (c *Client) Channels(ctx context.Context, query url.Values) ([]Channel, error) {
	channels, err := list(ctx, c, part{path: ChannelsPath, scope: ChannelsScope, query: query}, func(k *Channel) error { return need("id", k.ID) })
	var refused *rest.Error
	if !errors.As(err, &refused) || !isMissing(err) {
		return channels, err
	}
	if system, _ := c.system(ctx); system != classic {
		return nil, err
	}
	// How a classic account answers is not documented: refused, or as a path that does not exist.
	return nil, &rest.Error{API: api, Path: refused.Path, Kind: rest.Refused, Status: http.StatusForbidden, Text: refused.Text,
		Hint: "the account is a classic one, which has groups and phone lines instead; only accounts on sipgate's new system (neo) have channels"}
}
