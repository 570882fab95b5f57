package cfn

import (
	"math/big"
	"net/netip"
	"strconv"
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
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return e.fail("%q is not an address block", block)
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > 256 {
		return e.fail("the count must be 1 to 256, not %s", count)
	}
	host, err := strconv.Atoi(bits)
	length := p.Addr().BitLen() - host
	if err != nil || host < 1 || length < p.Bits() || length-p.Bits() < 9 && n > 1<<(length-p.Bits()) {
		return e.fail("%s has no %d blocks with %s host bits", block, n, bits)
	}
	base := new(big.Int).SetBytes(p.Masked().Addr().AsSlice())
	step := new(big.Int).Lsh(big.NewInt(1), uint(host))
	out := make([]any, n)
	for i := range out {
		buf := make([]byte, p.Addr().BitLen()/8)
		addr, _ := netip.AddrFromSlice(base.FillBytes(buf))
		out[i] = netip.PrefixFrom(addr, length).String()
		base.Add(base, step)
	}
	return out
}
