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
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), name)
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
