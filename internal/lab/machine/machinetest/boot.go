package machinetest

import (
	"context"
	"testing"
	"time"

	"provenendpoints/internal/lab/machine"
)

// Boot runs user data to its end. It returns the machine and the error of Wait.
func Boot(t *testing.T, host machine.Host, config machine.Config) (*machine.Machine, error) {
	t.Helper()
	if config.Clock == nil {
		config.Clock = NewClock()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	m := machine.Run(ctx, host, config)
	t.Cleanup(m.Stop)
	return m, m.Wait(ctx)
}

// Script is a shell script with the console that it leaves.
type Script struct {
	// Text is the script without its first line; it is the test's name too.
	Text string
	// Console is all output, including the line about a failure at the end.
	Console string
}

// RunScripts runs each script on a machine of its own, in parallel.
func RunScripts(t *testing.T, host machine.Host, config machine.Config, scripts ...Script) {
	t.Helper()
	for _, s := range scripts {
		t.Run(s.Text, func(t *testing.T) {
			t.Parallel()
			config := config
			config.UserData = "#!/bin/bash\n" + s.Text
			m, _ := Boot(t, host, config)
			if got := m.Console(); got != s.Console {
				t.Errorf("got\n%s\nwant\n%s", got, s.Console)
			}
		})
	}
}
