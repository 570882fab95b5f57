// Package shell is an instance's bash.
//
// The language is that of mvdan.cc/sh: its interpreter runs variables, loops,
// pipes and builtins, and hands all else to the package commands. Files,
// environment and commands are the instance's own. Only the pipes between
// commands are the operating system's, so each wait for one is reported to the
// lab's clock.
//
// Builtins and syntax by which the interpreter would reach the real machine are
// refused by name.
package shell
