// Package sandbox runs a program of somebody else's as a process of its own: with the
// environment variables, the two listeners and the limits that its owner gives it,
// and with no network of the machine.
//
// The process has a network namespace that contains a loopback interface and nothing
// else. Two listeners on it belong to the owner, which answers there: no packet of
// the process can leave in another way. It also has a user and a process namespace:
// when it ends, everything that it started ends, and it ends with its owner.
// Its files are those that the machine's user may read.
//
// How it is done: the owner starts its own executable again (/proc/self/exe) under
// another name. This package's init function recognises the name, makes the loopback
// interface and the listeners, hands these to the owner and becomes the program.
// Namespaces are Linux's; elsewhere [Probe] says so and nothing is run.
package sandbox

import (
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
)

// Options describe a process.
type Options struct {
	// Path is the program, Args its arguments without its name. Required.
	Path string
	Args []string
	// Environment returns all of its variables; api and relay are the addresses of
	// the listeners. Required.
	Environment func(api, relay string) []string
	// Dir is its working directory. Required.
	Dir string
	// Opt is the folder that is /opt to the process. Default: the machine's own.
	Opt string
	// Output receives what it prints. Default: it is lost.
	Output io.Writer
}

// ControlFD is the file descriptor that the program can write lines to; its owner
// reads them from [Process.Control].
const ControlFD = 3

// Process is a process that runs.
type Process struct {
	// API and Relay are the listeners on the process's loopback interface. API is
	// bound to one address, Relay takes connections to all addresses of 127.0.0.0/8 at its
	// port.
	API, Relay net.Listener
	// Control is what the process writes to ControlFD.
	Control *os.File

	cmd  *exec.Cmd
	done chan struct{}
	err  error
	end  sync.Once
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the process ended, in the words of the operating system. It is valid after Done.
func (p *Process) Err() error { return p.err }

// Kill ends the process and closes its listeners. It may be called more than once.
func (p *Process) Kill() {
	p.end.Do(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.done
		_ = p.API.Close()
		_ = p.Relay.Close()
		_ = p.Control.Close()
	})
}
