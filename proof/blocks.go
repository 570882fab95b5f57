package proof

import (
	"net/netip"
	"slices"
)

// anyContains reports whether any of the CIDR blocks contains the address.
func anyContains(blocks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(blocks, func(block netip.Prefix) bool { return block.Contains(address) })
}

// isInside reports whether the block lies inside the other. What is no block
// lies nowhere: its Bits are -1, and it contains nothing.
func isInside(block, other netip.Prefix) bool {
	return block.Bits() >= other.Bits() && other.Contains(block.Addr())
}

// isInsideAny reports whether the block lies inside one of the others.
func isInsideAny(block netip.Prefix, others []netip.Prefix) bool {
	return slices.ContainsFunc(others, func(other netip.Prefix) bool { return isInside(block, other) })
}

// subtract returns the values that are not among the others.
func subtract(values, others []netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(values), func(value netip.Addr) bool { return slices.Contains(others, value) })
}

// everywhere is all of IPv4.
var everywhere = netip.PrefixFrom(netip.IPv4Unspecified(), 0)

// cover reports whether the blocks together contain the whole of another.
func cover(blocks []netip.Prefix, whole netip.Prefix) bool {
	if isInsideAny(whole, blocks) {
		return true
	}
	if !slices.ContainsFunc(blocks, func(block netip.Prefix) bool { return isInside(block, whole) }) {
		return false
	}
	lower, upper := halves(whole)
	return cover(blocks, lower) && cover(blocks, upper)
}

// halves are the two halves of a block that is more than one address.
func halves(block netip.Prefix) (lower, upper netip.Prefix) {
	bits := block.Bits()
	bytes := block.Masked().Addr().AsSlice()
	bytes[bits/8] |= 0x80 >> (bits % 8)
	high, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(block.Masked().Addr(), bits+1), netip.PrefixFrom(high, bits+1)
}
