package code

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Fate is how a mutant ended.
type Fate string

const (
	// Killed: a test failed, or did not end.
	Killed Fate = "killed"
	// Survived: all tests passed.
	Survived Fate = "survived"
	// Invalid: it does not compile, so it is no mutant.
	Invalid Fate = "invalid"
)

// Run compiles the package of the mutant with it in place and runs the tests of
// the packages named, which are patterns as go test takes them. Work is a folder
// of its own. It returns what go test printed.
func Run(ctx context.Context, m Mutant, work string, packages ...string) (Fate, string, error) {
	original, err := filepath.Abs(m.File)
	if err != nil {
		return "", "", err
	}
	source, err := m.Source()
	if err != nil {
		return "", "", err
	}
	mutated := filepath.Join(work, filepath.Base(m.File))
	overlay := filepath.Join(work, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutated}})
	if err != nil {
		return "", "", err
	}
	if err := errors.Join(os.WriteFile(mutated, source, 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return "", "", err
	}
	args := []string{"test", "-overlay", overlay, "-vet=off", "-failfast", "-count=1", "-parallel=16", "-timeout=30s"}
	cmd := exec.CommandContext(ctx, "go", append(args, packages...)...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case err == nil:
		return Survived, string(out), nil
	case !errors.As(err, &exit):
		return "", "", fmt.Errorf("go test: %w", err)
	case bytes.Contains(out, []byte("[build failed]")):
		return Invalid, string(out), nil
	}
	return Killed, string(out), nil
}
