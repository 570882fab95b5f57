package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestXargs(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf '1 2 3' | xargs -n 2 echo`, Console: "1 2\n3\n"},
		machinetest.Script{Text: `printf '1 2' | xargs`, Console: "1 2\n"},
		machinetest.Script{Text: `printf 'a b' | xargs -I{} echo -n=5 [{}]`, Console: "-n=5 [a]\n-n=5 [b]\n"},
		machinetest.Script{Text: `echo a | xargs cat; echo $?`, Console: "cat: a: No such file or directory\n123\n"},
		machinetest.Script{Text: `echo a | xargs -n 0; echo $?; xargs -P 2; echo $?`, Console: "xargs: invalid number \"0\"\n1\nxargs: unsupported option \"-P\"\n2\n"},
	)
}
