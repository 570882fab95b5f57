package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestUname(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `uname; uname -m; uname -nm; uname -r; echo $?`, Console: "Linux\naarch64\nip-10-0-1-109 aarch64\nuname: unsupported option \"-r\"\n2\n"},
		machinetest.Script{Text: `uname x; echo $?`, Console: "uname: extra operand 'x'\n1\n"},
	)
}
