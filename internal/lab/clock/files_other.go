//go:build !unix

package clock

import (
	"errors"
	"os"
)

// isReady cannot be asked here: while somebody waits for a pipe, clocks do not skip.
func isReady(*os.File, direction) (bool, error) { return false, errors.ErrUnsupported }
