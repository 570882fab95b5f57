package module

import (
	"os"
	"strings"
	"testing"
)

// The path is the one in go.mod, whatever that is.
func TestPath(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(file), "\n")
	if want := strings.TrimPrefix(first, "module "); Path() != want {
		t.Errorf("got %q, want %q", Path(), want)
	}
	if got, want := Package("lambda/verifier"), Path()+"/lambda/verifier"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
