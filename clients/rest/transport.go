package rest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// TransportOptions say how to reach an API. The zero value works.
type TransportOptions struct {
	CAFile      string        // PEM bundle, added to the system's roots
	Connect     time.Duration // until connected, and again until TLS is agreed: 10 s if zero
	Headers     time.Duration // until the answer's headers: 60 s if zero
	Idle        time.Duration // how long an idle connection is kept: 30 s if zero
	Connections int           // at most this many to a host; 0: no limit
}

// NewTransport makes the one transport that an API's requests and its token calls share: proxy from the environment,
// TLS 1.2 at least, HTTP/2, gzip. It fails only over its CAFile.
func NewTransport(o TransportOptions) (*http.Transport, error) {
	roots, err := rootsWith(o.CAFile)
	if err != nil {
		return nil, err
	}
	connect := orDefault(o.Connect, 10*time.Second)
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connect, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:   connect,
		ResponseHeaderTimeout: orDefault(o.Headers, 60*time.Second),
		IdleConnTimeout:       orDefault(o.Idle, 30*time.Second),
		MaxConnsPerHost:       o.Connections,
		MaxIdleConnsPerHost:   orDefault(o.Connections, 8),
		ForceAttemptHTTP2:     true,
		// A connection that died without a word is noticed by a ping that nobody answers.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
	}, nil
}

// rootsWith gives the system's roots and those of a PEM file; nil, which means the system's, without a file.
func rootsWith(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("CA file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file: %s: %w", file, errors.New("no certificate in PEM form"))
	}
	return roots, nil
}

// orDefault is v, or fallback where v is zero.
func orDefault[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}
