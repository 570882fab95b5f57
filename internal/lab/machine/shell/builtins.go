package shell

import (
	"fmt"

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
// the real machine's disk: "command -v" is answered from the instance's own
// commands, the others are refused.
func redirectBuiltins(args []string) []string {
	switch {
	case args[0] == "command" && len(args) == 3 && args[1] == "-v":
		return []string{lookUpCommand, args[2]}
	case args[0] == "source", args[0] == ".", args[0] == "type", args[0] == "hash":
		return append([]string{unsupportedBuiltin}, args...)
	}
	return args
}

// runCommandV answers "command -v NAME".
func runCommandV(p *commands.Process, name string) int {
	file, known := commands.PathOf(name)
	switch {
	case interp.IsBuiltin(name):
		fmt.Fprintln(p.Out, name)
	case known:
		fmt.Fprintln(p.Out, file)
	default:
		return 1
	}
	return 0
}
