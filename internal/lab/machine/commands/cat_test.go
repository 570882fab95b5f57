package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestCat(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `echo a > /tmp/a; echo b | cat /tmp/a -`, Console: "a\nb\n"},
		machinetest.Script{Text: `cat /nosuch /tmp || echo $?`, Console: "cat: /nosuch: No such file or directory\ncat: /tmp: Is a directory\n1\n"},
		machinetest.Script{Text: `cat -n /tmp/a || echo $?`, Console: "cat: unsupported option \"-n\"\n2\n"},
	)
}
