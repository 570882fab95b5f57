//go:build unix

package main

import "syscall"

// ownSession keeps a process running when the terminal of this one closes.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
