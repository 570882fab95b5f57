package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestDate(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `date`, Console: "Fri Jan  2 03:04:05 UTC 2026\n"},
		machinetest.Script{Text: `date -u +%Y%m%d%%; date -Is; date +%s`, Console: "20260102%\n2026-01-02T03:04:05+00:00\n1767323045\n"},
		machinetest.Script{Text: `date -d now; echo $?; date +%Q; echo $?`, Console: "date: unsupported option \"-d\"\n2\ndate: unsupported option \"%Q\"\n2\n"},
	)
}
