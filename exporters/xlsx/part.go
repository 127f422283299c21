package xlsx

import (
	"hash/crc32"
	"io"

	"github.com/reportjob/reportjob/exporters"
)

// part writes the sheets of one table of a workbook of several. They lie in its spool deflated, one behind the other, as
// they will lie in the workbook.
type part struct {
	*sheets
	binder  *binder
	book    *book
	spool   *counted
	blocks  blocks
	streams []*stream
	current *deflater
}

// stream is a sheet in a spool.
type stream struct {
	offset, packed int64 // where it is
	size           int64 // before it was deflated
	sum            uint32
	head, tail     []byte // what stands there before and behind the rows
}

// counted counts the bytes that are written.
type counted struct {
	io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
}

// Part begins the rows of a table.
func (b *binder) Part(i int, spool io.Writer) (exporters.Writer, error) {
	s, err := newSheets(b.books[i].table, b.looks)
	if err != nil {
		return nil, err
	}
	p := &part{sheets: s, binder: b, book: b.books[i], spool: &counted{Writer: fullWriter{spool}}, blocks: blocks{effort: b.effort}}
	s.open = p.open
	return p, nil
}

// through counts what goes to a sheet on its way.
func (s *stream) through(to io.Writer) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		n, err := to.Write(p)
		s.sum = crc32.Update(s.sum, crc32.IEEETable, p[:n])
		s.size += int64(n)
		return n, err
	})
}

// writerFunc is a function that writes.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// open begins the next sheet.
func (p *part) open() (to io.Writer, head, tail []byte, err error) {
	if err := p.endStream(); err != nil {
		return nil, nil, nil, err
	}
	if head, tail, err = p.binder.alone(p.book, p.widths.widths()); err != nil {
		return nil, nil, nil, err
	}
	s := &stream{offset: p.spool.n, head: head, tail: tail}
	p.streams = append(p.streams, s)
	p.current = &deflater{out: p.spool, blocks: &p.blocks}
	return s.through(p.current), head, tail, nil
}

// endStream ends the sheet that was begun last.
func (p *part) endStream() error {
	if p.current == nil {
		return nil
	}
	err := p.current.Close()
	s := p.streams[len(p.streams)-1]
	p.current, s.packed = nil, p.spool.n-s.offset
	return err
}

// Close writes the rest of the rows.
func (p *part) Close() error {
	return p.close(func() error {
		if err := p.end(); err != nil {
			return err
		}
		err := p.endStream()
		p.blocks.free, p.part = nil, nil
		return err
	})
}

var _ exporters.Warner = (*part)(nil)
