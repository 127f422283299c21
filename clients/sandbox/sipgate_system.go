package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// SipgateSystem is a generation of telephone accounts.
type SipgateSystem int

// The generations. An account that was moved to the new system still has its calls in the history; one that was opened
// there has none.
const (
	SipgateMoving SipgateSystem = iota
	SipgateClassic
	SipgateNeo
	SipgateMoved
)

// neo tells whether an account is on the new system.
func (s SipgateSystem) neo() bool { return s == SipgateNeo || s == SipgateMoved }

// claim is what an access token says of the account.
func (s SipgateSystem) claim() string {
	if s.neo() {
		return "NEO_PBX"
	}
	return "CLASSIC_PBX"
}

// onSystem refuses the paths of the other generation. The words for accounts of the new system are the real ones; how a
// classic account answers about channels is not known.
func (s *sipgate) onSystem(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
		case s.o.Sipgate.neo() && (parts[0] == "groups" || parts[0] == "groupfaxlines" || len(parts) > 1 && parts[1] == "phonelines"):
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("This endpoint requires a sipgate Classic PBX Account"))
		case s.o.Sipgate == SipgateClassic && parts[0] == "channels":
			http.Error(w, "Forbidden", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// devices lists a user's devices on an account of the new system: those that are asked for by their type, apps among
// them. Without a type, apps are not among them.
func (s *sipgate) devices(w http.ResponseWriter, r *http.Request, user string) {
	devices, ok := s.account().answers[r.URL.Path].(object)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	wanted, rows := strings.Split(r.URL.Query().Get("type"), ","), []object{}
	usual, all := wanted[0] == "", slices.Contains(wanted, "all")
	for _, d := range devices["items"].([]object) {
		if usual || all || slices.Contains(wanted, strings.ToLower(d["type"].(string))) {
			rows = append(rows, d)
		}
	}
	if all || slices.Contains(wanted, "app") {
		rows = append(rows, object{"id": "e9" + user[1:], "alias": "App", "type": "DESKTOP_APP", "online": true, "dnd": false,
			"activePhonelines": []object{}, "activeGroups": []object{}, "owner": user})
	}
	writeJSON(w, http.StatusOK, items(rows))
}
