package commands

import (
	"context"
	"fmt"
	"strings"
)

func init() { register(runLogger, "logger") }

// runLogger writes to the console log, which journald forwards to.
func runLogger(_ context.Context, p *Process) int {
	f := p.flags()
	f.toggle("s", "stderr")
	f.text("p", "priority", "")
	tag := f.text("t", "tag", "root")
	words, status := f.parse()
	if status != 0 {
		return status
	}
	log := func(line string) bool { fmt.Fprintf(p.Console, "%s: %s\n", tag.text, line); return true }
	if len(words) > 0 {
		log(strings.Join(words, " "))
		return 0
	}
	eachLine(p.In, log)
	return 0
}
