package vpc

import (
	"io"

	"gvisor.dev/gvisor/pkg/log"
)

// The TCP/IP stacks would write to standard error about every connection that
// is cut. What matters of that is told by errors and by [Options] OnDrop.
func init() { log.SetTarget(&log.GoogleEmitter{Writer: &log.Writer{Next: io.Discard}}) }
