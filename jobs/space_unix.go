//go:build darwin || freebsd || linux

package jobs

import "syscall"

// freeSpace is how many bytes we may still write where a folder lies. It is not ok where the file system cannot tell:
// some that are mounted over a network say that they have no size at all.
func freeSpace(folder string) (bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil || s.Blocks == 0 || s.Bsize == 0 {
		return 0, false
	}
	return uint64(max(0, s.Bavail)) * uint64(s.Bsize), true
}
