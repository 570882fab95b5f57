package commands

import (
	"fmt"
	"slices"
	"strings"
)

// shellInterpreters are the interpreters that the first line of a script may name.
var shellInterpreters = []string{"/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh", "/usr/bin/env bash", "/usr/bin/env sh"}

// ParseShebang reads the first line of a script, such as #!/bin/bash -e, and
// returns the shell options on it. Another interpreter than a shell is an error.
func ParseShebang(text string) (options []string, err error) {
	first, _, _ := strings.Cut(text, "\n")
	line, ok := strings.CutPrefix(first, "#!")
	if !ok {
		return nil, fmt.Errorf("only scripts are supported, which begin with #!; this begins with %.20q", first)
	}
	fields := strings.Fields(line)
	for len(fields) > 0 && strings.HasPrefix(fields[len(fields)-1], "-") {
		options = append([]string{fields[len(fields)-1]}, options...)
		fields = fields[:len(fields)-1]
	}
	if !slices.Contains(shellInterpreters, strings.Join(fields, " ")) {
		return nil, fmt.Errorf("unsupported interpreter %q", strings.TrimSpace(line))
	}
	return options, nil
}
