package exporters

import "io"

// File is what an encoder writes to. It keeps the first error of what is below, and makes one of a write that was short
// without one. Encoders that write from layers or goroutines of their own lose such an error, or tell it late.
type File struct {
	to  io.Writer
	err error
}

// NewFile is a File that writes to to.
func NewFile(to io.Writer) *File { return &File{to: to} }

func (f *File) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.to.Write(p)
	if n < len(p) && err == nil {
		err = io.ErrShortWrite
	}
	f.err = err
	return n, err
}

// Err is the first error, after which nothing was written.
func (f *File) Err() error { return f.err }
