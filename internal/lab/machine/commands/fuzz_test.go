package commands

import (
	"io"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/machine/memfs"
)

// FuzzCurl looks for command lines that crash curl's reader of flags.
func FuzzCurl(f *testing.F) {
	f.Add("-sS", "-d", "a=1", "http://x/")
	f.Add("--retry", "3", "-m5", "x")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		p := &Process{System: &System{Files: memfs.New(time.Now, io.Discard)}, In: strings.NewReader(""), Args: []string{a, b, c, d}}
		if o, problem := parseCurl(p); problem == "" && o.url == "" {
			t.Fatalf("no URL in %q", p.Args)
		}
	})
}
