package code

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"sync"
)

// Checker tells whether mutants of one package compile, without a compiler.
type Checker struct {
	mu       sync.Mutex
	set      *token.FileSet
	importer types.Importer
}

// NewChecker returns a checker. What the package imports is read once.
func NewChecker() *Checker {
	build.Default.CgoEnabled = false
	set := token.NewFileSet()
	return &Checker{set: set, importer: importer.ForCompiler(set, "source", nil)}
}

// Compiles says whether the mutant's package does, with the mutant in it.
func (c *Checker) Compiles(m Mutant) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dir := filepath.Dir(m.File)
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return false, err
	}
	source, err := m.Source()
	if err != nil {
		return false, err
	}
	var files []*ast.File
	for _, name := range pkg.GoFiles {
		var src any
		if name == filepath.Base(m.File) {
			src = source
		}
		tree, err := parser.ParseFile(c.set, filepath.Join(dir, name), src, parser.SkipObjectResolution)
		if err != nil {
			if src != nil {
				return false, nil
			}
			return false, err
		}
		files = append(files, tree)
	}
	config := types.Config{Importer: c.importer, Error: func(error) {}}
	_, err = config.Check(pkg.Name, c.set, files, nil)
	return err == nil, nil
}
