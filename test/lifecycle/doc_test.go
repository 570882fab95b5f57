// Package lifecycle holds the tests of what a stack lives through: creation,
// updates that succeed and that are rolled back, replacement of an endpoint,
// claims that change alone, deletion, also after a creation that failed. In
// each case nothing is stuck and nothing is left behind.
package lifecycle
