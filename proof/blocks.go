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
