package systemd

import "testing"

// FuzzUnit looks for unit files and command lines that crash their readers.
func FuzzUnit(f *testing.F) {
	f.Add("[Service]\nExecStart=/usr/bin/python3 -m http.server 80 --directory \"/srv/a b\"\nRestart=always\nRestartSec=5\nEnvironment=A=b\n")
	f.Add("[Unit]\nAfter=x\n[Service]\nType=oneshot\nExecStart=/bin/echo $$A ${B} %%\\\nx")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseUnit("x.service", text)
		if err != nil {
			return
		}
		if len(s.start) == 0 {
			t.Fatal("a service without a command")
		}
		for _, line := range s.start {
			if len(line) == 0 || line[0] == "" {
				t.Fatalf("an empty command in %q", text)
			}
			for _, word := range line {
				expandWord(word, []string{"A=b"})
			}
		}
	})
}
