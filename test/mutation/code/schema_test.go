package code

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"slices"
	"strings"
)

// Most mutants need no compilation of their own: a condition, a statement or a
// loop can be broken or not by a switch at run time, so that one program holds
// them all.
//
//	a && b              ( !mutant(7) && (a && b) || mutant(7) && (a) )
//	f()                 if !mutant(8) { f() }
//	for … { … }         for … { if mutant(9) { break }; … }

// scope is the part of a file that a switch chooses to run broken or whole.
type scope struct {
	form       form
	start, end int // in bytes
}

type form int

const (
	none      form = iota // no switch can be put there
	boolean               // an expression that is true or false
	statement             // a statement that runs or not
	loop                  // a place at which a loop may end
)

func (f *file) boolean(n ast.Expr) scope {
	if f.constant {
		return scope{}
	}
	return scope{boolean, f.offset(n.Pos()), f.offset(n.End())}
}

func (f *file) statement(n ast.Stmt) scope {
	return scope{statement, f.offset(n.Pos()), f.offset(n.End())}
}

func (f *file) at(p token.Pos) scope { return scope{loop, f.offset(p), f.offset(p)} }

// innermost is the smallest expression around the node being visited that is
// true or false by its form.
func (f *file) innermost() scope {
	for _, n := range slices.Backward(f.path) {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			switch n.Op {
			case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ, token.LAND, token.LOR:
				return f.boolean(n)
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				return f.boolean(n)
			}
		case *ast.FuncLit, ast.Stmt:
			return scope{}
		}
	}
	return scope{}
}

// switchName is the function in the broken program that tells which mutant is on,
// switchVariable where it reads that from.
const (
	switchName     = "mutantIsOn"
	switchVariable = "MUTANT"
)

// switchSource is the file that a broken package gets besides its own.
func switchSource(pkg string) string {
	return "package " + pkg + "\n\nimport \"os\"\n\nvar mutantOn = os.Getenv(\"" + switchVariable + "\")\n\n" +
		"func " + switchName + "(n string) bool { return n == mutantOn }\n"
}

// switched returns the file with switches for all the mutants, which are of this
// one file; each is known by its key.
func switched(name string, mutants map[string]Mutant) ([]byte, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	type insertion struct {
		at, span, order int
		text            string
	}
	var before, after []insertion
	keys := make([]string, 0, len(mutants))
	for key := range mutants {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		m := mutants[key]
		s := m.scope
		on := fmt.Sprintf("%s(%q)", switchName, key)
		var head, tail string
		switch s.form {
		case boolean:
			broken := string(src[s.start:m.start]) + m.text + string(src[m.end:s.end])
			head, tail = "(!"+on+" && (", ") || "+on+" && ("+broken+"))"
		case statement:
			head, tail = "if !"+on+" { ", " }"
		case loop:
			head = " if " + on + " { break }; "
		default:
			return nil, fmt.Errorf("%s has no place for a switch", m.Name)
		}
		before = append(before, insertion{s.start, s.end - s.start, i, head})
		after = append(after, insertion{s.end, s.end - s.start, i, tail})
	}
	// Larger scopes open first and close last.
	slices.SortFunc(before, func(a, b insertion) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.span, a.span), cmp.Compare(a.order, b.order))
	})
	slices.SortFunc(after, func(a, b insertion) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.span, b.span), cmp.Compare(b.order, a.order))
	})
	var out strings.Builder
	for i := 0; i <= len(src); i++ {
		for ; len(after) > 0 && after[0].at == i; after = after[1:] {
			out.WriteString(after[0].text)
		}
		for ; len(before) > 0 && before[0].at == i; before = before[1:] {
			out.WriteString(before[0].text)
		}
		if i < len(src) {
			out.WriteByte(src[i])
		}
	}
	return []byte(out.String()), nil
}
