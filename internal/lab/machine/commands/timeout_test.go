package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestTimeout(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `timeout 1 ping -c 1 10.9.9.9 > /dev/null; echo $?`, Console: "124\n"},
		machinetest.Script{Text: `timeout 1m /bin/false -x; echo $?`, Console: "1\n"},
		machinetest.Script{Text: `timeout 1; echo $?; timeout x true; echo $?; timeout -k 1 2 true; echo $?`, Console: "timeout: want DURATION COMMAND\n125\ntimeout: invalid time interval \"x\"\n125\ntimeout: unsupported option \"-k\"\n125\n"},
	)
}
