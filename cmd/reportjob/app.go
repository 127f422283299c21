package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
)

// app is one run of the program.
type app struct {
	process
	redactor *rest.Redactor
	board    *board  // progress lines on a terminal; everything for stderr goes through it
	unread   *unread // what the board writes to
	log      *slog.Logger
	asJSON   bool        // lines of the log are JSON
	attend   func()      // has signals wait for whoever asks for them, where they end the program at once otherwise
	idle     atomic.Bool // ending at once is no failure: all that there is to do is finished
	envFile  string
	verbose  bool
}

// run is the program from arguments to exit status.
func run(ctx context.Context, p process) int {
	a := &app{process: p, redactor: rest.NewRedactor()}
	results := &watched{to: p.stdout}
	a.stdout = a.redactor.Writer(results)
	a.unread = newUnread(p.stderr)
	a.board = newBoard(a.unread, p.width)
	a.stderr = a.redactor.Writer(a.board)
	a.log = slog.New(slog.NewTextHandler(a.stderr, nil))
	a.attend = a.unattended()
	defer func() { a.attend() }()
	root := newRoot(a)
	root.SetArgs(p.args)
	err := root.ExecuteContext(ctx)
	if results.err != nil && (err == nil || errors.Is(err, results.err)) {
		err = &statusError{exitOutput, fmt.Errorf("standard output: %w", results.err)}
	}
	if err == nil {
		return exitOK
	}
	status, known := exitUsage, new(statusError) // what cobra itself finds is wrong usage
	if errors.As(err, &known) {
		status = known.status
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(a.stderr, "reportjob: %s\n", text)
	}
	if status == exitUsage {
		fmt.Fprintln(a.stderr, "Run `reportjob help` for what there is.")
	}
	return status
}

// unattended has signals end the program at once, as long as no command attends to them: one that reads files or prints
// has nothing to finish.
func (a *app) unattended() (attend func()) {
	if a.exit == nil {
		return func() {}
	}
	attended, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		select {
		case s := <-a.signals:
			if a.idle.Load() {
				a.exit(exitOK)
				return
			}
			a.exit(statusOfSignal(s))
		case <-attended:
		}
	}()
	return sync.OnceFunc(func() {
		close(attended)
		<-over
	})
}

// watched keeps the first error of a writer, which those who print do not look at.
type watched struct {
	to  io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// fail ends a command with a status and nothing more to say: it has said it already.
func fail(status int) error {
	if status == exitOK {
		return nil
	}
	return &statusError{status, errors.New("")}
}

const about = `reportjob turns web APIs into spreadsheets on a schedule, and proves that nothing is missing.

The environment is its only configuration: schedules.env.example lists every variable.
To see it work without any: reportjob run --once --demo

Exit status of run --once and check:
  0    every report complete, or unproven
  1    a bug, or anything not named here
  2    wrong usage
  3    files delivered, at least one truncated
  65   an API answered with something that is not what it documents
  74   output could not be written
  75   an API could not be reached, or kept failing or refusing for load
  77   credentials or permissions refused
  78   configuration wrong; nothing was requested
  130, 143  stopped by SIGINT, SIGTERM`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "reportjob",
		Short:         "Turns web APIs into spreadsheets on a schedule",
		Long:          about,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Args:          knownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },

		SuggestionsMinimumDistance: 2,
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.PersistentFlags().StringVar(&a.envFile, "env-file", "", "read variables from `FILE`; those of the environment win")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "log all there is to say, as REPORTJOB_LOG_LEVEL=debug does")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.SetHelpCommand(newHelp(root))
	root.AddCommand(
		newRun(a), newList(a), newDescribe(a), newSchedule(a), newCheck(a), newVerify(a), newSandbox(a), newVersion(a),
	)
	refuseOtherShells(root) // only now, since cobra's completion keeps the output that it finds
	return root
}

// refuseOtherShells makes a shell that cobra's completion does not know wrong usage, rather than a question for help.
func refuseOtherShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, _ := root.Find([]string{"completion"})
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(cmd *cobra.Command, shells []string) error {
		if len(shells) > 0 {
			return usage(fmt.Errorf("completion: unknown shell %q: expected bash, zsh, fish or powershell", shells[0]))
		}
		return cmd.Help()
	}
}

// newHelp is cobra's help, but for a command that does not exist, which is wrong usage.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Says what a command does",
		RunE: func(_ *cobra.Command, names []string) error {
			cmd, rest, err := root.Find(names)
			if cmd == root {
				err = knownCommand(root, names)
			}
			if err != nil {
				return usage(fmt.Errorf("help: %w", err))
			}
			if len(rest) > 0 {
				return usage(fmt.Errorf("help: there is no command %q", strings.Join(names, " ")))
			}
			return cmd.Help()
		},
	}
}

// load reads the environment and builds the reports. extra are variables that win over all others.
func (a *app) load(extra []string) (*program, error) {
	environ := a.environ
	var broken settings.Problems
	if a.envFile != "" {
		file, problems, err := settings.ReadEnvFile(a.envFile)
		if err != nil {
			return nil, &statusError{exitConfig, err}
		}
		environ, broken = settings.Merge(file, environ), problems
	}
	if extra != nil {
		environ = settings.Merge(environ, extra)
	}
	p, err := newProgram(a, environ)
	if err != nil {
		return nil, err
	}
	p.problems = append(broken, p.problems...)
	return p, nil
}

// startLog has lines logged as the environment says, or as suits whoever reads them.
func (a *app) startLog(s settings.General) {
	options := &slog.HandlerOptions{Level: s.LogLevel.Level, ReplaceAttr: spans}
	if a.asJSON = s.LogFormat == "json" || s.LogFormat == "" && !a.terminal; a.asJSON {
		a.log = slog.New(slog.NewJSONHandler(a.stderr, options))
		return
	}
	a.log = slog.New(slog.NewTextHandler(a.stderr, options))
}

// say tells people what became of what runs. Where programs read the log, it is a line like the others.
func (a *app) say(level slog.Level, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if a.asJSON {
		a.log.Log(context.Background(), level, text)
		return
	}
	fmt.Fprintf(a.stderr, "reportjob: %s\n", text)
}

// spans shows lengths of time in log lines as 1.5s rather than as a number of nanoseconds.
func spans(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// refuse says every mistake of the configuration at once.
func (a *app) refuse(problems settings.Problems) error {
	fmt.Fprintf(a.stderr, "reportjob: the configuration is wrong; nothing was requested:\n")
	for _, problem := range problems {
		fmt.Fprintf(a.stderr, "  %s\n", problem)
	}
	return fail(exitConfig)
}

// warn says mistakes of the configuration where a command can do its work all the same.
func (a *app) warn(problems settings.Problems) {
	for _, problem := range problems {
		fmt.Fprintf(a.stderr, "reportjob: %s\n", problem)
	}
}

// unknownReport is the error for a report that does not exist.
func unknownReport(typed string, names []string) error {
	name := strings.ToLower(strings.ReplaceAll(typed, "_", "-"))
	if slices.Contains(names, name) {
		return usage(fmt.Errorf("unknown report %q: did you mean %s?", typed, name))
	}
	if n := settings.Nearest(name, names); n != "" {
		return usage(fmt.Errorf("unknown report %q: did you mean %s?", typed, n))
	}
	return usage(fmt.Errorf("unknown report %q: `reportjob list` shows all that there are", typed))
}

// knownCommand refuses what is no command, and says which one was probably meant.
func knownCommand(root *cobra.Command, names []string) error {
	if len(names) == 0 {
		return nil
	}
	if near := root.SuggestionsFor(names[0]); len(near) > 0 {
		return usage(fmt.Errorf("unknown command %q: did you mean %s?", names[0], strings.Join(near, " or ")))
	}
	return usage(fmt.Errorf("unknown command %q", names[0]))
}
