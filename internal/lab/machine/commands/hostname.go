package commands

import (
	"context"
	"fmt"
)

func init() { register(runHostname, "hostname") }

// runHostname prints the name, or with -i and -I the address. It sets neither.
func runHostname(_ context.Context, p *Process) int {
	f := p.flags()
	f.toggle("f", "fqdn")
	f.toggle("s", "short")
	address, all := f.toggle("i", "ip-address"), f.toggle("I", "all-ip-addresses")
	names, status := f.parse()
	switch {
	case status != 0:
		return status
	case len(names) > 0:
		return p.Fail(1, "hostname: setting the name is not supported, got %q", names[0])
	case *address || *all:
		fmt.Fprintln(p.Out, p.Host.Addr())
	default:
		fmt.Fprintln(p.Out, p.Hostname)
	}
	return 0
}
