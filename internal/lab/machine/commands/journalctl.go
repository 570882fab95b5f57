package commands

import (
	"context"
	"fmt"
)

func init() { register(runJournalctl, "journalctl") }

// runJournalctl is journalctl -u UNIT.
func runJournalctl(_ context.Context, p *Process) int {
	f := p.flags()
	f.status = 1
	f.toggle("", "no-pager")
	unit := f.text("u", "unit", "")
	operands, status := f.parse()
	if status != 0 {
		return status
	}
	if unit.text == "" || len(operands) > 0 {
		return p.Fail(1, "journalctl: only -u UNIT is supported")
	}
	journal, _ := p.Services.Journal(unitName(unit.text))
	fmt.Fprint(p.Out, journal)
	return 0
}
