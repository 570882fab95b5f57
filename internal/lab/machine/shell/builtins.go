package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"provenendpoints/internal/lab/machine/commands"
)

// The names under which redirectBuiltins hands builtins over to exec. No script
// can spell them.
const (
	lookUpCommand      = "\x00command -v"
	unsupportedBuiltin = "\x00unsupported"
)

// redirectBuiltins takes from the interpreter the builtins that would look at
// the real machine's disk, also behind command and builtin: "command -v" is
// answered from the instance's own commands, the others are refused.
func redirectBuiltins(args []string) []string {
	switch args[0] {
	case "command", "builtin":
		switch {
		case len(args) < 2:
			return args
		case args[0] == "command" && args[1] == "-v" && len(args) > 2:
			return append([]string{lookUpCommand}, args[2:]...)
		case strings.HasPrefix(args[1], "-"):
			return []string{unsupportedBuiltin, strings.Join(args[:2], " ")}
		}
		if inner := redirectBuiltins(args[1:]); isRedirected(inner) {
			return inner
		}
	case "source", ".", "type", "hash":
		return []string{unsupportedBuiltin, args[0]}
	}
	return args
}

func isRedirected(args []string) bool {
	return args[0] == lookUpCommand || args[0] == unsupportedBuiltin
}

// runCommandV answers "command -v NAME…". Status 0: at least one was found.
func runCommandV(p *commands.Process, names []string) int {
	status := 1
	for _, name := range names {
		file, known := commands.PathOf(name)
		switch {
		case interp.IsBuiltin(name):
			fmt.Fprintln(p.Out, name)
		case known:
			fmt.Fprintln(p.Out, file)
		default:
			continue
		}
		status = 0
	}
	return status
}
