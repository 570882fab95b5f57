package commands

import (
	"context"
	"fmt"
	"strings"
)

func init() { register(runSysctl, "sysctl") }

// ipForward is the kernel parameter that makes a host a router.
const ipForward = "net.ipv4.ip_forward"

// runSysctl sets kernel parameters, given as NAME=VALUE with -w or without. It knows
// the one that has the host pass on packets for others.
func runSysctl(_ context.Context, p *Process) int {
	f := p.flags()
	f.toggle("w", "write")
	settings, status := f.parse()
	if status != 0 {
		return status
	}
	if len(settings) == 0 {
		return p.Fail(1, "sysctl: only NAME=VALUE is supported")
	}
	for _, setting := range settings {
		name, value, ok := strings.Cut(setting, "=")
		if name = strings.ReplaceAll(strings.TrimSpace(name), "/", "."); name != ipForward {
			return p.Fail(255, "sysctl: cannot stat /proc/sys/%s: No such file or directory", strings.ReplaceAll(name, ".", "/"))
		}
		if value = strings.TrimSpace(value); !ok || value != "0" && value != "1" {
			return p.Fail(1, "sysctl: setting %s to %q is not supported, only 0 and 1 are", name, value)
		}
		p.Host.SetForwarding(value == "1")
		fmt.Fprintf(p.Out, "%s = %s\n", name, value)
	}
	return 0
}
