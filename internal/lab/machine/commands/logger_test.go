package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `logger hi; logger -t me -p info a b; printf 'c\nd\n' | logger -s`, Console: "root: hi\nme: a b\nroot: c\nroot: d\n"},
	)
}
