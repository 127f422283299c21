package xlsx

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/exporters"
)

// TestBlocksAreOneStream reads what many blocks gave with the standard library, above all where a block is just full.
func TestBlocksAreOneStream(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 3*blockSize+5)
	for i := range data {
		data[i] = byte('a' + random.IntN(3))
	}
	free := &blocks{effort: effort{thorough: 7, blocks: 2, usual: 6}} // so that the level changes within a stream
	for _, size := range []int{0, 1, windowSize, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, len(data)} {
		var packed bytes.Buffer
		d := &deflater{out: &packed, blocks: free}
		for rest := data[:size]; len(rest) > 0; {
			n := min(len(rest), 1+random.IntN(300_000))
			if _, err := d.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(flate.NewReader(&packed))
		if err != nil || !bytes.Equal(got, data[:size]) {
			t.Errorf("%d bytes came back as %d: %v", size, len(got), err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("full")

func TestStreamEndsWithItsFirstError(t *testing.T) {
	d := &deflater{out: full{}, blocks: &blocks{effort: thorough}}
	var err error
	for range 100 {
		if _, err = d.Write(make([]byte, blockSize)); err != nil {
			break
		}
	}
	if !errors.Is(err, errFull) {
		t.Errorf("the error is %v", err)
	}
	if err := d.Close(); !errors.Is(err, errFull) {
		t.Errorf("closing returns %v", err)
	}
}

// TestWorkbookMayBeLeftUnfinished is about goroutines: TestMain looks for those that stayed.
func TestWorkbookMayBeLeftUnfinished(t *testing.T) {
	w, err := Format().New(io.Discard, one(exporters.Text))
	if err != nil {
		t.Fatal(err)
	}
	for range 3000 {
		if err := w.Write(exporters.Row{exporters.OfText(strings.Repeat("abc ", 500))}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFontsAreInTheOrderOfTheSchema(t *testing.T) {
	for in, want := range map[string]string{
		`<fonts><font><name val="C"></name><b val="1"></b><color rgb="F"></color><sz val="11"></sz></font></fonts>`: `<fonts><font><b val="1"></b><sz val="11"></sz><color rgb="F"></color><name val="C"></name></font></fonts>`,
		`<font></font>`: `<font></font>`,
		`<font><name val="C"/><b val="1"></b></font>`: `<font><name val="C"/><b val="1"></b></font>`,
	} {
		if got := string(sortFonts([]byte(in))); got != want {
			t.Errorf("%s is sorted as %s", in, got)
		}
	}
	file, _ := write(t, one(exporters.Text))
	fonts := fontElement.FindAllString(checkParts(t, file)[stylesPart], -1)
	if len(fonts) < 2 {
		t.Fatalf("fonts are %q", fonts)
	}
	for _, font := range fonts {
		if string(sortFonts([]byte(font))) != font {
			t.Errorf("font %s is not in order", font)
		}
	}
}
