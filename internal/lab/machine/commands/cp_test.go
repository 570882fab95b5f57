package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestCp(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `cd /tmp; echo a > a; chmod +x a; cp a b; mkdir d; cp -p a d; cat b d/a; [ -x b ] && echo yes`, Console: "a\na\nyes\n"},
		machinetest.Script{Text: `cp a; echo $?; cp /nosuch /tmp; echo $?; touch /tmp/a; cp /tmp/a /nosuch/b; echo $?`, Console: "cp: want a source and a target\n1\ncp: cannot stat '/nosuch': No such file or directory\n1\ncp: cannot create '/nosuch/b': No such file or directory\n1\n"},
		machinetest.Script{Text: `cp -r a b; echo $?`, Console: "cp: unsupported option \"-r\"\n2\n"},
	)
}

func TestMv(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `cd /tmp; echo a > a; mv a b; ls; mv b b; ls; mkdir d; mv b d; ls d`, Console: "b\nb\nb\n"},
		machinetest.Script{Text: `mv /nosuch /tmp/x; echo $?`, Console: "mv: cannot stat '/nosuch': No such file or directory\n1\n"},
	)
}
