package firewall

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"time"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// flow is what the engine knows of a flow.
type flow struct {
	client netip.AddrPort // who began it
	seen   time.Time
	// established is whether anything was said besides what opens a connection, or the other
	// side has answered without one.
	established bool
	// first is what the client said first, and next the sequence number of what follows.
	first []byte
	next  uint32
	// pending is whether first is not all of a TLS or HTTP head yet.
	pending bool
	// app is the protocol that is spoken, such as tls; empty: not known.
	app string
	// said are the buffers of what the client has said, by Suricata's keywords.
	said    map[string]string
	bits    map[string]bool
	decided verdict
}

// maxFirst is how much of what a client says first is looked at, in bytes.
const maxFirst = 1 << 16

// look takes in a packet and reports whether it is the client's.
func (f *flow) look(p *vpc.Transit) (toServer bool) {
	toServer = p.Flow.Src == f.client
	data := p.Data()
	if p.Flow.Protocol != packet.TCP {
		f.established = f.established || !toServer
		return toServer
	}
	if p.Starts() {
		f.next = p.SequenceNumber() + 1
		return toServer
	}
	f.established = f.established || len(data) > 0
	switch {
	case len(data) == 0 || f.said != nil:
	case !toServer:
		if f.app == "" && bytes.HasPrefix(data, []byte("SSH-")) {
			f.app = "ssh"
		}
	case p.SequenceNumber() == f.next && len(f.first) < maxFirst:
		f.first, f.next = append(f.first, data...), f.next+uint32(len(data))
		f.recognize()
	}
	return toServer
}

var requestLine = regexp.MustCompile(`^[A-Z]{3,10} `)

// recognize finds out what the client speaks.
func (f *flow) recognize() {
	f.pending = false
	switch b := f.first; {
	case len(b) > 5 && b[0] == 0x16 && b[1] == 3: // RFC 8446, section 5.1: a record of a handshake
		f.app = "tls"
		if f.pending = len(b) < 5+int(b[3])<<8+int(b[4]); !f.pending {
			f.said = map[string]string{}
			if name := serverName(b); name != "" {
				f.said["tls.sni"] = name
			}
		}
	case bytes.HasPrefix(b, []byte("SSH-")):
		f.app = "ssh"
	case requestLine.Match(b):
		f.app = "http"
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if f.pending = err != nil && !bytes.Contains(b, []byte("\r\n\r\n")); err == nil {
			host := request.Host
			if name, _, err := net.SplitHostPort(host); err == nil {
				host = name
			}
			f.said = map[string]string{"http.host": host, "http.method": request.Method, "http.uri": request.RequestURI}
		}
	}
}

// serverName is the server name in a TLS client's first record; "" if there is none.
func serverName(record []byte) string {
	name := ""
	seen := errors.New("seen")
	_ = tls.Server(head{bytes.NewReader(record)}, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		name = hello.ServerName
		return nil, seen
	}}).Handshake() // which always fails
	return name
}

// head is a connection of which there is only the beginning.
type head struct{ *bytes.Reader }

func (head) Write(b []byte) (int, error)      { return len(b), nil }
func (head) Close() error                     { return nil }
func (head) LocalAddr() net.Addr              { return nil }
func (head) RemoteAddr() net.Addr             { return nil }
func (head) SetDeadline(time.Time) error      { return nil }
func (head) SetReadDeadline(time.Time) error  { return nil }
func (head) SetWriteDeadline(time.Time) error { return nil }
