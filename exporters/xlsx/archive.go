package xlsx

import (
	"archive/zip"
	"io"
	"time"
)

// archive is the zip file. Its parts are deflated in parallel blocks.
type archive struct {
	zip     *zip.Writer
	written map[string]bool
	blocks
}

// epoch is the date of every part. It is the first day that zip knows, as in files of Excel itself.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func newArchive(w io.Writer, effort effort) *archive {
	a := &archive{zip: zip.NewWriter(fullWriter{w}), written: map[string]bool{}, blocks: blocks{effort: effort}}
	a.zip.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return &deflater{out: out, blocks: &a.blocks}, nil
	})
	return a
}

// create begins a part, and thereby ends the one before.
func (a *archive) create(name string) (io.Writer, error) {
	a.written[name] = true
	return a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: epoch})
}

// raw copies a part that was deflated before, and thereby ends the one before.
func (a *archive) raw(name string, s stream, spool io.ReaderAt) error {
	a.written[name] = true
	header := &zip.FileHeader{
		Name: name, Method: zip.Deflate, CreatorVersion: zipVersion, ReaderVersion: zipVersion,
		CRC32: s.sum, CompressedSize64: uint64(s.packed), UncompressedSize64: uint64(s.size),
	}
	//lint:ignore SA1019 what is raw has no other date than this one
	header.ModifiedDate = 1<<5 | 1 // epoch, as zip counts
	w, err := a.zip.CreateRaw(header)
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.NewSectionReader(spool, s.offset, s.packed))
	if err == nil && n != s.packed {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// zipVersion is that of a reader who understands the parts, as of those that are not raw.
const zipVersion = 20

// add writes the named parts, but none twice.
func (a *archive) add(parts parts, names ...string) error {
	for _, name := range names {
		if a.written[name] {
			continue
		}
		w, err := a.create(name)
		if err != nil {
			return err
		}
		if _, err := w.Write(parts[name]); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the last part and writes the directory.
func (a *archive) Close() error { return a.zip.Close() }

// fullWriter makes an error of a write that was short without one.
type fullWriter struct{ w io.Writer }

func (f fullWriter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if n < len(p) && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}
