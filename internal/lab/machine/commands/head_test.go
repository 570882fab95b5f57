package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestHead(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf '1\n2\n3\n' | head -1`, Console: "1\n"},
		machinetest.Script{Text: `printf 'abc' | head -c 2`, Console: "ab"},
		machinetest.Script{Text: `seq 12 | head | wc -l`, Console: "10\n"},
		machinetest.Script{Text: `seq 3 | head --lines=2`, Console: "1\n2\n"},
		machinetest.Script{Text: `seq 3 | head -n2`, Console: "1\n2\n"},
		machinetest.Script{Text: `seq 3 | head -n=2 || echo $?`, Console: "head: invalid number: \"=2\"\n1\n"},
		machinetest.Script{Text: `seq 3 | head -n || echo $?`, Console: "head: option requires an argument -- 'n'\n2\n"},
		machinetest.Script{Text: `head -n x; echo $?`, Console: "head: invalid number: \"x\"\n1\n"},
	)
}

func TestTail(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf '1\n2\n3\n' | tail -n 2`, Console: "2\n3\n"},
		machinetest.Script{Text: `printf '1\n2\n3\n' | tail -n +3`, Console: "3\n"},
		machinetest.Script{Text: `seq 3 | tail -1`, Console: "3\n"},
		machinetest.Script{Text: `printf abc | tail -c 2`, Console: "bc"},
		machinetest.Script{Text: `seq 3 | tail -f || echo $?`, Console: "tail: unsupported option \"-f\"\n2\n"},
	)
}
