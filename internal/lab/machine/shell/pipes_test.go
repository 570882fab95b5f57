package shell_test

import (
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// While a script's pipes have something to read or to write, the lab's clock
// does not skip: what is a moment for a real instance is one for the lab's.
func TestPipesTakeNoTime(t *testing.T) {
	for _, test := range []struct{ name, script, console string }{
		{"pipelines", `for i in $(seq 200); do echo a b $i | tr a b | cut -d' ' -f2 | sort >> /tmp/out; done; wc -l < /tmp/out`, "200\n"},
		{"read", `for i in $(seq 200); do echo $i | { read x; echo $x >> /tmp/out; }; done; tail -n 1 /tmp/out`, "200\n"},
		{"lines", `seq 500 | while read x; do echo $x; done | tail -n 1`, "500\n"},
		{"mapfile", `seq 500 | { mapfile -t lines; echo ${#lines[@]}; }`, "500\n"},
		{"here-documents", "for i in $(seq 200); do cat > /tmp/out <<END\n$i\nEND\ndone; cat /tmp/out", "200\n"},
		{"scripts in scripts", `seq 100 | bash -c 'while read x; do echo $x | cat; done' | tail -n 1`, "100\n"},
		{"more than a pipe holds", `seq 100000 | sort -n | tail -n 1; seq 100000 > /tmp/big; cat < /tmp/big | tail -n 1`, "100000\n100000\n"},
		{"a reader that leaves", `seq 100000 | head -n 1`, "1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clock.NewSkipping()
			defer c.Stop()
			c.AfterFunc(24*time.Hour, func() {})
			start := c.Now()
			m, err := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{Clock: c, UserData: "#!/bin/bash\n" + test.script})
			if err != nil || m.Console() != test.console {
				t.Errorf("%v, console:\n%s\nwant:\n%s", err, m.Console(), test.console)
			}
			if passed := c.Since(start); passed > time.Hour {
				t.Errorf("%v passed meanwhile", passed)
			}
		})
	}
}

// What waits within a pipeline is waited for in no time, whoever waits beside it.
func TestPipesDoNotHoldSleepers(t *testing.T) {
	for _, test := range []struct{ name, script, console string }{
		{"a reader", `{ echo a; sleep 1h; echo b; } | while read x; do echo $x; done`, "a\nb\n"},
		{"a command that reads", `{ echo a; sleep 1h; echo b; } | cat`, "a\nb\n"},
		{"a loop over lines", "while read x; do sleep 1h; echo $x; done <<END\na\nb\nEND", "a\nb\n"},
		{"a writer", `seq 100000 | { sleep 1h; tail -n 1; }`, "100000\n"},
		{"nobody reads", `echo a | sleep 1h; cat /nosuch 2>&1 | { sleep 1h; cat; }`, "cat: /nosuch: No such file or directory\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clock.NewSkipping()
			defer c.Stop()
			start, wall := c.Now(), time.Now()
			m, err := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{Clock: c, UserData: "#!/bin/bash\n" + test.script})
			if err != nil || m.Console() != test.console {
				t.Errorf("%v, console:\n%s\nwant:\n%s", err, m.Console(), test.console)
			}
			if passed := c.Since(start); passed < time.Hour {
				t.Errorf("%v passed, want an hour or more", passed)
			}
			if took := time.Since(wall); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// The pipes' ends read and write all there is, whichever way they are copied.
func TestStandardInput(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"none":          `bash -c 'wc -c'`,
		"closed":        `wc -c <&-`,
		"empty":         `wc -c < /dev/null`,
		"of a pipeline": `true | wc -c`,
	} {
		m, err := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{UserData: "#!/bin/bash\n" + script})
		if err != nil || strings.TrimSpace(m.Console()) != "0" {
			t.Errorf("%s: %v, %q", name, err, m.Console())
		}
	}
}
