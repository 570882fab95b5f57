package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestPaste(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `seq 3 | paste -s`, Console: "1\t2\t3\n"},
		machinetest.Script{Text: `seq 3 | paste -s -d +`, Console: "1+2+3\n"},
		machinetest.Script{Text: `seq 3 | paste - - || echo $?`, Console: "paste: only -s is supported\n1\n"},
	)
}
