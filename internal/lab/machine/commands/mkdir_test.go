package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestMkdir(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `mkdir -p /a/b && ls /a; mkdir /a; mkdir /x/y; echo $?`, Console: "b\nmkdir: cannot create directory '/a': File exists\nmkdir: cannot create directory '/x/y': No such file or directory\n1\n"},
		machinetest.Script{Text: `mkdir; echo $?; mkdir -m x /z; echo $?`, Console: "mkdir: missing operand\n1\nmkdir: invalid mode \"x\"\n1\n"},
		machinetest.Script{Text: `mkdir -Z /x || echo $?`, Console: "mkdir: unsupported option \"-Z\"\n2\n"},
		machinetest.Script{Text: `mkdir --parents=1 /x || echo $?`, Console: "mkdir: option '--parents' doesn't allow an argument\n2\n"},
	)
}
