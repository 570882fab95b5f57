package resources

import (
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/vpc"
)

// ipv6Address is an IPv6 address that an interface is to have.
type ipv6Address struct {
	Ipv6Address string `cfn:"required"`
}

// wantIPv6 sets the IPv6 addresses of an interface that is to be made: those given, as
// many as given, or one where the subnet assigns them.
func (r *Resources) wantIPv6(wanted *vpc.Interface, count *int, given []ipv6Address) error {
	for _, text := range given {
		a, err := netip.ParseAddr(text.Ipv6Address)
		if err != nil || !a.Is6() {
			return fmt.Errorf("property Ipv6Addresses: %q is no IPv6 address", text.Ipv6Address)
		}
		wanted.IPv6Addrs = append(wanted.IPv6Addrs, a)
	}
	s, err := r.Network.Subnets().Get(wanted.Subnet)
	if err != nil {
		return err
	}
	switch {
	case count != nil:
		wanted.IPv6Count = *count
	case s.AssignIPv6 && len(given) == 0:
		wanted.IPv6Count = 1
	}
	return nil
}

// firstIPv6 is an interface's first IPv6 address as text; empty if it has none.
func firstIPv6(i vpc.Interface) string {
	if len(i.IPv6Addrs) == 0 {
		return ""
	}
	return i.IPv6Addrs[0].String()
}
