package cloud

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"
)

// certificateAuthority is the lab's certificate authority. Each service has one
// certificate, for the names that it owns and no others: a client that asks a
// service by another name gets a certificate that is not valid for it.
type certificateAuthority struct {
	key   *ecdsa.PrivateKey
	cert  *x509.Certificate
	roots *x509.CertPool

	mu     sync.Mutex
	serial int64
}

// validity is how long certificates are valid around their making. It is far
// wider than AWS's, because the lab's clock runs ahead of the wall clock, by
// which clients may verify.
const validity = 10 * 365 * 24 * time.Hour

func newCertificateAuthority(now time.Time) (*certificateAuthority, error) {
	a := &certificateAuthority{roots: x509.NewCertPool()}
	template := a.template("Lab Root CA", now)
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	certificate, key, err := a.sign(template, nil, nil)
	if err != nil {
		return nil, err
	}
	a.key = key
	if a.cert, err = x509.ParseCertificate(certificate); err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	a.roots.AddCert(a.cert)
	return a, nil
}

// pem is the authority's certificate as text.
func (a *certificateAuthority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// issue makes a certificate for names. The first is the subject.
// A first label of * stands for any one label, as in AWS's own.
func (a *certificateAuthority) issue(now time.Time, names ...string) (*tls.Certificate, error) {
	template := a.template(names[0], now)
	template.DNSNames = names
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	certificate, key, err := a.sign(template, a.cert, a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{certificate, a.cert.Raw}, PrivateKey: key}, nil
}

func (a *certificateAuthority) template(subject string, now time.Time) *x509.Certificate {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.serial),
		Subject:      pkix.Name{CommonName: subject},
		NotBefore:    now.Add(-validity),
		NotAfter:     now.Add(validity),
	}
}

// sign makes a key for the template and a certificate for it; without a parent
// it signs itself.
func (a *certificateAuthority) sign(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate for %s: %w", template.Subject.CommonName, err)
	}
	if parent == nil {
		parent, signer = template, key
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate for %s: %w", template.Subject.CommonName, err)
	}
	return certificate, key, nil
}

// Certificate makes a certificate of the lab's authority for names, or finds the one that
// was made for them.
func (c *Cloud) Certificate(names ...string) (*tls.Certificate, error) {
	key := strings.Join(names, " ")
	c.issued.Lock()
	defer c.issued.Unlock()
	if made, ok := c.issuedByNames[key]; ok {
		return made, nil
	}
	made, err := c.certificates.issue(c.clock.Now(), names...)
	if err == nil {
		if c.issuedByNames == nil {
			c.issuedByNames = map[string]*tls.Certificate{}
		}
		c.issuedByNames[key] = made
	}
	return made, err
}
