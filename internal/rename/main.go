// Command rename gives this module another path:
//
//	go run ./internal/rename example.com/acme/proven
//
// It rewrites go.mod, the import statements of every Go file below it, and those that
// Markdown files show. Nothing else names the module's path (see package module), so
// nothing else changes.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"provenendpoints/internal/module"
)

func main() {
	if len(os.Args) != 2 || strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/rename NEW/PATH")
		os.Exit(2)
	}
	if err := rename(module.Path(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "rename:", err)
		os.Exit(1)
	}
}

// rename changes the path of the module that holds the working directory.
func rename(from, to string) error {
	file, err := goCommand("env", "GOMOD")
	if err != nil {
		return err
	}
	// The Go tool refuses what is no path of a module, before anything has changed.
	if _, err := goCommand("mod", "edit", "-module", to); err != nil {
		return err
	}
	return filepath.WalkDir(filepath.Dir(file), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || len(entry.Name()) > 1 && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		case filepath.Ext(path) == ".go":
			return renameFile(path, func(source []byte) ([]byte, error) { return renameImports(path, source, from, to) })
		case filepath.Ext(path) == ".md":
			return renameFile(path, func(source []byte) ([]byte, error) {
				return bytes.ReplaceAll(source, []byte(`"`+from+"/"), []byte(`"`+to+"/")), nil
			})
		}
		return nil
	})
}

func goCommand(args ...string) (string, error) {
	out, err := exec.Command("go", args...).Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

// renameFile rewrites a file whose imports change, and leaves every other as it is.
func renameFile(path string, rename func(source []byte) ([]byte, error)) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	renamed, err := rename(source)
	if err != nil || bytes.Equal(renamed, source) {
		return err
	}
	return os.WriteFile(path, renamed, info.Mode().Perm())
}

// renameImports returns the source with its imports renamed and sorted again.
func renameImports(path string, source []byte, from, to string) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	changed := false
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if rest, own := strings.CutPrefix(imported, from); own && (rest == "" || rest[0] == '/') {
			spec.Path.Value = strconv.Quote(to + rest)
			// The end that the parser found is that of the old path.
			spec.EndPos = token.NoPos
			changed = true
		}
	}
	if !changed {
		return source, nil
	}
	ast.SortImports(files, file)
	var renamed bytes.Buffer
	if err := format.Node(&renamed, files, file); err != nil {
		return nil, err
	}
	return renamed.Bytes(), nil
}
