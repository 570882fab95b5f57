// Package commands holds the programs of an instance: grep, curl, systemctl and
// so on. They stand for those of Amazon Linux 2023's standard image, down to
// their exit codes and the form of what they print.
//
// A command is one file: its function, its flags, and its name, which it adds
// to the registry in init. Adding a command is adding its file and its test. A
// command reads and writes through its [Process] alone, sleeps on the machine's
// clock and sends packets through the machine's host. Flags are read by
// [Process.flags], except where the real command's flags are not getopt's
// (curl, date, dig, chmod, echo); a comment there says so.
//
// A flag that is not known fails by name, whether or not the real command has
// it: a script must never do less than it says.
//
// The shell language (pipes, variables, builtins) is not here but in the package
// shell, services are in systemd. Both come in through [System].
package commands
