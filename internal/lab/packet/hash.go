package packet

import (
	"bytes"
	"hash/fnv"
)

// SymmetricHash hashes the five parts of a flow. That of its answers is the same.
func (f Flow) SymmetricHash() uint64 {
	one, _ := f.Src.MarshalBinary() // never fails
	other, _ := f.Dst.MarshalBinary()
	if bytes.Compare(one, other) > 0 {
		one, other = other, one
	}
	return Hash([]byte{f.Protocol}, one, other)
}

// Hash is a hash of bytes, all of whose bits depend on all of them.
func Hash(parts ...[]byte) uint64 {
	h := fnv.New64a()
	for _, part := range parts {
		_, _ = h.Write(part) // never fails
	}
	return Mix(h.Sum64())
}

// Mix has all bits of one of FNV's hashes depend on all of the input: FNV's low bits depend
// on its low bits alone.
func Mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
