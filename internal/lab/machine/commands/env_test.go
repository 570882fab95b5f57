package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestEnv(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `A=1 env B=2 | grep '^[AB]='`, Console: "A=1\nB=2\n"},
		machinetest.Script{Text: `env A=1 A=2 bash -c 'echo $A -x'`, Console: "2 -x\n"},
		machinetest.Script{Text: `env -i; echo $?`, Console: "env: unsupported option \"-i\"\n2\n"},
	)
}
