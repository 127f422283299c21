package rest

import "net/http"

// Disposition is what an answer means for the request.
type Disposition int

// What an answer may mean.
const (
	Success   Disposition = iota
	Retry                 // worth asking again: 408, 425, 429, 5xx, an empty body where the API has that fault
	Renew                 // the token was refused: renew it once, then ask again; a second refusal is final
	RenewOnce             // the token or a right: renew once as well; if refused again it is a matter of rights
	Refuse                // credentials or rights: final
	Reject                // another 4xx: final
)

// ByStatus reads an answer by its status alone: 2xx is Success, 401 Renew, 403 Refuse, and 408, 425, 429 and 5xx (but
// 501 and 505) are Retry. Everything else is Reject.
func ByStatus(r *Response) Disposition {
	switch s := r.Status; {
	case s >= 200 && s < 300:
		return Success
	case s == http.StatusUnauthorized:
		return Renew
	case s == http.StatusForbidden:
		return Refuse
	case temporary(s):
		return Retry
	default:
		return Reject
	}
}

// temporary tells whether a status may be another one in a moment.
func temporary(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return status >= 500 && status < 600
}
