package vpc

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/buffer"

	"provenendpoints/internal/lab/packet"
)

// What tests look into or do behind the API's back.

var Anywhere = anywhere

// Send sends a packet as if the host had sent it.
func (h *Host) Send(raw []byte) { h.network.send(h, buffer.NewViewWithData(raw)) }

// RemoveInterface deletes an interface with the host behind it still running.
func (n *Network) RemoveInterface(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.removeInterface(n.interfaces.ByID[id])
}

// TargetOf returns the target of the route of a table for an address; empty if
// there is none.
func (n *Network) TargetOf(table string, a netip.Addr) string {
	if r := n.tables.ByID[table].lookup(a); r != nil {
		return r.Target
	}
	return ""
}

// Admits reports whether the groups of an interface admit an arriving packet.
func (n *Network) Admits(id string, raw []byte) bool {
	p, ok := packet.Parse(buffer.NewViewWithData(raw))
	return ok && n.interfaces.ByID[id].admits(&Transit{Packet: p, network: n}, ingress)
}
