package rest

import "fmt"

// Bug is a panic in a goroutine of a client, which nobody but the client could recover from.
type Bug struct{ Value any }

func (b *Bug) Error() string { return fmt.Sprintf("panic: %v", b.Value) }

// Caught calls f, and turns a panic into a *Bug, so that it fails one reading and not the program.
func Caught(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Bug{v}
		}
	}()
	return f()
}
