package packet

import "gvisor.dev/gvisor/pkg/tcpip/header"

// SequenceNumber returns the TCP sequence number; zero if the packet is not TCP.
func (p *Packet) SequenceNumber() uint32 {
	if p.Flow.Protocol != TCP || len(p.payload()) < header.TCPMinimumSize {
		return 0
	}
	return header.TCP(p.payload()).SequenceNumber()
}

// Reset turns a TCP packet into the reset that answers it, as from a closed port.
// It returns false, and changes nothing, where no reset is due: the packet is not
// TCP over IPv4, is broken, or is a reset itself.
func (p *Packet) Reset() bool {
	if p.IsIPv6() || p.Related || p.Flow.Protocol != TCP || len(p.ip.Payload()) < header.TCPMinimumSize {
		return false
	}
	asked := header.TCP(p.ip.Payload())
	flags := asked.Flags()
	if flags.Contains(header.TCPFlagRst) || int(asked.DataOffset()) > len(asked) {
		return false
	}
	// RFC 9293, section 3.10.7.1: what was acknowledged is the answer's sequence
	// number; without that the answer acknowledges all that was sent.
	fields := header.TCPFields{
		SrcPort: p.Flow.Dst.Port(), DstPort: p.Flow.Src.Port(),
		DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagRst,
	}
	if flags.Contains(header.TCPFlagAck) {
		fields.SeqNum = asked.AckNumber()
	} else {
		length := uint32(len(asked.Payload()))
		if flags.Contains(header.TCPFlagSyn) {
			length++
		}
		fields.AckNum, fields.Flags = asked.SequenceNumber()+length, header.TCPFlagRst|header.TCPFlagAck
	}
	src, dst := p.ip.SourceAddress(), p.ip.DestinationAddress()
	size := int(p.ip.HeaderLength()) + header.TCPMinimumSize
	p.view.CapLength(size)
	p.ip = p.ip[:size]
	p.ip.SetTotalLength(uint16(size))
	p.ip.SetSourceAddress(dst)
	p.ip.SetDestinationAddress(src)
	p.ip.SetChecksum(0)
	p.ip.SetChecksum(^p.ip.CalculateChecksum())
	answer := header.TCP(p.ip.Payload())
	answer.Encode(&fields)
	answer.SetChecksum(^answer.CalculateChecksum(header.PseudoHeaderChecksum(header.TCPProtocolNumber, dst, src, header.TCPMinimumSize)))
	p.Flow = p.Flow.Reverse()
	return true
}
