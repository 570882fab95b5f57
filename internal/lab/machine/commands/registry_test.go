package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// TestUnknownFlags gives every command a flag that none has: it must fail, but
// for those that take no flags by definition, and those that do nothing here at all.
func TestUnknownFlags(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{}, machinetest.Script{
		Text:    "for c in $(ls /usr/bin); do /usr/bin/$c --no-such-flag < /dev/null > /dev/null 2>&1 && echo $c; done; true",
		Console: "adduser\nchcon\nchgrp\nchkconfig\necho\ngroupadd\nhostnamectl\nldconfig\nloginctl\npasswd\nrestorecon\nsetenforce\nsync\ntimedatectl\ntrue\nupdate-alternatives\nupdate-ca-trust\nupdate-rc.d\nuseradd\nusermod\n",
	})
}

// TestFind finds commands by their names and paths.
func TestFind(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: "/bin/echo a; /usr/bin/echo b; /sbin/echo c", Console: "a\nb\nc\n"},
		machinetest.Script{Text: "/opt/echo a; echo $?", Console: "bash: /opt/echo: No such file or directory\n127\n"},
		machinetest.Script{Text: "[ -x /usr/bin/curl ] && command -v curl /usr/bin/dig; command -v dig /x; command -v nosuch; echo $?", Console: "/usr/bin/curl\n/usr/bin/dig\n/usr/bin/dig\n1\n"},
	)
}
