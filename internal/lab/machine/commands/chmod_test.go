package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestChmod(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `echo x > /tmp/x; chmod +x /tmp/x; [ -x /tmp/x ] && echo yes; chmod 600 /tmp/x; [ -x /tmp/x ] || echo no`, Console: "yes\nno\n"},
		machinetest.Script{Text: `chmod 600; echo $?; chmod -x /tmp; echo $?; chmod 600 /nosuch; echo $?`, Console: "chmod: missing operand\n1\nchmod: unsupported mode \"-x\"\n1\nchmod: cannot access '/nosuch': No such file or directory\n1\n"},
	)
}
