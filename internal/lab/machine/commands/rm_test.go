package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestRm(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `mkdir /a; touch /a/b; rm /a; echo $?; rm -r /a; ls /a; rm -f /a; rm /a; echo $?`, Console: "rm: cannot remove '/a': Is a directory\n1\nls: cannot access '/a': No such file or directory\nrm: cannot remove '/a': No such file or directory\n1\n"},
	)
}
