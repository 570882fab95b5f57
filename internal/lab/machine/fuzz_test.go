package machine

import (
	"strings"
	"testing"
)

// FuzzCheck looks for user data that crashes the reader of scripts.
func FuzzCheck(f *testing.F) {
	f.Add("#!/bin/bash\nmkdir -p /srv && cat > /srv/x <<END\n$a\nEND\n")
	f.Add("#!/bin/sh -e\nf() { nosuch; }; f | tee >(cat)")
	f.Fuzz(func(t *testing.T, userData string) {
		if Check(userData) == nil && strings.TrimSpace(userData) != "" && !strings.HasPrefix(userData, "#!") {
			t.Fatalf("accepted %q, which is no script", userData)
		}
	})
}

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

// FuzzCurl looks for command lines that crash curl's reader of flags.
func FuzzCurl(f *testing.F) {
	f.Add("-sS", "-d", "a=1", "http://x/")
	f.Add("--retry", "3", "-m5", "x")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		p := &process{Machine: &Machine{files: newFiles(newFastClock().Now, nil)}, args: []string{a, b, c, d}}
		if o, problem := parseCurl(p); problem == "" && o.url == "" {
			t.Fatalf("no URL in %q", p.args)
		}
	})
}
