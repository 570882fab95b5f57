package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestID(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `id; id -u; id -gn; id -n; echo $?`, Console: "uid=0(root) gid=0(root) groups=0(root)\n0\nroot\nid: cannot print only names or real IDs in default format\n1\n"},
		machinetest.Script{Text: `id nobody; echo $?; id -ug; echo $?`, Console: "id: other users are not supported, got \"nobody\"\n1\nid: cannot print \"only\" of more than one choice\n1\n"},
	)
}
