package commands

import (
	"context"
	"fmt"
)

func init() { register(runID, "id") }

// runID prints who runs scripts: root.
func runID(_ context.Context, p *Process) int {
	f := p.flags()
	user, group, name := f.toggle("u", "user"), f.toggle("g", "group"), f.toggle("n", "name")
	operands, status := f.parse()
	switch {
	case status != 0:
		return status
	case len(operands) > 0:
		return p.Fail(1, "id: other users are not supported, got %q", operands[0])
	case *user && *group:
		return p.Fail(1, "id: cannot print \"only\" of more than one choice")
	case *name && !*user && !*group:
		return p.Fail(1, "id: cannot print only names or real IDs in default format")
	case *name:
		fmt.Fprintln(p.Out, "root")
	case *user || *group:
		fmt.Fprintln(p.Out, 0)
	default:
		fmt.Fprintln(p.Out, "uid=0(root) gid=0(root) groups=0(root)")
	}
	return 0
}
