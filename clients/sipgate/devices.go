package sipgate

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// DevicesPath is where a user's devices are; the user's id stands for {userId}.
const (
	DevicesPath  = "/{userId}/devices"
	DevicesScope = "devices:read"
)

// pathOf puts a user's id into a path.
func pathOf(path string, u *User) string { return strings.ReplaceAll(path, "{userId}", u.ID) }

// Device is a telephone, a SIM card or a number elsewhere that a user has. Fields of other types than its own are empty.
type Device struct {
	ID               string    `json:"id"`
	Alias            string    `json:"alias"`
	Type             string    `json:"type"` // REGISTER, MOBILE or EXTERNAL; accounts of the new system have apps besides
	Online           rest.Bool `json:"online"`
	DND              rest.Bool `json:"dnd"` // do not disturb
	ActivePhonelines []Active  `json:"activePhonelines"`
	ActiveGroups     []Active  `json:"activeGroups"`
	CallerID         string    `json:"callerId"` // not documented; some answers have it
	Owner            string    `json:"owner"`    // not documented; some answers have it

	Registered         []Registration `json:"registered"` // what is logged in with the credentials of a telephone
	EmergencyAddressID rest.ID        `json:"emergencyAddressId"`

	SIMState string    `json:"simState"` // INACTIVE, PENDING or ACTIVE
	ESIM     rest.Bool `json:"esim"`

	Number                   string `json:"number"`                   // of an external device
	IncomingCallDisplayState string `json:"incomingCallDisplayState"` // CALLED_NUMBER or CALLER_NUMBER

	Credentials rest.Ignored `json:"credentials"` // the SIP password of a telephone, the PUKs of a SIM card
	AddressURL  rest.Ignored `json:"addressUrl"`  // within the API
}

// Active is a line or group for which a device rings.
type Active struct {
	ID    string `json:"id"`
	Alias string `json:"alias"`
}

// Registration is a telephone that is logged in.
type Registration struct {
	UserAgent string  `json:"userAgent"`
	IP        string  `json:"ip"`
	Port      rest.ID `json:"port"`
}

// Contingent is what a SIM card may use up.
type Contingent struct {
	Type    string   `json:"type"` // such as DATA_FAST
	Amount  rest.Int `json:"amount"`
	Used    rest.Int `json:"used"`
	Left    rest.Int `json:"left"`
	Unit    string   `json:"unit"` // such as KILOBYTE
	Expires Instant  `json:"expires"`
}

// value is an answer that holds one text.
type value struct {
	Value string `json:"value"`
}

// LocalPrefix is the area code that a device puts in front of short numbers.
type LocalPrefix struct {
	Value  string    `json:"value"` // such as "030"
	Active rest.Bool `json:"active"`
}

// switched is an answer that holds one truth.
type switched struct {
	Enabled rest.Bool `json:"enabled"`
	Active  rest.Bool `json:"active"`
}

// UserDevice is a device, its user, and its settings as far as they can be seen.
type UserDevice struct {
	User User
	Device
	Shown              string // the caller id
	LocalPrefix        LocalPrefix
	SingleRowDisplay   rest.Bool
	TariffAnnouncement rest.Bool
	Recording          rest.Bool
	Contingents        []Contingent
}

// Devices reads the devices of all users, an answer for each user, and five or six for the settings of each device. On an
// account of the new system, apps are asked for as well. Scope: devices:read; users:read for the users.
func (c *Client) Devices(ctx context.Context, q Query, p Progress) iter.Seq2[UserDevice, error] {
	query := maps.Clone(q.Filter)
	read := ofUsers(c, "devices", DevicesScope, func(ctx context.Context, j *joins, u *User) ([]UserDevice, error) {
		devices, err := list(ctx, c, part{path: pathOf(DevicesPath, u), scope: DevicesScope, query: query}, func(d *Device) error { return pathID("id", d.ID) })
		if err != nil {
			return nil, err
		}
		rows := make([]UserDevice, len(devices))
		for i := range devices {
			rows[i] = UserDevice{User: *u, Device: devices[i]}
			if err := rows[i].join(ctx, j); err != nil {
				return nil, err
			}
		}
		return rows, nil
	})
	users := read.list
	read.list = func(ctx context.Context) ([]User, error) {
		if q.Limit == 0 && !query.Has("type") {
			system, err := c.system(ctx)
			if err != nil {
				return nil, err
			}
			if system == neo {
				query = url.Values{"type": {"all"}}
				maps.Copy(query, q.Filter)
			}
		}
		return users(ctx)
	}
	return read.read(ctx, c, q.Limit > 0, p)
}

// join asks for the settings of a device.
func (d *UserDevice) join(ctx context.Context, j *joins) error {
	at := func(setting string) part { return part{path: "/devices/" + d.ID + "/" + setting, scope: DevicesScope} }
	shown, err := joinObject[value](ctx, j, "caller id", at("callerid"))
	if err != nil {
		return err
	}
	if d.LocalPrefix, err = joinObject[LocalPrefix](ctx, j, "local prefix", at("localprefix")); err != nil {
		return err
	}
	single, err := joinObject[switched](ctx, j, "single row display", at("singlerowdisplay"))
	if err != nil {
		return err
	}
	tariff, err := joinObject[switched](ctx, j, "tariff announcement", at("tariffannouncement"))
	if err != nil {
		return err
	}
	recording, err := joinObject[switched](ctx, j, "automatic recording", part{path: "/autorecordings/" + d.ID + "/settings", scope: DevicesScope})
	if err != nil {
		return err
	}
	d.Shown, d.SingleRowDisplay, d.TariffAnnouncement, d.Recording = shown.Value, single.Enabled, tariff.Enabled, recording.Active
	if d.Shown == "" {
		d.Shown = d.CallerID
	}
	if d.Type != "MOBILE" {
		return nil
	}
	at = func(setting string) part {
		return part{path: pathOf(DevicesPath, &d.User) + "/" + d.ID + "/" + setting, scope: DevicesScope, envelope: setting}
	}
	d.Contingents, err = joinList(ctx, j, "contingents", at("contingents"), func(k *Contingent) error { return k.Expires.check("expires") })
	return err
}
