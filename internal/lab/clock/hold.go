package clock

import (
	"sync"
	"sync/atomic"
)

// held is how many reasons there are not to skip.
var held atomic.Int64

// Hold keeps every skipping clock at the wall's speed until release is called,
// which may be called more than once. It is for work that another process does for the
// lab: the scheduler of this process knows nothing of it.
func Hold() (release func()) {
	held.Add(1)
	return sync.OnceFunc(func() { held.Add(-1) })
}
