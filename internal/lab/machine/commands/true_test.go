package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestTrue(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `/bin/true && sync && ! /bin/false && echo ok`, Console: "ok\n"},
	)
}
