package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestWc(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf 'a b\nc\n' | wc`, Console: "2 3 6\n"},
		machinetest.Script{Text: `printf 'a b\nc\n' > /tmp/x; wc -l /tmp/x; wc -cw < /tmp/x`, Console: "2 /tmp/x\n3 6\n"},
	)
}
