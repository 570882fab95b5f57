package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestSed(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `echo 'a/b/a' | sed 's/a/[&]/'`, Console: "[a]/b/a\n"},
		machinetest.Script{Text: `echo 'a/b/a' | sed -e 's#/#.#g'`, Console: "a.b.a\n"},
		machinetest.Script{Text: `echo 'k=v' | sed -E 's/(.*)=(.*)/\2=\1/'`, Console: "v=k\n"},
		machinetest.Script{Text: `printf '1\n2\n3\n' | sed '/2/d'`, Console: "1\n3\n"},
		machinetest.Script{Text: `printf '1\n2\n' | sed -n '2p'`, Console: "2\n"},
		machinetest.Script{Text: `echo 1 > /tmp/f; sed -i s/1/2/ /tmp/f; cat /tmp/f`, Console: "2\n"},
		machinetest.Script{Text: `echo x | sed y/x/y/ || echo $?`, Console: "sed: unsupported script \"y/x/y/\"\n1\n"},
		machinetest.Script{Text: `echo aab | sed -r 's/a+/x/'`, Console: "xb\n"},
		machinetest.Script{Text: `sed; echo $?`, Console: "sed: want a script\n1\n"},
		machinetest.Script{Text: `echo a | sed -e s/a/b/ -e s/b/c/; echo $?`, Console: "sed: only one -e is supported\n1\n"},
	)
}
