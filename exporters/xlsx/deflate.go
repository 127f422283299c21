package xlsx

import (
	"bytes"
	"io"
	"runtime"

	"github.com/klauspost/compress/flate"
)

// A part is cut into blocks of this size, each of which is deflated on its own, many at a time. A block may refer back
// to the end of the one before, as in one stream, so that the cuts cost next to nothing. Where the cuts are does not
// depend on the machine, so neither do the bytes.
const (
	blockSize  = 1 << 20
	windowSize = 32 << 10
	maxAtOnce  = 8
)

// effort is how hard a part is deflated: its beginning at one level, and what follows at another.
type effort struct {
	thorough int // level of the first blocks
	blocks   int // how many they are
	usual    int // level of the others
}

// Of a large part, the beginning is worth more time than the rest: parts that end there, nearly all that there are, get
// smaller by a fourteenth, and large ones hardly wait for it.
var (
	thorough = effort{thorough: 7, blocks: 64, usual: 6}
	fast     = effort{usual: flate.BestSpeed}
)

// level is that of the n-th block, from 0.
func (e effort) level(n int) int {
	if n < e.blocks {
		return e.thorough
	}
	return e.usual
}

// blocks are the blocks of an archive that are not in use. Only the goroutine that writes the archive touches them.
type blocks struct {
	effort effort
	free   []*block
}

func (b *blocks) get() *block {
	if n := len(b.free); n > 0 {
		block := b.free[n-1]
		b.free = b.free[:n-1]
		block.window, block.raw, block.last = 0, block.raw[:0], false
		return block
	}
	return &block{done: make(chan error, 1)}
}

func (b *blocks) put(block *block) { b.free = append(b.free, block) }

// block is a piece of a part on its way.
type block struct {
	level   int    // at which it is to be deflated
	raw     []byte // the end of the block before, and then the block itself
	window  int    // how much of raw is of the block before
	last    bool
	encoder *flate.Writer
	encodes int // the level of the encoder
	packed  bytes.Buffer
	done    chan error
}

// deflate runs on a goroutine of its own, which ends by itself even if nobody waits for it any more.
func (b *block) deflate() {
	b.packed.Reset()
	b.done <- b.pack()
}

func (b *block) pack() error {
	if b.encoder == nil || b.encodes != b.level {
		encoder, err := flate.NewWriter(&b.packed, b.level)
		if err != nil {
			return err
		}
		b.encoder, b.encodes = encoder, b.level
	}
	b.encoder.ResetDict(&b.packed, b.raw[:b.window])
	if _, err := b.encoder.Write(b.raw[b.window:]); err != nil {
		return err
	}
	if b.last {
		return b.encoder.Close()
	}
	return b.encoder.Flush() // ends on a whole byte, where the next block begins
}

// deflater is one part's stream.
type deflater struct {
	out     io.Writer
	blocks  *blocks
	current *block
	queue   []*block // in their order, being deflated
	begun   int      // blocks so far
	err     error
}

func (d *deflater) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && d.err == nil {
		if d.current == nil {
			d.current = d.blocks.get()
		}
		if size := len(d.current.raw) - d.current.window; size == blockSize {
			d.submit()
			continue
		}
		n := min(len(p), blockSize-(len(d.current.raw)-d.current.window))
		d.current.raw = append(d.current.raw, p[:n]...)
		p, written = p[n:], written+n
	}
	return written, d.err
}

// submit sends the current block on its way and begins the next.
func (d *deflater) submit() {
	next := d.blocks.get()
	next.raw = append(next.raw, d.current.raw[len(d.current.raw)-windowSize:]...)
	next.window = windowSize
	d.start()
	d.current = next
}

// start deflates the current block, and waits for the first of the queue if that is long.
func (d *deflater) start() {
	d.begin()
	go d.current.deflate()
	d.queue = append(d.queue, d.current)
	if len(d.queue) > min(runtime.GOMAXPROCS(0), maxAtOnce) {
		d.collect()
	}
}

// begin gives the current block its level.
func (d *deflater) begin() {
	d.current.level = d.blocks.effort.level(d.begun)
	d.begun++
}

// collect writes the first block of the queue.
func (d *deflater) collect() {
	first := d.queue[0]
	d.queue = append(d.queue[:0], d.queue[1:]...)
	err := <-first.done
	if d.err == nil {
		d.err = err
	}
	if d.err == nil {
		_, d.err = d.out.Write(first.packed.Bytes())
	}
	d.blocks.put(first)
}

// Close ends the stream. It does not close what is below.
func (d *deflater) Close() error {
	if d.current == nil {
		d.current = d.blocks.get()
	}
	d.current.last = true
	d.begin()
	if len(d.queue) == 0 { // a small part is not worth a goroutine
		d.current.deflate()
	} else {
		go d.current.deflate()
	}
	d.queue, d.current = append(d.queue, d.current), nil
	for len(d.queue) > 0 {
		d.collect()
	}
	return d.err
}
