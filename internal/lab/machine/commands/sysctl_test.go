package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestSysctl(t *testing.T) {
	t.Parallel()
	host := machinetest.NewHost(t, nil)
	m, _ := machinetest.Boot(t, host, machine.Config{UserData: "#!/bin/bash\nsysctl -w net.ipv4.ip_forward=1"})
	if got := m.Console(); got != "net.ipv4.ip_forward = 1\n" || !host.Forwarding {
		t.Errorf("console %q, forwarding %v", got, host.Forwarding)
	}
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `sysctl net.ipv4.ip_forward=0; echo $?`, Console: "net.ipv4.ip_forward = 0\n0\n"},
		machinetest.Script{Text: `sysctl net.ipv4.ip_forward=2; echo $?`, Console: "sysctl: setting net.ipv4.ip_forward to \"2\" is not supported, only 0 and 1 are\n1\n"},
		machinetest.Script{Text: `sysctl kernel.x=1; echo $?`, Console: "sysctl: cannot stat /proc/sys/kernel/x: No such file or directory\n255\n"},
		machinetest.Script{Text: `sysctl -a; echo $?`, Console: "sysctl: unsupported option \"-a\"\n2\n"},
	)
}
