package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestGrep(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf 'x1\ny2\n' | grep -o '[0-9]'`, Console: "1\n2\n"},
		machinetest.Script{Text: `printf 'x1\ny2\n' | grep -vc x`, Console: "1\n"},
		machinetest.Script{Text: `printf 'a+b\n' | grep 'a+b'`, Console: "a+b\n"},
		machinetest.Script{Text: `printf 'aab\n' | grep -E '^a+b$'`, Console: "aab\n"},
		machinetest.Script{Text: `echo x | grep -q y; echo $?`, Console: "1\n"},
		machinetest.Script{Text: `printf 'a.b\naxb\n' | grep -F a.b`, Console: "a.b\n"},
		machinetest.Script{Text: `printf 'A\nab\n' | grep -ix a`, Console: "A\n"},
		machinetest.Script{Text: `printf 'a b\nab\n' | grep -nw a`, Console: "1:a b\n"},
		machinetest.Script{Text: `seq 9 | grep -m 2 -e .`, Console: "1\n2\n"},
		machinetest.Script{Text: `echo a > /tmp/a; echo a > /tmp/b; grep a /tmp/a /tmp/b; grep -h a /tmp/a /tmp/b`, Console: "/tmp/a:a\n/tmp/b:a\na\na\n"},
		machinetest.Script{Text: `grep a /nosuch; echo $?; grep; echo $?; grep -P x; echo $?`, Console: "grep: /nosuch: No such file or directory\n2\ngrep: want a pattern\n2\ngrep: unsupported option \"-P\"\n2\n"},
		machinetest.Script{Text: `echo a | grep -m x a; echo $?`, Console: "grep: invalid number \"x\"\n2\n"},
		machinetest.Script{Text: `echo a | grep -e a -e b; echo $?`, Console: "grep: only one -e is supported\n2\n"},
	)
}
