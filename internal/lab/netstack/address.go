package netstack

import (
	"fmt"
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// AddAddr gives the host another address, as another network card would. The host
// sends from it to what lies in network, and answers from it wherever it was asked
// there; to all else it sends from its first address.
func (h *Host) AddAddr(a netip.Addr, network netip.Prefix) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.addAddr(a, a.BitLen(), stack.AddressProperties{PEB: stack.CanBePrimaryEndpoint}); err != nil {
		return fmt.Errorf("host %s: %w", h.name, err)
	}
	h.addrs = append(h.addrs, a)
	to, err := tcpip.NewSubnet(tcpipAddr(network.Masked().Addr()), tcpip.MaskFromBytes(maskOf(network)))
	if err != nil {
		return fmt.Errorf("host %s: network %s: %w", h.name, network, err)
	}
	h.stack.AddRoute(tcpip.Route{Destination: to, NIC: nic, SourceHint: tcpipAddr(a)})
	return nil
}

// RemoveAddr takes away an address that AddAddr has given. Its connections end.
func (h *Host) RemoveAddr(a netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := tcpipAddr(a)
	h.stack.RemoveRoutes(func(r tcpip.Route) bool { return r.SourceHint == at })
	// The only error is that there is no such address.
	_ = h.stack.RemoveAddress(nic, at)
	h.addrs = slices.DeleteFunc(h.addrs, func(b netip.Addr) bool { return a == b })
}

// addAddr adds an address to the stack alone.
func (h *Host) addAddr(a netip.Addr, bits int, properties stack.AddressProperties) error {
	err := h.stack.AddProtocolAddress(nic, tcpip.ProtocolAddress{
		Protocol:          networkOf(a),
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: tcpipAddr(a), PrefixLen: bits},
	}, properties)
	if err != nil {
		return fmt.Errorf("address %s: %s", a, err)
	}
	return nil
}

// maskOf is a network's mask in bytes.
func maskOf(network netip.Prefix) []byte {
	mask := make([]byte, network.Addr().BitLen()/8)
	for i := range network.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return mask
}
