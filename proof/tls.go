package proof

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
)

// curves are what every server of AWS knows. Others, such as the hybrids with
// ML-KEM, would double the time of hundreds of handshakes, whose content is no secret.
var curves = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384}

// measureTLS opens a TLS connection to the host and closes it.
func (n Network) measureTLS(ctx context.Context, probe Probe, targets []netip.AddrPort) Observation {
	var seen Observation
	conn := n.open(ctx, probe.Host, "https", targets, &seen)
	if conn != nil {
		conn.Close()
	}
	return seen
}

// open opens a connection to one of the targets, over TLS where the scheme is
// https, and records in the observation which address it reached. It returns nil
// if that failed.
func (n Network) open(ctx context.Context, host, scheme string, targets []netip.AddrPort, seen *Observation) net.Conn {
	conn, target, failed := n.connect(ctx, targets)
	if failed != nil {
		seen.failed(failed)
		return nil
	}
	seen.Outcome, seen.Addresses = OK, []netip.Addr{target.Addr()}
	if scheme != "https" {
		return conn
	}
	secure := tls.Client(conn, &tls.Config{
		ServerName: host, RootCAs: n.Roots, Time: n.Clock.Now, MinVersion: tls.VersionTLS12, CurvePreferences: curves,
	})
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		seen.Certificate = presented(err)
		if isOver(ctx) {
			seen.failed(fail(TimedOut, "%s accepted the connection, but did not finish the TLS handshake", target))
		} else {
			seen.failed(fail(BadTLS, "the TLS handshake with %s failed: %v", target, err))
		}
		return nil
	}
	seen.Certificate = subject(secure.ConnectionState().PeerCertificates[0])
	return secure
}

// presented is the subject of the certificate that the handshake failed on, if
// one was presented.
func presented(err error) string {
	var bad *tls.CertificateVerificationError
	if errors.As(err, &bad) && len(bad.UnverifiedCertificates) > 0 {
		return subject(bad.UnverifiedCertificates[0])
	}
	return ""
}

// subject names a certificate: its subject, or its first name where the subject
// is empty, as in many current certificates.
func subject(certificate *x509.Certificate) string {
	name := certificate.Subject.String()
	if name == "" && len(certificate.DNSNames) > 0 {
		name = certificate.DNSNames[0]
	}
	return printable(shorten(name, maxDetail))
}
