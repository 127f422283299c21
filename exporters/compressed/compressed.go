// Package compressed puts a compressor below another format: csv becomes csv.gz or csv.zst. It knows nothing of what the
// other format writes, of where rows come from and where the file goes.
package compressed

import (
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/reportjob/reportjob/exporters"
)

// Levels of gzip: one gives files about as small as gzip itself does, in half of its time, and one takes a quarter of that.
const (
	gzipLevel     = 6
	gzipFastLevel = gzip.BestSpeed
)

// zstdWindow is how far back the compressor looks for what it has seen. More makes files of reports hardly smaller, and
// takes several times as much memory for each.
const zstdWindow = 1 << 20

// Gzip is the format compressed with gzip (RFC 1952). The file holds neither a name nor a time, so that the same rows give
// the same bytes.
func Gzip(format exporters.Format) exporters.Format { return gzipped(format, gzipLevel) }

// FastGzip is Gzip in less time, with files that are a fifth bigger.
func FastGzip(format exporters.Format) exporters.Format { return gzipped(format, gzipFastLevel) }

func gzipped(format exporters.Format, level int) exporters.Format {
	return below(format, "gz", "application/gzip", func(w io.Writer) (io.WriteCloser, error) {
		z, err := gzip.NewWriterLevel(w, level)
		if err == nil {
			z.ModTime = time.Unix(0, 0) // which stands for none; the zero Time would become a day in 2042
		}
		return z, err
	})
}

// Zstd is the format compressed with Zstandard (RFC 8878), which is quicker than gzip, and gives files as small. One
// goroutine alone compresses: the cuts between blocks would otherwise be the machine's.
func Zstd(format exporters.Format) exporters.Format {
	return below(format, "zst", "application/zstd", func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow), zstd.WithEncoderCRC(true))
	})
}

func below(format exporters.Format, ext, mime string, compressor func(io.Writer) (io.WriteCloser, error)) exporters.Format {
	return exporters.Format{
		Name: format.Name + "." + ext, Ext: format.Ext + "." + ext, MIME: mime,
		New: func(w io.Writer, table exporters.Table) (exporters.Writer, error) {
			c := &writer{ext: ext, file: exporters.NewFile(w)}
			var err error
			if c.compressor, err = compressor(c.file); err != nil {
				return nil, fmt.Errorf("%s: %w", ext, err)
			}
			if c.inner, err = format.New(c.compressor, table); err != nil {
				return nil, err
			}
			return c, nil
		},
	}
}

// writer passes rows on to the other format's writer, and that one's bytes through the compressor.
type writer struct {
	inner      exporters.Writer
	compressor io.WriteCloser
	file       *exporters.File
	ext        string
	closed     bool
	err        error // what Close returned
}

// Write passes a row on.
func (c *writer) Write(row exporters.Row) error {
	if c.file.Err() != nil && !c.closed {
		return c.failed()
	}
	return c.inner.Write(row)
}

// Close completes the inner file, and then the compressed one.
func (c *writer) Close() error {
	if c.closed {
		return c.err
	}
	c.closed = true
	err := c.inner.Close()
	if ended := c.compressor.Close(); err == nil && ended != nil {
		err = fmt.Errorf("%s: %w", c.ext, ended)
	}
	if c.file.Err() != nil {
		err = c.failed()
	}
	c.err = err
	return err
}

// failed is the first error of the file, whatever became of it in the layers between.
func (c *writer) failed() error { return fmt.Errorf("%s: %w", c.ext, c.file.Err()) }

// Neutralised is the inner writer's number.
func (c *writer) Neutralised() int64 {
	if n, ok := c.inner.(exporters.Neutraliser); ok {
		return n.Neutralised()
	}
	return 0
}

// Warnings are the inner writer's.
func (c *writer) Warnings() []string {
	if w, ok := c.inner.(exporters.Warner); ok {
		return w.Warnings()
	}
	return nil
}

// Describe tells the inner writer.
func (c *writer) Describe(facts []exporters.Fact) {
	if d, ok := c.inner.(exporters.Describer); ok {
		d.Describe(facts)
	}
}
