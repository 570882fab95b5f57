package shell

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"provenendpoints/internal/lab/machine/commands"
)

// Parse reads a script. The name stands for it in errors.
func Parse(name, text string) (*syntax.File, error) {
	script, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), name)
	if err == nil {
		keepOutput(script)
	}
	return script, err
}

// keepOutput leaves the output of the script where it goes, to the console, where the
// script sends it there and elsewhere by exec > >(tee FILE | logger …) 2>&1, as AWS's own
// examples of user data do.
func keepOutput(script *syntax.File) {
	syntax.Walk(script, func(node syntax.Node) bool {
		s, ok := node.(*syntax.Stmt)
		if !ok {
			return true
		}
		call, ok := s.Cmd.(*syntax.CallExpr)
		if !ok || len(call.Args) != 1 || call.Args[0].Lit() != "exec" || !slices.ContainsFunc(s.Redirs, substitutes) {
			return true
		}
		call.Args[0].Parts = []syntax.WordPart{&syntax.Lit{Value: "true"}}
		s.Redirs = nil
		return true
	})
}

// substitutes reports whether a redirection leads to another process.
func substitutes(r *syntax.Redirect) bool {
	if r.Word == nil || len(r.Word.Parts) != 1 {
		return false
	}
	_, ok := r.Word.Parts[0].(*syntax.ProcSubst)
	return ok
}

// Check returns what a script asks for that is not supported: syntax that would
// reach the real machine, in the order of the script, then commands that are
// neither builtins, nor functions of the script, nor known, sorted by name. What
// a variable holds is only known when the script runs.
func Check(script *syntax.File) []error {
	unknown, defined := map[string]bool{}, map[string]bool{}
	var findings []error
	syntax.Walk(script, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.FuncDecl:
			if n.Name != nil {
				defined[n.Name.Value] = true
			}
		case *syntax.ProcSubst:
			findings = append(findings, fmt.Errorf("line %d: process substitution is not supported", n.Pos().Line()))
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				return true
			}
			// A path may be a file that the script itself writes.
			name := n.Args[0].Lit()
			if name != "" && !strings.Contains(name, "/") && !commands.Known(name) && !interp.IsBuiltin(name) {
				unknown[name] = true
			}
		}
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		if !defined[name] {
			findings = append(findings, fmt.Errorf("unsupported command %q", name))
		}
	}
	return findings
}

// Notes returns what a script does without effect: it installs packages that bring nothing
// here. The words of a command line that are not literal are left out.
func Notes(script *syntax.File) []string {
	var notes []string
	syntax.Walk(script, func(node syntax.Node) bool {
		if n, ok := node.(*syntax.CallExpr); ok && len(n.Args) > 0 {
			var words []string
			for _, a := range n.Args {
				words = append(words, a.Lit())
			}
			if note := commands.NotInstalled(words); note != "" && !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
		return true
	})
	return notes
}
