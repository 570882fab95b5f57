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
	"path/filepath"
	"strings"
	"sync"
)

// compiling tells of each mutant of the package in dir whether it compiles.
func compiling(dir string, ms []Mutant) ([]bool, error) {
	exports, err := exports(dir)
	if err != nil {
		return nil, err
	}
	const checkers = 4
	compiles, failures := make([]bool, len(ms)), make([]error, checkers)
	var all sync.WaitGroup
	for n := range checkers {
		all.Go(func() {
			c := newChecker(exports)
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
	set      *token.FileSet
	importer types.Importer
	parsed   map[string]*ast.File // the files without mutants
}

func newChecker(exports map[string]string) *checker {
	set := token.NewFileSet()
	return &checker{set: set, parsed: map[string]*ast.File{}, importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) {
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
	names, err := sources(filepath.Dir(m.File))
	if err != nil {
		return false, err
	}
	files := []*ast.File{mutated}
	for _, name := range names {
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
