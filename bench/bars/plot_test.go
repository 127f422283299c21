//go:build unix

package main

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
)

var keepPlot = flag.String("plot", "", "`FILE` that the picture is kept in, to look at")

func TestThePlotIsAPicture(t *testing.T) {
	growth := []point{
		{1000, figures{Wall: 0.06, Peak: 39}}, {10_000, figures{Wall: 0.17, Peak: 56}}, {100_000, figures{Wall: 0.91, Peak: 74}},
		{1_000_000, figures{Wall: 8.5, Peak: 78}}, {10_000_000, figures{Wall: 84, Peak: 80}},
	}
	var first, second strings.Builder
	if err := errorOr(draw(&first, growth), draw(&second, growth)); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("the same figures give two pictures")
	}
	for _, label := range []string{"8.50 s", "84 s", "78 MiB", "10,000,000", "0.01"} {
		if !strings.Contains(first.String(), ">"+label+"<") {
			t.Errorf("there is no %q", label)
		}
	}
	if n := strings.Count(first.String(), "<circle"); n != 10 {
		t.Errorf("there are %d points", n)
	}
	d := xml.NewDecoder(strings.NewReader(first.String()))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if *keepPlot != "" {
		if err := os.WriteFile(*keepPlot, []byte(first.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
