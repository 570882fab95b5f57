package code

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// compiling tells of each mutant of the package in dir whether it compiles.
func compiling(dir string, ms []Mutant) ([]bool, error) {
	names, err := sources(dir)
	if err != nil {
		return nil, err
	}
	exports, err := exports(dir)
	if err != nil {
		return nil, err
	}
	const checkers = 4
	compiles, failures := make([]bool, len(ms)), make([]error, checkers)
	var all sync.WaitGroup
	for n := range checkers {
		all.Go(func() {
			c := newChecker(names, exports)
			for i := n; i < len(ms) && failures[n] == nil; i += checkers {
				compiles[i], failures[n] = c.compiles(ms[i])
			}
		})
	}
	all.Wait()
	return compiles, errors.Join(failures...)
}

// exports are the files with what the package's imports export, by import path.
func exports(dir string) (map[string]string, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	return files, nil
}

// checker checks types as a compiler does, in a few milliseconds.
type checker struct {
	names    []string // of the package's files
	set      *token.FileSet
	importer types.Importer
	parsed   map[string]*ast.File // the files without mutants
}

func newChecker(names []string, exports map[string]string) *checker {
	set := token.NewFileSet()
	return &checker{names: names, set: set, parsed: map[string]*ast.File{}, importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
}

func (c *checker) compiles(m Mutant) (bool, error) {
	source, err := m.Source()
	if err != nil {
		return false, err
	}
	mutated, err := parser.ParseFile(c.set, m.File, source, parser.SkipObjectResolution)
	if err != nil {
		return false, nil // broken beyond parsing
	}
	files := []*ast.File{mutated}
	for _, name := range c.names {
		if name == m.File {
			continue
		}
		if c.parsed[name] == nil {
			if c.parsed[name], err = parser.ParseFile(c.set, name, nil, parser.SkipObjectResolution); err != nil {
				return false, err
			}
		}
		files = append(files, c.parsed[name])
	}
	config := types.Config{Importer: c.importer, Error: func(error) {}}
	_, err = config.Check(mutated.Name.Name, c.set, files, nil)
	return err == nil, nil
}
