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
