package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestUniq(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf 'a\na\nb\n' | uniq -c`, Console: "      2 a\n      1 b\n"},
		machinetest.Script{Text: `printf 'a\na\nb\na\n' | uniq`, Console: "a\nb\na\n"},
		machinetest.Script{Text: `uniq < /dev/null`, Console: ""},
	)
}
