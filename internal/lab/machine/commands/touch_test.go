package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestTouch(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `cd /tmp; touch a b; ls; touch /nosuch/x; echo $?`, Console: "a\nb\ntouch: cannot touch '/nosuch/x': No such file or directory\n1\n"},
		machinetest.Script{Text: `echo a > /tmp/a; touch /tmp/a; cat /tmp/a`, Console: "a\n"},
	)
}
