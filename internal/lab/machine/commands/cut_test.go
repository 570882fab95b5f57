package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestCut(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf 'a b\nc d\n' | cut -d ' ' -f 2`, Console: "b\nd\n"},
		machinetest.Script{Text: `printf 'abcd\n' | cut -c 2-3`, Console: "bc\n"},
		machinetest.Script{Text: `echo k=v | cut -d= -f2`, Console: "v\n"},
		machinetest.Script{Text: `echo a:b:c:d | cut -d: -f1,3-`, Console: "a:c:d\n"},
		machinetest.Script{Text: `printf 'a\nb:c\n' | cut -d: -f1 -s`, Console: "b\n"},
		machinetest.Script{Text: `echo a | cut -f x || echo $?`, Console: "cut: invalid list \"x\"\n1\n"},
		machinetest.Script{Text: `echo a | cut || echo $?`, Console: "cut: invalid list \"\"\n1\n"},
	)
}
