//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// python is an interpreter that has these modules. Where there are several, the first in PATH need not be the one that
// packages of the system are for.
func python(modules ...string) (path string, ok bool) {
	for _, path := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(path, "-c", "import "+strings.Join(modules, ",")).Run() == nil {
			return path, true
		}
	}
	return "", false
}

// pandasScript is how a script would do it: all pages in order, one connection, one frame.
const pandasScript = `import sys, requests, pandas
session, rows = requests.Session(), []
for query in open(sys.argv[2]).read().split():
    answer = session.get(sys.argv[1] + "?" + query, headers={"Authorization": "Bearer bench"})
    answer.raise_for_status()
    rows += answer.json()["data"]
pandas.json_normalize(rows).to_csv(sys.argv[3], index=False)
assert len(rows) == int(sys.argv[4]), len(rows)
`

// pandas measures a script that makes CSV of the same pages.
func (b *bench) pandas() error {
	interpreter, ok := python("requests", "pandas")
	if !ok {
		b.passed = append(b.passed, "requests and pandas of Python: not installed (Debian: python3-requests python3-pandas)")
		return nil
	}
	n := b.rows(large)
	return b.served(latency, func(address string) error {
		script := func() (figures, error) {
			queries := filepath.Join(b.folder, "queries")
			if err := writeLines(queries, pageQueries(n)); err != nil {
				return figures{}, err
			}
			return command(exec.Command(interpreter, "-c", pandasScript, fmt.Sprintf("%s/%d/reports/v2/activity/dns", address, n), queries,
				filepath.Join(b.folder, "peer.csv"), fmt.Sprint(n)))
		}
		f, err := b.inTurns(b.times(3), b.report(address, n, "csv"), script)
		if err != nil {
			return err
		}
		ours, theirs := f[0], f[1]
		b.most(fmt.Sprintf("API to CSV, %s rows at 50 ms of latency, against requests and pandas of Python: wall clock", grouped(n)), ours.Wall/theirs.Wall, 0.08, "",
			"%.2f s and %.0f MiB against %.2f s and %.0f MiB", ours.Wall, ours.Peak, theirs.Wall, theirs.Peak)
		return nil
	})
}
