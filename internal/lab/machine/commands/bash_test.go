package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestBash(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `bash -c 'echo $1 $#' x a b`, Console: "a 2\n"},
		machinetest.Script{Text: `bash -e -c 'false; echo never'; echo $?`, Console: "1\n"},
		machinetest.Script{Text: `bash; echo $?; bash /nosuch; echo $?; bash -c 'if'; echo $?`, Console: "bash: want a script file or -c TEXT\n2\nbash: /nosuch: No such file or directory\n127\nbash: bash:1:1: `if` must be followed by a statement list\n2\n"},
		machinetest.Script{Text: `printf 'echo $1' > /tmp/s; bash /tmp/s a; sh /tmp/s b`, Console: "a\nb\n"},
		machinetest.Script{Text: `bash -c nosuch; echo $?`, Console: "bash: unsupported command \"nosuch\"\n127\n"},
	)
}
