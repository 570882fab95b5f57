// Command survey deploys public CDK applications and CloudFormation templates in the lab
// and writes down what became of each:
//
//	go run ./internal/survey -clones DIR
//
// With -beyond it takes the snapshots that have nothing of these, for what else CDK
// applications consist of, and writes docs/lab-survey-beyond.md.
//
// Every snapshot of an integration test and every template of the repositories in
// sources.go is in it that makes a VPC, a subnet or a VPC endpoint and needs nothing that
// exists before: none is chosen by hand. DIR has bare clones of these repositories as
// OWNER+NAME/repo; those that are missing are cloned from GitHub. Nothing of them stays here
// but docs/lab-survey.md, the table of names and outcomes.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	clones := flag.String("clones", "", "folder with bare clones of the repositories")
	only := flag.String("only", "", "regular expression: deploy only those whose names match, and write no table")
	beyond := flag.Bool("beyond", false, "deploy the snapshots that make no VPC, subnet or endpoint")
	table := flag.String("table", "", "where to write the table; default: docs/lab-survey.md, with -beyond docs/lab-survey-beyond.md")
	details := flag.String("details", "", "file for all findings, one a line")
	flag.Parse()
	if *clones == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *table == "" {
		*table = map[bool]string{false: "docs/lab-survey.md", true: "docs/lab-survey-beyond.md"}[*beyond]
	}
	if err := survey(context.Background(), *clones, *only, *table, *details, *beyond); err != nil {
		fmt.Fprintln(os.Stderr, "survey:", err)
		os.Exit(1)
	}
}

func survey(ctx context.Context, clones, only, table, details string, beyond bool) error {
	chosen, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	work, err := os.MkdirTemp("", "survey-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	lab := filepath.Join(work, "lab")
	build := exec.CommandContext(ctx, "go", "build", "-o", lab, "./lab")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the lab: %w", err)
	}
	var all []outcome
	for i, s := range sources {
		to := filepath.Join(work, fmt.Sprint(i))
		found, err := s.extract(ctx, clones, to, beyond)
		if err != nil {
			return err
		}
		for _, path := range found {
			if !chosen.MatchString(s.Repository + "/" + path) {
				continue
			}
			o, err := deploy(ctx, lab, filepath.Join(to, path))
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if o.Kind == elsewhere {
				continue
			}
			o.Repository, o.Commit, o.Path = s.Repository, s.Commit, path
			fmt.Fprintf(os.Stderr, "%-9s %s %s\n", o.Kind, path, o.why())
			all = append(all, o)
		}
	}
	if details != "" {
		if err := os.WriteFile(details, []byte(listFindings(all)), 0o644); err != nil {
			return err
		}
	}
	if only != "" {
		return nil
	}
	return os.WriteFile(table, []byte(write(all, beyond)), 0o644)
}

// home is the Region of the stacks that say none: the one that every mapping has.
const home = "us-east-1"

// limit is how long one assembly may take, on the wall clock.
const limit = 3 * time.Minute

// deploy deploys one assembly or template.
func deploy(ctx context.Context, lab, path string) (outcome, error) {
	args := []string{"-json", "-region", home, "-assembly", path}
	if info, err := os.Stat(path); err != nil {
		return outcome{}, err
	} else if info.Mode().IsRegular() {
		given, ok := parameters(path)
		if !ok {
			return outcome{Kind: elsewhere}, nil
		}
		args = append(args, given...)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	command := exec.CommandContext(ctx, lab, args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if ctx.Err() != nil {
		return outcome{Kind: failed, Findings: []string{"it took more than " + limit.String()}}, nil
	}
	if e, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || e.ExitCode() > 1 && stdout.Len() == 0) {
		return outcome{Kind: unreadable, Findings: []string{said(stderr.String(), path)}}, nil
	}
	var result result
	if err := json.Unmarshal(stdout.Bytes(), &result); err != nil {
		return outcome{Kind: failed, Findings: []string{"it ended early: " + said(stderr.String(), path)}}, nil
	}
	return result.outcome(), nil
}

// said is what the lab has said of an assembly, without where on this machine it was.
func said(text, path string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, path, filepath.Base(path)))
}
