package commands

import (
	"context"
	"fmt"
	"strings"
)

func init() { register(runUname, "uname") }

// runUname prints the kernel's name, the host name and the architecture, as far
// as they are asked for and in this order.
func runUname(_ context.Context, p *Process) int {
	f := p.flags()
	kernel, node, machine := f.toggle("s", "kernel-name"), f.toggle("n", "nodename"), f.toggle("m", "machine")
	operands, status := f.parse()
	if status != 0 {
		return status
	}
	if len(operands) > 0 {
		return p.Fail(1, "uname: extra operand '%s'", operands[0])
	}
	var fields []string
	if *kernel || !*node && !*machine {
		fields = append(fields, "Linux")
	}
	if *node {
		fields = append(fields, p.Hostname)
	}
	if *machine {
		fields = append(fields, "aarch64")
	}
	fmt.Fprintln(p.Out, strings.Join(fields, " "))
	return 0
}
