package packet

import "gvisor.dev/gvisor/pkg/tcpip/header"

// TCPFlags are the flags of a TCP packet; false for all others.
func (p *Packet) TCPFlags() (uint8, bool) {
	if p.Related || p.Flow.Protocol != TCP || len(p.payload()) < header.TCPMinimumSize {
		return 0, false
	}
	return uint8(header.TCP(p.payload()).Flags()), true
}

// Data is what a TCP or UDP packet carries.
func (p *Packet) Data() []byte {
	b := p.payload()
	switch {
	case p.Related:
	case p.Flow.Protocol == TCP && len(b) >= header.TCPMinimumSize && int(header.TCP(b).DataOffset()) <= len(b):
		return header.TCP(b).Payload()
	case p.Flow.Protocol == UDP:
		return header.UDP(b).Payload()
	}
	return nil
}
