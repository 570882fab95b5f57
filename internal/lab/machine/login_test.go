package machine_test

import (
	"context"
	"strings"
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// Somebody logs in and runs commands: what they leave behind are files.
func TestExec(t *testing.T) {
	t.Parallel()
	m, err := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{UserData: "#!/bin/bash\necho from user data > /tmp/file\n"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		script, out string
		status      int
	}{
		{"cat /tmp/file; X=1; echo more >> /tmp/file", "from user data\n", 0},
		{"cat /tmp/file; echo \"x$X\"; exit 3", "from user data\nmore\nx\n", 3},
		{"nonsense", `unsupported command "nonsense"`, 127},
		{"echo 'unclosed", "bash: ", 2},
		{"", "", 0},
	} {
		var out strings.Builder
		status, err := m.Exec(t.Context(), test.script, &out)
		if err != nil || status != test.status || !strings.Contains(out.String(), test.out) {
			t.Errorf("%q: %d, %v, %q; want %d, %q", test.script, status, err, out.String(), test.status, test.out)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Exec(ctx, "sleep 1000", new(strings.Builder)); err == nil {
		t.Error("it runs on without anybody")
	}
	m.Stop()
	if _, err := m.Exec(t.Context(), "true", new(strings.Builder)); err == nil || err.Error() != "the machine was stopped" {
		t.Errorf("on a stopped machine: %v", err)
	}
}
