package cfn

import (
	"net"
	"net/netip"
	"strconv"

	"github.com/apparentlymart/go-cidr/cidr"
)

// fnCidr cuts an address block into count blocks of cidrBits host bits:
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
func fnCidr(e *evaluator, arg any, whole map[string]any) any {
	a, ok := e.args(arg, 2, 3)
	if !ok {
		return Unknown{}
	}
	known := true
	text := func(i int, what, otherwise string) string {
		if i >= len(a) {
			return otherwise
		}
		s, ok := e.text(a[i], what)
		known = known && ok
		return s
	}
	block, count, bits := text(0, "the block", ""), text(1, "the count", ""), text(2, "the host bits", "8")
	if !known {
		return unknown(whole)
	}
	prefix, err := netip.ParsePrefix(block)
	if err != nil {
		return e.fail("%q is not an address block", block)
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > 256 {
		return e.fail("the count must be 1 to 256, not %s", count)
	}
	hostBits, err := strconv.Atoi(bits)
	newBits := prefix.Addr().BitLen() - hostBits - prefix.Bits()
	if err != nil || hostBits < 1 || newBits < 0 { // cidr.Subnet takes negative bits without an error
		return e.fail("%s has no %d blocks with %s host bits", block, n, bits)
	}
	base := &net.IPNet{IP: prefix.Masked().Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
	out := make([]any, n)
	for i := range out {
		subnet, err := cidr.Subnet(base, newBits, i)
		if err != nil {
			return e.fail("%s has no %d blocks with %s host bits", block, n, bits)
		}
		out[i] = subnet.String()
	}
	return out
}
