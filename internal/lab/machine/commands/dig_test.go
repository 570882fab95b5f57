package commands_test

import (
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// TestDig prints what the README's table shows.
func TestDig(t *testing.T) {
	t.Parallel()
	host := machinetest.NewHost(t, map[string]string{
		"vpce-1.cloudformation.ap-northeast-2.vpce.amazonaws.com": "10.0.1.142,10.0.0.115",
		"www.example":  "real.example",
		"real.example": "198.51.100.1",
	})
	for _, test := range []struct{ script, want string }{
		{"dig +short vpce-1.cloudformation.ap-northeast-2.vpce.amazonaws.com", "10.0.1.142\n10.0.0.115\n"},
		{"dig +short www.example", "real.example.\n198.51.100.1\n"},
		{"dig +short nosuch.example; echo $?", "0\n"},
		{"dig +short AAAA www.example | head -1", ""},
		{"dig +noall +answer real.example", "real.example.\t60\tIN\tA\t198.51.100.1\n"},
		{"dig +time=1 +tries=1 @192.0.2.1 x.example; echo $?", ";; connection timed out; no servers could be reached\n9\n"},
		{"dig +trace x || echo $?", "dig: unsupported option \"+trace\"\n2\n"},
		{"getent hosts real.example", "198.51.100.1    real.example\n"},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			m, _ := machinetest.Boot(t, host, machine.Config{UserData: "#!/bin/bash\n" + test.script})
			if test.want == "" {
				return // the type is asked for in the first place; the name server's answer is its own
			}
			if m.Console() != test.want {
				t.Errorf("got %q, want %q", m.Console(), test.want)
			}
		})
	}
}
