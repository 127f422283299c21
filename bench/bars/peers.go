//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// peer is a program that may be there.
type peer struct{ name, debian string }

func peerHelp() string {
	var lines []string
	for _, p := range []peer{
		{"curl", "curl"}, {"requests and pandas of Python", "python3-requests python3-pandas"}, {"XlsxWriter of Python", "python3-xlsxwriter"},
		{"openpyxl of Python", "python3-openpyxl"}, {"libxlsxwriter", "libxlsxwriter-dev gcc libc6-dev"},
	} {
		lines = append(lines, fmt.Sprintf("  %-30s Debian: apt-get install %s", p.name, p.debian))
	}
	return strings.Join(lines, "\n")
}

// curl fetches the pages that there are, four at once, and throws them away.
func (b *bench) curl(address string, n int) func() (figures, error) {
	return func() (figures, error) {
		var list []string
		for _, query := range pageQueries(n) {
			list = append(list, fmt.Sprintf("url = \"%s/%d/reports/v2/activity/dns?%s\"\noutput = \"/dev/null\"", address, n, query))
		}
		config := filepath.Join(b.folder, "curl")
		if err := writeLines(config, list); err != nil {
			return figures{}, err
		}
		return command(exec.Command("curl", "--silent", "--fail", "--parallel", "--parallel-immediate", "--parallel-max", "4", "--config", config))
	}
}

func writeLines(path string, lines []string) error {
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// workbookPeers measures what else writes workbooks on this machine: a tenth of the rows where that takes minutes.
func (b *bench) workbookPeers(n int, ours figures) error {
	for _, p := range []struct{ module, debian, script string }{
		{"xlsxwriter", "python3-xlsxwriter", "import xlsxwriter\nb=xlsxwriter.Workbook(sys.argv[1],{'constant_memory':True})\ns=b.add_worksheet()\n" +
			"for i in range(n):\n for j,v in enumerate(row(i)): s.write(i,j,v)\nb.close()\n"},
		{"openpyxl", "python3-openpyxl", "import openpyxl\nb=openpyxl.Workbook(write_only=True)\ns=b.create_sheet()\nfor i in range(n): s.append(row(i))\nb.save(sys.argv[1])\n"},
	} {
		interpreter, ok := python(p.module)
		if !ok {
			b.passed = append(b.passed, p.module+" of Python: not installed (Debian: "+p.debian+")")
			continue
		}
		const part = 20
		script := "import sys,datetime\nn=" + fmt.Sprint(n/part) + "\nt=datetime.datetime(2026,11,20)\n" +
			"def row(i): return (t,'user%d@example.com'%(i%5000),i*7,i*3,i/100,'10.1.2.%d'%(i%256),'host-%d.example.net'%i," +
			"'https://host-%d.example.net/path/%016x/%08d'%(i,i*2654435761,i),'Software/Technology; Cloud Storage','allowed','%010d'%i,i%3>0)\n" + p.script
		f, err := command(exec.Command(interpreter, "-c", script, filepath.Join(b.folder, "peer.xlsx")))
		if err != nil {
			return err
		}
		b.shown("the same, against "+p.module+" of Python: wall clock", ours.Wall/(f.Wall*part), "",
			"%.2f s against %.0f s, by a %dth of the rows", ours.Wall, f.Wall*part, part)
	}
	return b.libxlsxwriter(n, ours)
}

// libxlsxwriter measures the C library, in constant memory.
func (b *bench) libxlsxwriter(n int, ours figures) error {
	source, program := filepath.Join(b.folder, "peer.c"), filepath.Join(b.folder, "peer")
	if err := os.WriteFile(source, []byte(libxlsxwriterC), 0o600); err != nil {
		return err
	}
	if exec.Command("cc", "-O2", "-o", program, source, "-lxlsxwriter").Run() != nil {
		b.passed = append(b.passed, "libxlsxwriter: not installed (Debian: libxlsxwriter-dev gcc libc6-dev)")
		return nil
	}
	f, err := command(exec.Command(program, filepath.Join(b.folder, "peer.xlsx"), fmt.Sprint(n)))
	if err == nil {
		b.most("the same, against libxlsxwriter in constant memory: wall clock", ours.Wall/f.Wall, 0.18, "", "%.2f s against %.2f s", ours.Wall, f.Wall)
	}
	return err
}

const libxlsxwriterC = `#include <xlsxwriter.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  lxw_workbook_options o = {.constant_memory = LXW_TRUE};
  lxw_workbook *b = workbook_new_opt(argv[1], &o);
  lxw_worksheet *s = workbook_add_worksheet(b, NULL);
  int n = atoi(argv[2]);
  char t[100];
  for (int i = 0; i < n; i++) {
    worksheet_write_number(s, i, 0, 46346.0 + i / 86400.0, NULL);
    sprintf(t, "user%d@example.com", i % 5000); worksheet_write_string(s, i, 1, t, NULL);
    worksheet_write_number(s, i, 2, i * 7.0, NULL);
    worksheet_write_number(s, i, 3, i * 3.0, NULL);
    worksheet_write_number(s, i, 4, i / 100.0, NULL);
    sprintf(t, "10.1.2.%d", i % 256); worksheet_write_string(s, i, 5, t, NULL);
    sprintf(t, "host-%d.example.net", i); worksheet_write_string(s, i, 6, t, NULL);
    sprintf(t, "https://host-%d.example.net/path/%016x/%08d", i, i * 2654435761u, i); worksheet_write_string(s, i, 7, t, NULL);
    worksheet_write_string(s, i, 8, "Software/Technology; Cloud Storage", NULL);
    worksheet_write_string(s, i, 9, "allowed", NULL);
    sprintf(t, "%010d", i); worksheet_write_string(s, i, 10, t, NULL);
    worksheet_write_boolean(s, i, 11, i % 3 > 0, NULL);
  }
  return workbook_close(b);
}
`
