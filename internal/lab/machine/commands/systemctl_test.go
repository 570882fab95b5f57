package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// oneshot is a service that prints a line and ends.
const oneshot = `printf '[Service]\nType=oneshot\nExecStart=/bin/echo ran\n' > /etc/systemd/system/one.service; `

// TestSystemctl tests the command line; the services are tested in the package
// systemd.
func TestSystemctl(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: oneshot + "systemctl daemon-reload; systemctl enable one && systemctl is-active one; echo $?", Console: "inactive\n3\n"},
		machinetest.Script{Text: oneshot + "systemctl start one.service; systemctl restart one; journalctl -u one --no-pager", Console: "ran\nran\n"},
		machinetest.Script{Text: oneshot + "systemctl enable --now one; systemctl status one; echo $?", Console: "● one.service\n     Active: inactive\n\nran\n3\n"},
		machinetest.Script{Text: oneshot + "systemctl is-active -q one; echo $?; systemctl disable --now one; systemctl stop nosuch; echo $?", Console: "3\n0\n"},
		machinetest.Script{Text: "systemctl; echo $?; systemctl start; echo $?; systemctl status nosuch; echo $?", Console: "systemctl: want a command\n1\nToo few arguments.\n1\nUnit nosuch.service could not be found.\n4\n"},
		machinetest.Script{Text: "systemctl --user start x; echo $?", Console: "systemctl: unsupported option \"--user\"\n2\n"},
		machinetest.Script{Text: "journalctl; echo $?; journalctl -f; echo $?; journalctl -u nosuch; echo $?", Console: "journalctl: only -u UNIT is supported\n1\njournalctl: unsupported option \"-f\"\n1\n0\n"},
	)
}
