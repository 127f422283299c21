// Package rest asks a JSON web API for what it has: a request waits its turn, is signed, sent, asked again where that
// helps, followed where that is allowed, and decoded. It renews tokens once for everybody, keeps secrets out of every
// text, and turns each failure into an [Error] that says what to do about it. It knows no API by name, no report and no
// file format.
package rest
