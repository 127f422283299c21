package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/reportjob/reportjob/jobs"
)

// board keeps a line for each running report at the foot of a terminal, and lets everything else that is written pass
// above them. Without a terminal it only passes on. What is written to it has to be whole lines without secrets.
type board struct {
	mu    sync.Mutex
	to    io.Writer
	width int // 0: no terminal
	lines []boardLine
	drawn int
}

type boardLine struct{ key, text string }

func newBoard(to io.Writer, width int) *board { return &board{to: to, width: width} }

// Write passes text on, above the lines.
func (b *board) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.drawn == 0 {
		return b.to.Write(p)
	}
	erase := b.erase()
	if _, err := b.to.Write(append([]byte(erase), p...)); err != nil {
		return 0, err
	}
	b.draw()
	return len(p), nil
}

// progress shows how far a run is.
func (b *board) progress(p jobs.Progress) {
	if b.width == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key := p.Report + " " + p.Window
	i := slices.IndexFunc(b.lines, func(l boardLine) bool { return l.key == key })
	switch {
	case p.Done && i >= 0:
		b.lines = slices.Delete(b.lines, i, i+1)
	case p.Done:
		return
	case i >= 0:
		b.lines[i].text = progressText(p)
	default:
		b.lines = append(b.lines, boardLine{key, progressText(p)})
	}
	_, _ = io.WriteString(b.to, b.erase())
	b.draw()
}

func progressText(p jobs.Progress) string {
	rate := 0.0
	if s := p.Elapsed.Seconds(); s > 0 {
		rate = float64(p.Rows) / s
	}
	text := fmt.Sprintf("%s %s: %d requests, %d rows, %.0f rows/s, %v", p.Report, p.Window, p.Requests, p.Rows, rate, p.Elapsed.Round(100*time.Millisecond))
	if p.Retries > 0 {
		text += fmt.Sprintf(", %d retries", p.Retries)
	}
	return text
}

// clear takes the lines away for good.
func (b *board) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = nil
	if b.drawn > 0 {
		_, _ = io.WriteString(b.to, b.erase())
	}
}

// erase is what takes the drawn lines off the screen.
func (b *board) erase() string {
	if b.drawn == 0 {
		return ""
	}
	n := b.drawn
	b.drawn = 0
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", n)
}

func (b *board) draw() {
	var s strings.Builder
	for _, l := range b.lines {
		s.WriteString(shorten(l.text, b.width-1) + "\n")
	}
	_, _ = io.WriteString(b.to, s.String())
	b.drawn = len(b.lines)
}

func shorten(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:width-1]) + "…"
}
