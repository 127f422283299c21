package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// OutputError says that files could not be written, why, and what can be done about it.
type OutputError struct {
	Path string
	Err  error
}

func (e *OutputError) Error() string {
	text := fmt.Sprintf("output %s: %v", e.Path, e.Err)
	if hint := e.hint(); hint != "" {
		text += ": " + hint
	}
	return text
}

// Unwrap is the cause.
func (e *OutputError) Unwrap() error { return e.Err }

// hint is what to do, where the cause tells.
func (e *OutputError) hint() string {
	var nearly *spaceError
	switch {
	case errors.Is(e.Err, syscall.ENOTDIR):
		return "there is a file where a folder is needed; move it away, or set REPORTJOB_OUTPUT to another folder"
	case errors.Is(e.Err, syscall.EROFS):
		return "set REPORTJOB_OUTPUT to a folder that can be written to"
	case errors.Is(e.Err, fs.ErrPermission):
		return "let the user that runs reportjob write there, or set REPORTJOB_OUTPUT to another folder"
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT), errors.As(e.Err, &nearly):
		return "make room there, let REPORTJOB_RETENTION take old files away, or set REPORTJOB_OUTPUT to a folder on another disk"
	}
	return ""
}

// spaceError says that a disk has next to nothing left.
type spaceError struct{ free, least uint64 }

func (e *spaceError) Error() string {
	return fmt.Sprintf("only %s are free, and at least %s are needed", sizeName(e.free), sizeName(e.least))
}

// sizeName is a number of bytes for people.
func sizeName(bytes uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	size, unit := float64(bytes), 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	if unit == 0 || size >= 100 {
		return fmt.Sprintf("%.0f %s", size, units[unit])
	}
	return fmt.Sprintf("%.1f %s", size, units[unit])
}

// output makes an OutputError of what went wrong with a path.
func output(path string, err error) error {
	if err == nil {
		return nil
	}
	for {
		var pathError *fs.PathError
		var linkError *os.LinkError
		switch { // both name temporaries that mean nothing to people
		case errors.As(err, &pathError):
			err = pathError.Err
		case errors.As(err, &linkError):
			err = linkError.Err
		default:
			return &OutputError{Path: path, Err: err}
		}
	}
}
