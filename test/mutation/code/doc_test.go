// Package code breaks Go code on purpose, as its parent breaks templates.
// [Mutants] derives from the files of a package every way of breaking them that
// the rules know: each condition, comparison, operand, statement, result, case,
// element, literal and named constant turned or removed. [Run] compiles the
// package with a mutant in place of the file and runs the package's own tests.
//
// The rules know Go's syntax and nothing of this project. Which mutants of proof
// survive its tests, and why that is right, stands in testdata.
package code
