package commands

import "context"

func init() { register(runTimeout, "timeout") }

// The exit statuses of timeout itself.
const (
	statusTimedOut      = 124
	statusTimeoutFailed = 125
)

// runTimeout is timeout DURATION COMMAND […].
func runTimeout(ctx context.Context, p *Process) int {
	f := p.flags()
	f.leading, f.status = true, statusTimeoutFailed
	words, status := f.parse()
	if status != 0 {
		return status
	}
	if len(words) < 2 {
		return p.Fail(statusTimeoutFailed, "timeout: want DURATION COMMAND")
	}
	d, err := ParseInterval(words[0])
	if err != nil {
		return p.Fail(statusTimeoutFailed, "timeout: %v", err)
	}
	limited, cancel := p.Clock.WithTimeout(ctx, d)
	defer cancel()
	status = p.child().Run(limited, words[1:])
	if ctx.Err() == nil && timedOut(limited) {
		return statusTimedOut
	}
	return status
}
