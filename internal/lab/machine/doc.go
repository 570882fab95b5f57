// Package machine boots an instance and runs its user data.
//
//	Run ──▶ boot ──▶ the user data, in a shell ──▶ commands
//	                                                 ├─ ping, dig, curl: real packets through the Host
//	                                                 └─ systemctl ──▶ services that run until Stop
//
// The script runs as cloud-init runs it
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html): as root, once,
// its output in the console log.
//
// This package puts a machine together. Its parts are packages of their own, and
// import downwards only:
//
//	machine    boot, console, Check before the instance is made
//	shell      bash: the language, builtins, pipes
//	systemd    unit files and services
//	commands   one file per program, found by name
//	memfs      files; logbuffer: the console and the journals
//
// What is not known fails and is named on the console: a command, a flag, a
// directive of a unit. [Check] names the commands before the instance is made.
package machine
