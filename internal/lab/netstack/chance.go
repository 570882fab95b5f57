package netstack

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
)

// chance is what a host draws its ephemeral ports and sequence numbers from. It
// follows from the host's name and addresses, so that equal deployments send
// equal packets, and nobody outside this process can profit from that.
type chance struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func newChance(o Options) *chance {
	return &chance{source: rand.NewChaCha8(sha256.Sum256(fmt.Append(nil, o.Name, o.Addrs)))}
}

// Int63, Uint64 and Seed implement the source of math/rand; gVisor sets no seed.
func (c *chance) Int63() int64 { return int64(c.Uint64() >> 1) }

func (c *chance) Uint64() uint64 {
	var b [8]byte
	_, _ = c.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

func (c *chance) Seed(int64) {}

// Read implements io.Reader; it does not fail.
func (c *chance) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.source.Read(p)
}
