//go:build !(darwin || freebsd || linux)

package jobs

// freeSpace says that we cannot tell.
func freeSpace(string) (bytes uint64, ok bool) { return 0, false }
