package code

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mutant is one way of breaking a file.
type Mutant struct {
	// File is the path of the file.
	File string
	// Name says what is broken and where: file, function, rule, what stood there
	// and what stands there now. It is unique among the mutants of a package and
	// stays when lines move.
	Name string
	// Line is where, from 1.
	Line int

	start, end int // what is replaced, in bytes
	text       string
	// scope is what a switch can choose to run broken: see schema.go.
	scope scope
}

// Source returns the file with the mutant in it.
func (m Mutant) Source() ([]byte, error) {
	src, err := os.ReadFile(m.File)
	if err != nil {
		return nil, err
	}
	return slices.Concat(src[:m.start], []byte(m.text), src[m.end:]), nil
}

// Mutants returns all mutants of the package in dir, its tests left out, in the
// order of the files.
func Mutants(dir string) ([]Mutant, error) {
	names, err := sources(dir)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []*file
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, &file{set: set, name: name, src: src, tree: tree})
	}
	siblings := constants(files)
	var all []Mutant
	for _, f := range files {
		f.siblings = siblings
		all = append(all, f.mutants()...)
	}
	return all, nil
}

// sources are the package's files on this system, its tests left out.
func sources(dir string) ([]string, error) {
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(pkg.GoFiles)
	for i, name := range names {
		names[i] = filepath.Join(dir, name)
	}
	return names, nil
}

// file is one file on its way to its mutants.
type file struct {
	set      *token.FileSet
	name     string
	src      []byte
	tree     *ast.File
	siblings map[string]string // the constant that stands for another one of its type

	function string     // being walked
	constant bool       // a declaration of constants is
	path     []ast.Node // from the declaration down to the node that is
	found    []Mutant
}

func (f *file) mutants() []Mutant {
	for _, decl := range f.tree.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			f.function = functionName(d)
			if d.Body != nil {
				f.walk(d.Body)
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT || d.Tok == token.TYPE {
				continue
			}
			f.constant = d.Tok == token.CONST
			for _, spec := range d.Specs {
				value := spec.(*ast.ValueSpec)
				f.function = value.Names[0].Name
				for _, v := range value.Values {
					f.walk(v)
				}
			}
			f.constant = false
		}
	}
	slices.SortStableFunc(f.found, func(a, b Mutant) int { return cmp.Compare(a.start, b.start) })
	count := map[string]int{}
	for i := range f.found {
		name := f.found[i].Name
		if count[name]++; count[name] > 1 {
			f.found[i].Name = fmt.Sprintf("%s #%d", name, count[name])
		}
	}
	return f.found
}

func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch generic := t.(type) {
	case *ast.IndexExpr:
		t = generic.X
	case *ast.IndexListExpr:
		t = generic.X
	}
	return t.(*ast.Ident).Name + "." + d.Name.Name
}

// walk visits a node and all below it.
func (f *file) walk(n ast.Node) {
	depth := len(f.path)
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			f.path = f.path[:len(f.path)-1]
			return true
		}
		f.path = append(f.path, n)
		if !f.visit(n) {
			f.path = f.path[:len(f.path)-1]
			return false
		}
		return true
	})
	f.path = f.path[:depth]
}

// add notes a mutant: the text between two positions becomes another one.
func (f *file) add(rule string, from, to token.Pos, text string) {
	f.addIn(f.innermost(), rule, from, to, text)
}

// addIn is add where the scope is known.
func (f *file) addIn(in scope, rule string, from, to token.Pos, text string) {
	start, end := f.offset(from), f.offset(to)
	was := string(f.src[start:end])
	if was == text {
		return
	}
	f.found = append(f.found, Mutant{
		File: f.name, Line: f.set.Position(from).Line, start: start, end: end, text: text, scope: in,
		Name: fmt.Sprintf("%s %s: %s: %s -> %s", filepath.Base(f.name), f.function, rule, brief(was), brief(text)),
	})
}

func (f *file) offset(p token.Pos) int { return f.set.Position(p).Offset }

func (f *file) text(n ast.Node) string { return string(f.src[f.offset(n.Pos()):f.offset(n.End())]) }

// brief is a text on one line, shortened.
func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 70 {
		text = string(r[:67]) + "..."
	}
	return cmp.Or(text, "nothing")
}

// constants gives each named constant of a type that the package declares the
// next one of the same type, the last one the first.
func constants(files []*file) map[string]string {
	of := map[string][]string{}
	for _, f := range files {
		for _, decl := range f.tree.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				continue
			}
			kind := ""
			for _, spec := range d.Specs {
				value := spec.(*ast.ValueSpec)
				if t, ok := value.Type.(*ast.Ident); ok {
					kind = t.Name
				} else if len(value.Values) > 0 {
					kind = ""
				}
				if kind != "" {
					of[kind] = append(of[kind], value.Names[0].Name)
				}
			}
		}
	}
	next := map[string]string{}
	for _, names := range of {
		for i, name := range names {
			next[name] = names[(i+1)%len(names)]
		}
	}
	return next
}
