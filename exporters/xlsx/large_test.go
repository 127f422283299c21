//go:build large && (linux || darwin)

package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/reportjob/reportjob/exporters"
)

// Files as large as these are too much for every run of the tests: `make test-large` writes them.

// largeTable has one column of text.
func largeTable() exporters.Table {
	return exporters.Table{Name: "large", Title: "Large", Zone: time.UTC, Columns: []exporters.Column{{Name: "text", Kind: exporters.Text}}}
}

// writeLarge writes n rows of texts into a file.
func writeLarge(t *testing.T, path string, n int, text func(i int) string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := FastFormat().New(f, largeTable())
	if err != nil {
		t.Fatal(err)
	}
	row := make(exporters.Row, 1)
	for i := range n {
		row[0] = exporters.OfText(text(i))
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// readLarge reads all parts to their ends, where archive/zip compares sizes and checksums, and counts the rows of data.
func readLarge(t *testing.T, path string) (sheets, rows int, largest uint64) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		n, size := countRows(t, part)
		if err := part.Close(); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if size != f.UncompressedSize64 || size >= math.MaxUint32 || f.CompressedSize64 >= math.MaxUint32 {
			t.Errorf("%s has %d bytes, %d and deflated %d by the directory", f.Name, size, f.UncompressedSize64, f.CompressedSize64)
		}
		largest = max(largest, size)
		if strings.HasPrefix(f.Name, "xl/worksheets/sheet") && size > 1<<20 { // none of the others is as large
			sheets, rows = sheets+1, rows+n-1 // without the header
		}
	}
	return sheets, rows, largest
}

// countRows counts what begins a row, which may lie across two readings.
func countRows(t *testing.T, part io.Reader) (rows int, size uint64) {
	t.Helper()
	const begin = "<row "
	buf, kept := make([]byte, 1<<20), 0
	for {
		n, err := part.Read(buf[kept:])
		size += uint64(n)
		held := buf[:kept+n]
		rows += bytes.Count(held, []byte(begin))
		kept = copy(buf, held[max(0, len(held)-len(begin)+1):])
		if err == io.EOF {
			return rows, size
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRowsOfMoreThanAPartHoldsGoOnToTheNextSheet(t *testing.T) {
	const n = 200_000 // 6 GiB of XML
	text := strings.Repeat("lorem ipsum ", maxText/12)
	path := filepath.Join(t.TempDir(), "sheets.xlsx")
	writeLarge(t, path, n, func(int) string { return text })
	sheets, rows, largest := readLarge(t, path)
	if sheets != 2 || rows != n {
		t.Errorf("%d sheets have %d rows, and %d were written", sheets, rows, n)
	}
	if largest < maxPart-maxText-1000 {
		t.Errorf("the largest part has %d bytes, though there were rows for more", largest)
	}
}

func TestWorkbooksOfMoreThanFourGigabytesAreRead(t *testing.T) {
	const n, size = 140_000, 4_700_000_000 // of XML, in which the fastest level finds nothing
	folder := t.TempDir()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil || uint64(disk.Bavail)*uint64(disk.Bsize) < size+1<<30 {
		t.Skipf("there is no room for a file of %d MB and a little more, %v", size/1_000_000, err)
	}
	path := filepath.Join(folder, "book.xlsx")
	noise := noise(4 << 20)
	// What is behind a text comes in none of those that deflate still sees.
	writeLarge(t, path, n, func(i int) string { return noise[i*2*maxText%(len(noise)-maxText):][:maxText] })
	info, err := os.Stat(path)
	if err != nil || info.Size() <= math.MaxUint32 {
		t.Fatalf("the workbook has %d bytes, which is no test, %v", info.Size(), err)
	}
	t.Logf("the workbook has %d bytes", info.Size())
	if sheets, rows, _ := readLarge(t, path); sheets != 2 || rows != n {
		t.Errorf("%d sheets have %d rows, and %d were written", sheets, rows, n)
	}
	readByPython(t, path)
}

// noise is text that hardly gets smaller, the same each time.
func noise(n int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// readByPython has a reader that shares no code with Go test the archive, if it is there.
func readByPython(t *testing.T, path string) {
	t.Helper()
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		python, err = exec.LookPath("python3")
	}
	if err != nil {
		t.Log("passed over: there is no python3 to read it, too")
		return
	}
	out, err := exec.Command(python, "-m", "zipfile", "-t", path).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Done testing") || strings.Contains(string(out), "corrupted") {
		t.Errorf("python's zipfile says %q, %v", out, err)
	}
}
