package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestLs(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `cd /tmp; touch .a b; ls; ls -A; ls -1 b`, Console: "b\n.a\nb\nb\n"},
		machinetest.Script{Text: `ls /nosuch; echo $?; ls -l; echo $?`, Console: "ls: cannot access '/nosuch': No such file or directory\n2\nls: unsupported option \"-l\"\n2\n"},
		machinetest.Script{Text: `ls -h; echo $?; ls --help; echo $?`, Console: "ls: unsupported option \"-h\"\n2\nls: unsupported option \"--help\"\n2\n"},
	)
}
