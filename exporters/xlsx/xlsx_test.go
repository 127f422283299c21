package xlsx

import (
	"testing"

	"github.com/reportjob/reportjob/exporters/exportertest"
)

func TestFormat(t *testing.T) {
	exportertest.Run(t, Format(), readBack)
}

func BenchmarkXLSX(b *testing.B) { exportertest.Benchmark(b, Format()) }

func BenchmarkFastXLSX(b *testing.B) { exportertest.Benchmark(b, FastFormat()) }
