package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestBasename(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `basename /a/b; dirname /a/b; dirname; echo $?`, Console: "b\n/a\ndirname: want one operand\n1\n"},
	)
}
