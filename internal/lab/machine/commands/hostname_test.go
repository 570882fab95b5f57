package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestHostname(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `hostname; hostname -f; hostname -I`, Console: "ip-10-0-1-109\nip-10-0-1-109\n10.0.1.109\n"},
		machinetest.Script{Text: `hostname x; echo $?`, Console: "hostname: setting the name is not supported, got \"x\"\n1\n"},
	)
}
