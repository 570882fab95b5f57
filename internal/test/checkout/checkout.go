// Package checkout gives tests copies of the repository, and runs commands there.
package checkout

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Copy copies the files that git knows. Folders that come from npm, if
// there are any, are not among them.
func Copy(t testing.TB, from, to string) {
	t.Helper()
	for name := range strings.SplitSeq(Run(t, from, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00") {
		if name == "" {
			continue
		}
		source, target := filepath.Join(from, name), filepath.Join(to, name)
		info, err := os.Stat(source)
		if os.IsNotExist(err) {
			continue // removed, but not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, content, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
}

// Run runs a command in a folder and returns what it prints. It fails the test if
// the command fails.
func Run(t testing.TB, dir string, command ...string) string {
	t.Helper()
	return RunWith(t, dir, nil, command...)
}

// RunWith is [Run] with more environment variables.
func RunWith(t testing.TB, dir string, environment []string, command ...string) string {
	t.Helper()
	c := exec.Command(command[0], command[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), environment...)
	began := time.Now()
	out, err := c.CombinedOutput()
	t.Logf("%s: %v", strings.Join(command, " "), time.Since(began).Round(time.Millisecond))
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}
