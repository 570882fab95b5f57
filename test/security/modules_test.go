package security

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/module"
)

// binary is a program of this module and how it is built.
type binary struct {
	name string
	args []string
}

// binaries are the columns of the list. The last are the tests, whose modules
// are in no program.
var binaries = []binary{
	{"app", []string{module.Path()}},
	{"prober", []string{"-tags=lambda.norpc", module.Package("lambda/prober")}},
	{"verifier", []string{"-tags=lambda.norpc", module.Package("lambda/verifier")}},
	{"lab", []string{module.Package("lab")}},
	{"tests", []string{"-test", module.Package("...")}},
}

// linkedModule is a module that is linked into something.
type linkedModule struct {
	path, version string
	licences      map[string]bool // SPDX identifiers
	in            map[string]bool // names of binaries
}

// modules lists what the binaries are made of, for the platform of the Lambda
// functions, so that the list is the same everywhere.
var modules = sync.OnceValues(func() ([]*linkedModule, error) {
	found, read := map[string]*linkedModule{}, map[string]bool{}
	var errs []error
	for _, b := range binaries {
		packages, err := list(b.args)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.Module == nil || p.Module.Main {
				continue
			}
			m := found[p.Module.Path]
			if m == nil {
				m = &linkedModule{p.Module.Path, p.Module.Version, map[string]bool{}, map[string]bool{}}
				found[m.path] = m
			}
			m.in[b.name] = true
			if !read[p.Dir] {
				read[p.Dir] = true
				errs = append(errs, m.addLicences(p.Module.Dir, p.Dir))
			}
		}
	}
	for _, m := range found {
		if len(m.licences) == 0 {
			errs = append(errs, fmt.Errorf("%s %s has no licence file", m.path, m.version))
		}
	}
	order := func(a, b *linkedModule) int { return cmp.Compare(a.path, b.path) }
	return slices.SortedFunc(maps.Values(found), order), errors.Join(errs...)
})

// listed is a package as go list describes it.
type listed struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

func list(args []string) ([]listed, error) {
	command := exec.Command("go", append([]string{"list", "-deps", "-json=Dir,Module"}, args...)...)
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)([.-].*)?$`)

// summary is a file about licence files, which says nothing that they do not.
const summary = "LICENSE-SUMMARY"

// addLicences reads the licence files from a package's folder up to its
// module's: a part of a module may have a licence of its own.
func (m *linkedModule) addLicences(root, dir string) error {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || !licenceFile.MatchString(e.Name()) || e.Name() == summary || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			ids := identify(string(data))
			if len(ids) == 0 {
				return fmt.Errorf("%s %s: %s is a licence that this test does not know", m.path, m.version, e.Name())
			}
			for _, id := range ids {
				m.licences[id] = true
			}
		}
		if dir == root || len(dir) <= len(root) {
			return nil
		}
		dir = filepath.Dir(dir)
	}
}

// identify names the licences in a text by phrases that no other licence has.
// Only permissive ones are known, so that any other fails.
func identify(licence string) []string {
	text := strings.ToLower(strings.Join(strings.Fields(licence), " "))
	has := func(phrase string) bool { return strings.Contains(text, phrase) }
	for _, copyleft := range []string{"gnu general public", "gnu lesser", "gnu affero", "mozilla public", "eclipse public", "server side public"} {
		if has(copyleft) {
			return nil
		}
	}
	var ids []string
	if has("apache license version 2.0, january 2004") {
		ids = append(ids, "Apache-2.0")
	}
	if has("redistribution and use in source and binary forms") {
		if has("neither the name of") || has("name of the copyright holder nor") {
			ids = append(ids, "BSD-3-Clause")
		} else {
			ids = append(ids, "BSD-2-Clause")
		}
	}
	if has("permission is hereby granted, free of charge, to any person obtaining a copy") {
		if has("permission notice shall be included in all copies") {
			ids = append(ids, "MIT")
		} else {
			ids = append(ids, "MIT-0")
		}
	}
	return ids
}

// table writes the modules as Markdown.
func table(list []*linkedModule) string {
	var out strings.Builder
	out.WriteString("| Module | Version | Licence |")
	for _, b := range binaries {
		fmt.Fprintf(&out, " %s |", b.name)
	}
	out.WriteString("\n|---|---|---|" + strings.Repeat(":-:|", len(binaries)) + "\n")
	for _, m := range list {
		licences := slices.Sorted(maps.Keys(m.licences))
		fmt.Fprintf(&out, "| %s | %s | %s |", m.path, m.version, strings.Join(licences, " AND "))
		linked := false
		for _, b := range binaries {
			mark := " |"
			// What a program has, its tests have too: a mark would say nothing.
			if m.in[b.name] && (b.name != "tests" || !linked) {
				linked, mark = true, " • |"
			}
			out.WriteString(mark)
		}
		out.WriteString("\n")
	}
	return out.String()
}
