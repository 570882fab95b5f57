// Package machine runs an instance's own user data.
//
//	Run ──▶ boot ──▶ cloud-init: the user data script, in a shell interpreter
//	                   │ commands bound to the instance's network interface
//	                   ├─ ping, dig, curl … real packets through the Host
//	                   └─ systemctl ──▶ services that stay until Stop
//
// The script is run as cloud-init runs it
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html): as root, once,
// its output in the console log. The shell is mvdan.cc/sh; files live in
// memory; every command is one of this package's own. A command, flag or unit
// directive that is not known fails and is named on the console, and [Check]
// names the commands before the instance is made.
//
// The commands stand for those of Amazon Linux 2023's standard image, down to
// their exit codes and the form of what they print.
package machine
