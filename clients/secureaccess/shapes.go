package secureaccess

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// The shapes that many reports share. Fields that the API leaves out, or answers with null, stay empty.

// IdentityType is a sort of identity, such as "Sites".
type IdentityType struct {
	ID    rest.ID `json:"id"`
	Label string  `json:"label"`
	Type  string  `json:"type"` // such as "site", "directory_user", "anyconnect"
}

// Identity is somebody or something whose traffic is seen: a person, a machine, a site, a network.
type Identity struct {
	ID      rest.ID      `json:"id"`
	Label   string       `json:"label"`
	Type    IdentityType `json:"type"`
	Deleted rest.Bool    `json:"deleted"`
}

// identityIDs are the ids of identities, with commas between them.
func identityIDs(list []Identity) string {
	var ids []string
	for _, i := range list {
		if i.ID != "" {
			ids = append(ids, string(i.ID))
		}
	}
	return strings.Join(ids, ",")
}

// Category is a sort of destination, such as "Malware".
type Category struct {
	ID          rest.ID   `json:"id"`
	Label       string    `json:"label"`
	Type        string    `json:"type"` // such as "security", "content"
	Integration rest.Bool `json:"integration"`
	Deprecated  rest.Bool `json:"deprecated"`
}

// Application is an application that was recognised in the traffic.
type Application struct {
	ID       rest.ID `json:"id"`
	Label    string  `json:"label"`
	Type     string  `json:"type"` // such as "NBAR", "AVC"
	App      string  `json:"app"`  // what rows of the firewall have in place of the type
	Category struct {
		ID    rest.ID `json:"id"`
		Label string  `json:"label"`
	} `json:"category"`
}

// Sort is the type of an application, under whichever name.
func (a *Application) Sort() string { return orDefault(a.Type, a.App) }

// Threat is a threat that is known by name.
type Threat struct {
	Label string `json:"label"`
	Type  string `json:"type"`
}

// Name is a name that the API gives as text, or inside an object with more about it.
type Name string

// UnmarshalJSON takes text, or the label or name of an object; of an object without them, the object as it is.
func (n *Name) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		return json.Unmarshal(b, (*rest.ID)(n))
	}
	var object struct {
		Label string `json:"label"`
		Name  string `json:"name"`
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	*n = Name(orDefault(orDefault(object.Label, object.Name), string(b)))
	return nil
}

// UnmarshalScalar takes text, or what else an id may be.
func (n *Name) UnmarshalScalar(text string, quoted bool) error {
	return (*rest.ID)(n).UnmarshalScalar(text, quoted)
}

// Counts are requests by what became of them. Connection events are counted under several names, depending on the
// report and on the API's version.
type Counts struct {
	Requests            rest.Int `json:"requests"`
	AllowedRequests     rest.Int `json:"allowedrequests"`
	BlockedRequests     rest.Int `json:"blockedrequests"`
	ConnectedEvents     rest.Int `json:"connectedevents"`
	DisconnectedEvents  rest.Int `json:"disconnectedevents"`
	ConnectionEvents    rest.Int `json:"connectionevents"`
	DisconnectionEvents rest.Int `json:"disconnectionevents"`
	DisconnectEvents    rest.Int `json:"disconnectevents"`
}

// Connected is the number of connections that were made, under whichever name.
func (c Counts) Connected() (int64, bool) { return first(c.ConnectedEvents, c.ConnectionEvents) }

// Disconnected is the number of connections that ended, under whichever name.
func (c Counts) Disconnected() (int64, bool) {
	return first(c.DisconnectedEvents, c.DisconnectionEvents, c.DisconnectEvents)
}

func first(numbers ...rest.Int) (int64, bool) {
	for _, number := range numbers {
		if n, ok := number.Get(); ok {
			return n, true
		}
	}
	return 0, false
}

// unnamed is the name of a text that must not be empty if it is.
func unnamed(name, text string) string {
	if text == "" {
		return name
	}
	return ""
}

// missing is the name of a number if it is not there.
func missing(name string, n rest.Int) string {
	if _, ok := n.Get(); !ok {
		return name
	}
	return ""
}
