package commands

import (
	"context"
	"time"
)

func init() { register(runSleep, "sleep") }

func runSleep(ctx context.Context, p *Process) int {
	intervals, status := p.flags().parse()
	if status != 0 {
		return status
	}
	if len(intervals) == 0 {
		return p.Fail(1, "sleep: missing operand")
	}
	var total time.Duration
	for _, text := range intervals {
		d, err := ParseInterval(text)
		if err != nil {
			return p.Fail(1, "sleep: %v", err)
		}
		total += d
	}
	if p.Clock.Sleep(ctx, total) != nil {
		return statusInterrupted
	}
	return 0
}
