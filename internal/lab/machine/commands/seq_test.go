package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestSeq(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `seq 2; seq 2 3; seq 5 -2 1`, Console: "1\n2\n2\n3\n5\n3\n1\n"},
		machinetest.Script{Text: `seq; echo $?; seq x; echo $?; seq 1 0 2; echo $?`, Console: "seq: want LAST, FIRST LAST or FIRST STEP LAST\n1\nseq: invalid number \"x\"\n1\nseq: the step must not be zero\n1\n"},
	)
}
