package rest_test

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportjob/reportjob/clients/rest"
)

func TestServersOfACertificateInTheCAFileAreTrusted(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, fine.body) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	transport, err := rest.NewTransport(rest.TransportOptions{CAFile: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	if err := get(t, client(transport, func(o *rest.Options) { o.Base = mustURL(server.URL) })); err != nil {
		t.Error(err)
	}
}

func TestCAFileThatIsNoneIsNoticedAtOnce(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(empty, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, says := range map[string]string{empty: "no certificate in PEM form", empty + ".none": "no such file"} {
		if _, err := rest.NewTransport(rest.TransportOptions{CAFile: file}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestTokenCallsTrustTheSameCertificatesAsTheAPI(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	o := only(loopbackTransport(t), "password")
	o.URL = mustURL(server.URL + "/oauth/token")
	wantError(t, rest.NewTokens(o).Token(t.Context()), rest.Unreachable, "certificate", "set SHOP_CA_FILE")
}
