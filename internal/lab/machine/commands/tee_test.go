package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestTee(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `echo a | tee /tmp/t > /dev/null; echo b | tee -a /tmp/t; cat /tmp/t`, Console: "b\na\nb\n"},
		machinetest.Script{Text: `echo a | tee /nosuch/x; echo $?`, Console: "tee: /nosuch/x: No such file or directory\na\n1\n"},
	)
}
