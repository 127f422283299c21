//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package jobs

import (
	"errors"
	"os"
)

// tryLock says that this system has no locks for folders.
func tryLock(*os.File) (free bool, err error) { return false, errors.ErrUnsupported }

// syncFolder does nothing: this system cannot bring the names in a folder onto the disk by themselves.
func syncFolder(*os.File) error { return nil }
