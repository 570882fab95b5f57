package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestTr(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `echo abC | tr a-z A-Z`, Console: "ABC\n"},
		machinetest.Script{Text: `echo 'a "b"' | tr -d '"\n'`, Console: "a b"},
		machinetest.Script{Text: `echo aabb | tr -s a`, Console: "abb\n"},
		machinetest.Script{Text: `echo a1b2 | tr -cd '[:digit:]'`, Console: "12"},
		machinetest.Script{Text: `echo abc | tr abc x`, Console: "xxx\n"},
		machinetest.Script{Text: `echo a | tr a || echo $?`, Console: "tr: want two sets, or one with -d or -s\n1\n"},
	)
}
