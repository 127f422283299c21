//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package rest

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// tryLock makes the lock's file if nobody has made it. One that is older than anybody holds a lock belongs to a process
// that is gone.
func tryLock(path string) (unlock func(), ok bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		_ = file.Close()
		return func() { _ = os.Remove(path) }, true, nil
	case !errors.Is(err, fs.ErrExist):
		return nil, false, err
	}
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandoned {
		_ = os.Remove(path)
	}
	return nil, false, nil
}

// syncDir does nothing where folders cannot be synced.
func syncDir(string) error { return nil }
