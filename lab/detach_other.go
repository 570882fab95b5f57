//go:build !unix

package main

import "syscall"

// ownSession is nothing special where there are no sessions.
func ownSession() *syscall.SysProcAttr { return nil }
