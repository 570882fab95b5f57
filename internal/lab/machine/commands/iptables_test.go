package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestIptables(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		script, console string
		masquerades     bool
	}{
		{"iptables -t nat -A POSTROUTING -o ens5 -j MASQUERADE; echo $?", "0\n", true},
		{"iptables --table nat --append POSTROUTING --jump MASQUERADE && iptables -F FORWARD; echo $?", "0\n", true},
		{"iptables -t nat -A POSTROUTING -j MASQUERADE; iptables -t nat -D POSTROUTING -j MASQUERADE; echo $?", "0\n", false},
		{"iptables -A INPUT -j DROP; echo $?", "iptables: unsupported rule \"-A INPUT -j DROP\": only -t nat -A POSTROUTING [-o INTERFACE] -j MASQUERADE is\n2\n", false},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			host := machinetest.NewHost(t, nil)
			m, _ := machinetest.Boot(t, host, machine.Config{UserData: "#!/bin/bash\n" + test.script})
			if got := m.Console(); got != test.console || host.Masquerading != test.masquerades {
				t.Errorf("console %q, masquerading %v", got, host.Masquerading)
			}
		})
	}
}
