//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startUp measures commands that do next to nothing.
func (b *bench) startUp() error {
	const times = 20
	for _, name := range []string{"version", "list"} {
		f, err := b.inTurns(times, func() (figures, error) {
			cmd := exec.Command(b.program, name)
			cmd.Env, cmd.Dir = []string{"TZ=UTC"}, b.folder
			return command(cmd)
		})
		if err != nil {
			return err
		}
		b.most("reportjob "+name+": wall clock", f[0].Wall*1000, 20, "ms", "%.0f MiB; the median of %d", f[0].Peak, times)
	}
	return nil
}

// scheduled is how many reports the program has to wait for.
const scheduled = 200

// idle measures the program while it waits for the next slot of many reports.
func (b *bench) idle() error {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.passed = append(b.passed, "reportjob run while it waits: "+runtime.GOOS+" has no /proc")
		return nil
	}
	environment, err := b.schedules()
	if err != nil {
		return err
	}
	var out bytes.Buffer // read when the process has ended
	cmd := exec.Command(b.program, "run")
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = environment, b.folder, &out, &out
	if err := cmd.Start(); err != nil {
		return err
	}
	memory, used, span, err := b.watch(cmd.Process.Pid)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if ended := cmd.Wait(); err != nil || ended != nil {
		return fmt.Errorf("reportjob run while it waits: %w\n%s", errorOr(err, ended), out.Bytes())
	}
	what := fmt.Sprintf("reportjob run, waiting with %d reports on schedules: ", scheduled)
	b.most(what+"memory", memory, 40, "MiB", "resident")
	b.most(what+"processor time", used/span*100, 1, "% of a core", "%.0f ms in %.0f s", used*1000, span)
	return nil
}

// schedules are the variables of a program that has every report of the catalogue and enough of its own on a schedule that is
// as far away as can be.
func (b *bench) schedules() ([]string, error) {
	environment := []string{
		"SECUREACCESS_BASE_URL=http://127.0.0.1:1", "SECUREACCESS_API_KEY=k", "SECUREACCESS_API_SECRET=s",
		"SIPGATE_BASE_URL=http://127.0.0.1:1", "SIPGATE_TOKEN_URL=http://127.0.0.1:1/token", "SIPGATE_TOKEN_ID=token-AB12CD", "SIPGATE_TOKEN=t",
		"SIERRA_BASE_URL=http://127.0.0.1:1/iii/sierra-api/v6", "SIERRA_CLIENT_KEY=k", "SIERRA_CLIENT_SECRET=s", "SIERRA_LOGIN=l",
		"WIZART_BASE_URL=http://127.0.0.1:1", "WIZART_CLIENT_ID=c", "WIZART_CLIENT_SECRET=s", "WIZART_USERNAME=u", "WIZART_PASSWORD=p",
		"REPORTJOB_STATE=off", "REPORTJOB_OUTPUT=" + filepath.Join(b.folder, "idle"), "TZ=UTC",
		// What these reports do not begin without.
		"PARAMS_SECUREACCESS_APP_CONNECTORS_DETAILED_STATS_TIMERANGE=agentids=6", "PARAMS_SECUREACCESS_APP_CONNECTORS_GROUPS_DETAILED_STATS_TIMERANGE=groupids=31",
		"PARAMS_SECUREACCESS_SUMMARIES_BY_RULE_HITCOUNT=ruleids=31", "PARAMS_SECUREACCESS_SUMMARIES_BY_RULE_FIREWALL_HITCOUNT=ruleids=31",
	}
	list := exec.Command(b.program, "list")
	list.Env, list.Dir = environment, b.folder
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		if name, _, _ := strings.Cut(line, " "); name != "REPORT" {
			names = append(names, strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
		}
	}
	for i := len(names); i < scheduled; i++ {
		name := "BENCH_" + strconv.Itoa(i)
		names = append(names, name)
		environment = append(environment, "REPORT_"+name+"=api=secureaccess&path=/reports/v2/activity/dns&rows=data&window=previous-day&columns=domain,verdict")
	}
	for _, name := range names[:scheduled] {
		environment = append(environment, "SCHEDULE_"+name+"="+farAway())
	}
	return environment, nil
}

// farAway is a schedule of once a year, which is not due while anything is measured.
func farAway() string {
	at := time.Now().UTC().AddDate(0, 0, -2)
	return fmt.Sprintf("0 0 %d %d *", at.Day(), at.Month())
}

// watch waits until a process has nothing to do, and measures it for some seconds.
func (b *bench) watch(pid int) (memory, used, span float64, err error) {
	settle, long := 3*time.Second, 5*time.Second
	if b.quick {
		settle, long = time.Second, 2*time.Second
	}
	time.Sleep(settle)
	began, before, err := time.Now(), 0.0, error(nil)
	if before, err = ticks(pid); err != nil {
		return 0, 0, 0, err
	}
	time.Sleep(long)
	after, err := ticks(pid)
	if err != nil {
		return 0, 0, 0, err
	}
	memory, err = resident(pid)
	return memory, after - before, time.Since(began).Seconds(), err
}

// ticks is the processor time that a process has used, in seconds.
func ticks(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// Behind the name in brackets, in which anything may stand, come the third field and so on.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0, io.ErrUnexpectedEOF
	}
	user, err1 := strconv.ParseFloat(fields[11], 64)
	system, err2 := strconv.ParseFloat(fields[12], 64)
	const aSecond = 100 // on every Linux that Go runs on
	return (user + system) / aSecond, errorOr(err1, err2)
}

var residentLine = regexp.MustCompile(`(?m)^VmRSS:\s*(\d+) kB$`)

// resident is the memory that a process has, in MiB.
func resident(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	found := residentLine.FindSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("process %d has no memory", pid)
	}
	kib, err := strconv.ParseFloat(string(found[1]), 64)
	return kib / 1024, err
}
