package proof

import "net/netip"

// metadata are the addresses of services that AWS has on every instance: metadata,
// DNS and time (docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
// In IPv4 they are link-local.
var metadata = netip.MustParsePrefix("fd00:ec2::/32")

// translated are the addresses that stand for IPv4 addresses, which are their last
// four bytes (RFC 6052).
var translated = netip.MustParsePrefix("64:ff9b::/96")

// thisHost are addresses that Linux takes for the host itself (RFC 1122, 3.2.1.3).
var thisHost = netip.MustParsePrefix("0.0.0.0/8")

// forbidden says why a prober must not connect to the address, or nothing. Behind
// such addresses are the function's own runtime, credentials or neighbours: nothing
// that a claim could be about, in whatever form they are written.
func forbidden(address netip.Addr) string {
	address = address.Unmap()
	if translated.Contains(address) {
		bytes := address.As16()
		address = netip.AddrFrom4([4]byte(bytes[12:]))
	}
	switch {
	case address.IsLoopback():
		return "loopback"
	case address.IsLinkLocalUnicast():
		return "link-local"
	case metadata.Contains(address):
		return "metadata"
	case address.IsUnspecified(), thisHost.Contains(address):
		return "unspecified"
	case address.IsMulticast():
		return "multicast"
	case address == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "broadcast"
	}
	return ""
}
