package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"

	"github.com/reportjob/reportjob/cmd/reportjob/internal/settings"
)

// profile serves what Go knows of the running program, for `go tool pprof`, if REPORTJOB_PPROF has an address. It has a
// server of its own, and ends when it is told to.
func (a *app) profile(at settings.Listen) (end func(), err error) {
	if at == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", string(at))
	if err != nil {
		return nil, &statusError{exitConfig, fmt.Errorf("REPORTJOB_PPROF: %w", err)}
	}
	pages := http.NewServeMux()
	pages.HandleFunc("/debug/pprof/", pprof.Index)
	pages.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	pages.HandleFunc("/debug/pprof/profile", pprof.Profile)
	pages.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	pages.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := newServer(pages)
	server.WriteTimeout = 0 // A profile takes as long as it is asked for.
	a.log.Info("profiles", "address", "http://"+listener.Addr().String()+"/debug/pprof/")
	go func() {
		// It ends with the program, whatever becomes of it before.
		_ = server.Serve(listener)
	}()
	return func() { _ = server.Close() }, nil
}
