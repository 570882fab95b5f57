package lambdatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// responseHost is the host of CloudFormation's response URLs in [Region], and
// ResponseTarget is such a URL.
const (
	responseHost   = "cloudformation-custom-resource-response-apnortheast2.s3." + Region + ".amazonaws.com"
	ResponseTarget = "https://" + responseHost + "/answer" + Query
)

// ServeResponseURL serves a [ResponseURL] at [ResponseTarget] to a compiled function,
// and returns the environment variables by which the function finds it: a proxy that
// leads to that host alone, and the authority of its certificate. The function needs
// no door of its own for tests: it sees the URL that CloudFormation would send.
func ServeResponseURL(t testing.TB, handler http.Handler) (environment []string) {
	t.Helper()
	box := httptest.NewUnstartedServer(handler)
	certificate, authority := Issue(t, responseHost)
	box.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	box.StartTLS()
	t.Cleanup(box.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != responseHost+":443" {
			http.Error(w, "lambdatest leads to "+responseHost+" alone", http.StatusForbidden)
			return
		}
		tunnel(w, box.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + roots}
}

// tunnel answers a CONNECT and copies bytes both ways until either side closes.
func tunnel(w http.ResponseWriter, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = far.Close() }()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = near.Close() }()
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection Established\r\n\r\n")
	go func() {
		_, _ = io.Copy(far, buffered)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
}

// Issue makes a certificate for the name or address that is its own authority.
func Issue(t testing.TB, name string) (certificate tls.Certificate, authority []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if address := net.ParseIP(name); address != nil {
		template.IPAddresses = []net.IP{address}
	} else {
		template.DNSNames = []string{name}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
}
