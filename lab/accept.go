package main

import (
	"strings"

	labtypes "provenendpoints/internal/lab/resources"
)

// acceptFlag is -accept: resource types that the lab does not have and takes as inert. It
// implements [flag.Value].
type acceptFlag []string

// Set adds a type.
func (a *acceptFlag) Set(name string) error {
	if err := labtypes.Acceptable(name); err != nil {
		return err
	}
	*a = append(*a, name)
	return nil
}

// String is for package flag.
func (a *acceptFlag) String() string { return strings.Join(*a, " ") }
