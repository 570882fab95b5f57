// Package module has the path of this module at run time.
//
// Nothing but go.mod and import statements spells the path out, so `go run
// ./internal/rename NEW/PATH` can change it.
package module

import (
	"reflect"
	"strings"
)

type here struct{}

// Path returns the module's path, read from what the compiler recorded for this
// package.
func Path() string {
	return strings.TrimSuffix(reflect.TypeFor[here]().PkgPath(), "/internal/module")
}

// Package returns the import path of the package in a folder of the module,
// such as lambda/verifier.
func Package(folder string) string { return Path() + "/" + folder }
