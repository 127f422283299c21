//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"io"
	"runtime"
	"strconv"

	"github.com/klauspost/compress/flate"
)

// limit writes the workbook by hand: its rows are appended from records, without cells, columns, kinds, widths, sums or
// anything that another table would need, and deflated as ours are, in blocks over the cores. There is no way to write these
// rows at this level that is much faster. Cells need no names (A1) where none is left out, and programs read them all the same;
// files without them are two fifths smaller.
func limit(n int, named bool) (figures, error) {
	all := records(n)
	return cost(n, func() (int64, error) {
		return inFile(func(w io.Writer) error { return byHand(w, n, all, named) })
	})
}

// What a workbook needs besides its rows: one style more than none, for times.
const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace    = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relatedSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	typeOf       = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	relations    = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
)

var bareParts = []struct{ name, text string }{
	{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + typeOf + `sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + typeOf + `styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + typeOf + `worksheet+xml"/></Types>`},
	{"_rels/.rels", relations + `<Relationship Id="rId1" Type="` + relatedSpace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", xmlHead + `<workbook ` + mainSpace + ` xmlns:r="` + relatedSpace + `"><sheets><sheet name="bench" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", relations + `<Relationship Id="rId1" Type="` + relatedSpace + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + relatedSpace + `/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", xmlHead + `<styleSheet ` + mainSpace + `><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>` +
		`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`},
}

// byHand writes n rows below a header.
func byHand(w io.Writer, n int, all []record, named bool) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return &packer{out: out}, nil })
	for _, p := range bareParts {
		part, err := z.Create(p.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, p.text); err != nil {
			return err
		}
	}
	sheet, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	dst := append(make([]byte, 0, packBlock+8<<10), xmlHead+`<worksheet `+mainSpace+`><sheetData>`...)
	dst = appendHeader(dst)
	for i := range n {
		number := 0
		if named {
			number = i + 2
		}
		dst = appendRecord(dst, number, &all[i%len(all)])
		if len(dst) >= packBlock {
			if _, err := sheet.Write(dst); err != nil {
				return err
			}
			dst = dst[:0]
		}
	}
	if _, err := sheet.Write(append(dst, `</sheetData></worksheet>`...)); err != nil {
		return err
	}
	return z.Close()
}

func appendHeader(dst []byte) []byte {
	dst = append(dst, `<row>`...)
	for _, c := range table().Columns {
		dst = appendString(appendName(dst, 0, nil), c.Name)
	}
	return append(dst, `</row>`...)
}

// appendRecord appends a row, with names if n is not 0. None of its texts holds what XML has other letters for.
func appendRecord(dst []byte, n int, r *record) []byte {
	var digits [20]byte
	var number []byte
	if n == 0 {
		dst = append(dst, `<row>`...)
	} else {
		number = strconv.AppendInt(digits[:0], int64(n), 10)
		dst = append(append(append(dst, `<row r="`...), number...), `">`...)
	}
	dst = appendMoment(appendName(dst, 'A', number), r)
	dst = appendString(appendName(dst, 'B', number), r.identity)
	dst = appendInt(appendName(dst, 'C', number), r.in)
	dst = appendInt(appendName(dst, 'D', number), r.out)
	dst = appendScore(appendName(dst, 'E', number), r.score)
	dst = appendString(appendName(dst, 'F', number), r.ip)
	dst = appendString(appendName(dst, 'G', number), r.domain)
	dst = appendString(appendName(dst, 'H', number), r.url)
	dst = appendString(appendName(dst, 'I', number), r.category)
	dst = appendString(appendName(dst, 'J', number), r.verdict)
	dst = appendString(appendName(dst, 'K', number), r.rule)
	dst = appendName(dst, 'L', number)
	if r.encrypted {
		return append(dst, ` t="b"><v>1</v></c></row>`...)
	}
	return append(dst, ` t="b"><v>0</v></c></row>`...)
}

// appendName begins a cell, with its name if rows have numbers.
func appendName(dst []byte, column byte, number []byte) []byte {
	if dst = append(dst, `<c`...); number == nil {
		return dst
	}
	dst = append(append(dst, ` r="`...), column)
	return append(append(dst, number...), '"')
}

func appendString(dst []byte, s string) []byte {
	dst = append(dst, ` t="inlineStr"><is><t>`...)
	return append(append(dst, s...), `</t></is></c>`...)
}

func appendInt(dst []byte, v int64) []byte {
	dst = append(dst, `><v>`...)
	return append(strconv.AppendInt(dst, v, 10), `</v></c>`...)
}

func appendScore(dst []byte, v int64) []byte {
	dst = append(dst, `><v>`...)
	dst = strconv.AppendInt(dst, v/100, 10)
	return append(append(dst, '.', '0'+byte(v/10%10), '0'+byte(v%10)), `</v></c>`...)
}

// appendMoment appends a day as Excel counts them, and the part of it that has passed: nine decimals tell milliseconds.
func appendMoment(dst []byte, r *record) []byte {
	const unixDay, dayLong, decimals = 25569, 86_400_000, 1_000_000_000
	ms := r.at.UnixMilli()
	dst = append(dst, ` s="1"><v>`...)
	dst = strconv.AppendInt(dst, ms/dayLong+unixDay, 10)
	point := len(dst)
	dst = strconv.AppendInt(dst, decimals+(ms%dayLong*decimals+dayLong/2)/dayLong, 10)
	dst[point] = '.' // where the leading 1 stands that kept the zeros
	return append(dst, `</v></c>`...)
}

const (
	packBlock = 1 << 20
	packBack  = 32 << 10 // how far deflate looks back
)

// packer deflates what it is given in blocks, side by side. Each may refer to the end of the one before.
type packer struct {
	out   io.Writer
	back  []byte
	queue []*packed // in order
	free  []*packed
}

type packed struct {
	raw, back []byte
	out       bytes.Buffer
	encoder   *flate.Writer
	done      chan error
}

func (p *packed) pack(last bool) error {
	p.out.Reset()
	if p.encoder == nil {
		var err error
		if p.encoder, err = flate.NewWriter(&p.out, 6); err != nil {
			return err
		}
	}
	p.encoder.ResetDict(&p.out, p.back)
	if _, err := p.encoder.Write(p.raw); err != nil {
		return err
	}
	if last {
		return p.encoder.Close()
	}
	return p.encoder.Flush()
}

// Write takes what is one block.
func (p *packer) Write(b []byte) (int, error) {
	p.send(b, false)
	if len(p.queue) <= runtime.GOMAXPROCS(0) {
		return len(b), nil
	}
	return len(b), p.receive()
}

func (p *packer) send(b []byte, last bool) {
	next := &packed{done: make(chan error, 1)}
	if n := len(p.free); n > 0 {
		next, p.free = p.free[n-1], p.free[:n-1]
	}
	next.raw, next.back = append(next.raw[:0], b...), append(next.back[:0], p.back...)
	p.back = append(p.back[:0], b[max(0, len(b)-packBack):]...)
	p.queue = append(p.queue, next)
	go func() { next.done <- next.pack(last) }()
}

// receive writes the first block of the queue.
func (p *packer) receive() error {
	first := p.queue[0]
	p.queue = append(p.queue[:0], p.queue[1:]...)
	if err := <-first.done; err != nil {
		return err
	}
	_, err := p.out.Write(first.out.Bytes())
	p.free = append(p.free, first)
	return err
}

// Close ends the stream.
func (p *packer) Close() error {
	p.send(nil, true)
	for len(p.queue) > 0 {
		if err := p.receive(); err != nil {
			return err
		}
	}
	return nil
}
