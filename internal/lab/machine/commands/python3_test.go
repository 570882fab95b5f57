package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// TestPython refuses all but the web server, which is tested with its service in
// the package systemd.
func TestPython(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: "python3 -c 1; echo $?", Console: "python3: only -m http.server is supported, got \"-c 1\"\n2\n"},
		machinetest.Script{Text: "python3 -m http.server x; echo $?", Console: "http.server: error: argument port: invalid int value: 'x'\n2\n"},
		machinetest.Script{Text: "python3 -m http.server --bind 192.0.2.1 80; echo $?", Console: "http.server: unsupported --bind \"192.0.2.1\"\n2\n"},
		machinetest.Script{Text: "python3 -m http.server --cgi; echo $?", Console: "python3: unsupported option \"--cgi\"\n2\n"},
	)
}
