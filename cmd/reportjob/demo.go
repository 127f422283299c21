package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportjob/reportjob/clients/sandbox"
	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
)

// demoRate lifts the rate for the built-in sandbox, which no other program shares.
const demoRate = "1000"

// startDemo serves the sandbox on a loopback port and gives the variables that lead to it. What the environment says
// about real APIs is forgotten, so that a demo never talks to one.
func (a *app) startDemo() (environ []string, end func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, func() {}, &statusError{exitUnavailable, fmt.Errorf("demo: %w", err)}
	}
	box := sandbox.New(sandbox.Options{Now: a.now})
	server := newServer(box)
	go func() { _ = server.Serve(listener) }()
	a.environ = withoutAPIs(a.environ)
	a.envFile = ""
	environ = append(box.Environment("http://"+listener.Addr().String()), "REPORTJOB_STATE=off")
	for _, prefix := range settings.APIPrefixes() {
		environ = append(environ, prefix+"RATE="+demoRate)
	}
	return environ, func() { _ = server.Close() }, nil
}

func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
}

// withoutAPIs is an environment without what concerns real APIs, their credentials and the state kept for them.
func withoutAPIs(environ []string) []string {
	gone := append(settings.APIPrefixes(), "CREDENTIALS_DIRECTORY=", "REPORTJOB_STATE", "STATE_DIRECTORY=")
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		return slices.ContainsFunc(gone, func(prefix string) bool { return strings.HasPrefix(entry, prefix) })
	})
}

func newSandbox(a *app) *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serves stand-ins of the four APIs, the ones that --demo uses",
		Long: `Serves stand-ins of the four APIs until SIGINT or SIGTERM. They enforce the credentials, limits, paging and errors
of the real ones. What is printed first are the variables with which reportjob uses them.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serveSandbox(cmd.Context(), addr) },
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "`HOST:PORT` to listen at; port 0 takes a free one")
	return cmd
}

func (a *app) serveSandbox(ctx context.Context, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return usage(fmt.Errorf("--addr: %w", err))
	}
	box := sandbox.New(sandbox.Options{Now: a.now, Limits: true})
	for _, line := range box.Environment("http://" + listener.Addr().String()) {
		fmt.Fprintln(a.stdout, line)
	}
	a.attend()
	server := newServer(box)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-a.signals:
		case <-ctx.Done():
		}
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
