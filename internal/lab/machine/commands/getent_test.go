package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestGetent(t *testing.T) {
	t.Parallel()
	host := machinetest.NewHost(t, map[string]string{"real.example": "198.51.100.1,198.51.100.2"})
	machinetest.RunScripts(t, host, machine.Config{},
		machinetest.Script{Text: "getent ahosts real.example", Console: "198.51.100.1    real.example\n198.51.100.2    real.example\n"},
		machinetest.Script{Text: "getent hosts localhost; getent hosts $(hostname)", Console: "127.0.0.1       localhost\n10.0.1.109      ip-10-0-1-109\n"},
		machinetest.Script{Text: "getent hosts nosuch.example; echo $?", Console: "2\n"},
		machinetest.Script{Text: "getent passwd root; echo $?", Console: "getent: only hosts NAME is supported\n1\n"},
	)
}
