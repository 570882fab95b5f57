package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestSort(t *testing.T) {
	t.Parallel()
	machinetest.RunScripts(t, machinetest.NewHost(t, nil), machine.Config{},
		machinetest.Script{Text: `printf 'b\na\nb\n' | sort -u | paste -sd, -`, Console: "a,b\n"},
		machinetest.Script{Text: `printf '10\n9\n' | sort -n`, Console: "9\n10\n"},
		machinetest.Script{Text: `printf '10\n9\n' | sort`, Console: "10\n9\n"},
		machinetest.Script{Text: `printf 'a\nb\n' | sort --reverse`, Console: "b\na\n"},
		machinetest.Script{Text: `sort -V < /dev/null; echo $?`, Console: "sort: unsupported option \"-V\"\n2\n"},
	)
}
