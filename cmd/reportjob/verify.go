package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/readback"
	"github.com/reportjob/reportjob/jobs"
)

func newVerify(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify PATH...",
		Short: "Proves delivered files against their manifests: checksum, rows, columns, cells",
		Long: `Proves delivered files against their manifests: size, checksum, rows and columns, and that all files of a set hold the
same cells, whatever their formats. A PATH is a manifest, a delivered file, or a folder below which everything is proven.
Where a file is damaged, the others of its set tell which cells differ. Exit status 65 if a file is not what its manifest says.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				return usage(errors.New("verify takes at least one path: a manifest, a delivered file, or a folder"))
			}
			var all []jobs.Verification
			for _, path := range paths {
				if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && !jobs.Missing(path) {
					return usage(fmt.Errorf("verify: %s does not exist", path))
				}
				all = append(all, jobs.Verify(path, readback.Inspect)...)
			}
			return a.printVerified(all, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) printVerified(all []jobs.Verification, asJSON bool) error {
	status := exitOK
	t := newTable("PATH", "OK", "PROBLEM")
	for _, v := range all {
		ok := "yes"
		if !v.OK {
			ok, status = "no", exitUnexpected
		}
		t.row(v.Path, ok, strings.Join(v.Problems, "; "))
	}
	if asJSON {
		if err := printJSON(a.stdout, all); err != nil {
			return err
		}
	} else {
		t.print(a.stdout)
	}
	return fail(status)
}
