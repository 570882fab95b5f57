package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestSleep(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `sleep 1.5 1m; date +%T.%N`, Console: "03:05:06.500000000\n"},
		machinetest.Script{Text: `sleep; echo $?; sleep x; echo $?`, Console: "sleep: missing operand\n1\nsleep: invalid time interval \"x\"\n1\n"},
	)
}
