package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// synthesizer turns this module's CDK application into an assembly. It is the
// only part of the lab that knows that the templates come from CDK.
type synthesizer struct {
	// Module is the folder of the module's go.mod.
	Module string
	// Work is a folder for what is built; the caller removes it.
	Work string
	// Schedule is the time between two runs of the proofs; empty: none.
	Schedule string
}

// findModule returns the folder of the module that the working folder is in.
func findModule(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("go is not on the PATH: the lab compiles the application with it; install Go from https://go.dev/dl, or give an assembly with -assembly DIR")
	}
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("no go.mod here or above: run the lab inside the project, or give an assembly with -assembly DIR")
	}
	return filepath.Dir(file), nil
}

// synthesize runs the application and returns the folder of its assembly.
// jsii, which CDK's Go bindings rest on, runs the constructs in Node.
func (s synthesizer) synthesize(ctx context.Context, binary string) (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "", errors.New("node is not on the PATH: CDK needs it to synthesize; install Node 20 or later from https://nodejs.org, or give an assembly with -assembly DIR")
	}
	dir := filepath.Join(s.Work, "cdk.out")
	env := []string{
		"CDK_OUTDIR=" + dir,
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20",
		// The tests and `cdk synth` validate the templates; the lab deploys them.
		"CDK_VALIDATION=false",
	}
	if s.Schedule != "" {
		context, err := json.Marshal(map[string]string{"schedule": s.Schedule})
		if err != nil {
			return "", err
		}
		env = append(env, "CDK_CONTEXT_JSON="+string(context))
	}
	if err := s.run(ctx, env, binary); err != nil {
		return "", fmt.Errorf("synthesize the application: %w", err)
	}
	return dir, nil
}

// run runs a command in the module's folder. What it printed is part of the
// error if it fails, and is not shown otherwise.
func (s synthesizer) run(ctx context.Context, env []string, name string, args ...string) error {
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.Module
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if text := strings.TrimSpace(output.String()); text != "" {
			return fmt.Errorf("%w:\n%s", err, text)
		}
		return err
	}
	return nil
}
