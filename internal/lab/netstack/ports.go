package netstack

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// The ephemeral ports of a host that limits them to no others, as gVisor has them.
const (
	firstEphemeral = 16000
	lastEphemeral  = 65535
)

// ports are the ephemeral ports of a host's TCP connections. They are taken in turn
// (RFC 6056, section 2.2; only the first is drawn by chance), so that all others
// come before one comes again. Drawn by chance, one would come again while the other
// side still keeps the earlier connection in TIME-WAIT. That side answers only where
// the new sequence number is greater, and sequence numbers grow with the clock
// (RFC 6528). On a clock that stands still while there is work they do not grow, and
// the new connection would never open.
type ports struct {
	mu                sync.Mutex
	first, last, next uint16
}

func newPorts(c *chance) *ports {
	var b [4]byte
	_, _ = c.Read(b[:])
	p := &ports{first: firstEphemeral, last: lastEphemeral}
	p.next = p.first + uint16(binary.LittleEndian.Uint32(b[:])%uint32(p.count()))
	return p
}

// count is how many ports there are.
func (p *ports) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(p.last) - int(p.first) + 1
}

// limit makes first to last the ports.
func (p *ports) limit(first, last uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first, p.last, p.next = first, last, first
}

// take returns the port whose turn it is. It may be in use.
func (p *ports) take() uint16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	port := p.next
	p.next = port + 1
	if port == p.last {
		p.next = p.first
	}
	return port
}

// SetPortRange limits the ephemeral ports, from first to last. Default: gVisor's,
// 16000 to 65535.
func (h *Host) SetPortRange(first, last uint16) error {
	if err := h.stack.SetPortRange(first, last); err != nil {
		return fmt.Errorf("port range %d to %d: %s", first, last, err)
	}
	h.ports.limit(first, last)
	return nil
}
