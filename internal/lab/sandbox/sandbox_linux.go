package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"provenendpoints/internal/lab/clock"
)

// Probe returns an error if this machine cannot run a process so: its kernel or its
// administrator may forbid user namespaces. It tries once.
var Probe = sync.OnceValue(func() error {
	path, err := exec.LookPath("true")
	if err != nil {
		return err
	}
	p, err := Start(Options{Path: path, Dir: "/", Environment: func(_, _ string) []string { return nil }})
	if err != nil {
		return err
	}
	p.Kill()
	return nil
})

// plan is what the new process is told on its standard input.
type plan struct {
	Path, Dir string
	Opt       string
	Args      []string
}

// Start starts a process.
func Start(o Options) (*Process, error) {
	fail := func(err error) (*Process, error) { return nil, fmt.Errorf("start a sandbox for %s: %w", o.Path, err) }
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fail(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "sandbox"), os.NewFile(uintptr(pair[1]), "sandbox")
	defer ours.Close()
	control, controlEnd, err := os.Pipe()
	if err != nil {
		return fail(errors.Join(err, theirs.Close()))
	}
	output, outputEnd, err := os.Pipe()
	if err != nil {
		return fail(errors.Join(err, theirs.Close(), control.Close(), controlEnd.Close()))
	}
	p := &Process{Control: control, done: make(chan struct{})}
	p.cmd = &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{name}, Env: []string{}, Dir: "/",
		Stdout: outputEnd, Stderr: outputEnd, ExtraFiles: []*os.File{controlEnd, theirs},
		SysProcAttr: &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
			Setsid:      true,
			Pdeathsig:   syscall.SIGKILL,
		},
	}
	err = p.cmd.Start()
	_, _, _ = theirs.Close(), controlEnd.Close(), outputEnd.Close() // the child has its own
	if err != nil {
		_, _ = control.Close(), output.Close()
		return fail(fmt.Errorf("%w: the lab needs Linux user namespaces, which the kernel or its administrator may forbid", err))
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		defer output.Close()
		to := o.Output
		if to == nil {
			to = io.Discard
		}
		_, _ = io.Copy(writerOnly{to}, clock.Pipe{File: output}) // it ends with the process
	}()
	go p.wait(copied)
	if err := p.handshake(ours, o); err != nil {
		_ = p.cmd.Process.Kill()
		<-p.done
		_ = control.Close()
		return fail(err)
	}
	return p, nil
}

// writerOnly hides other methods, by which io.Copy would go around the pipe's registration.
type writerOnly struct{ io.Writer }

// wait waits for the end of the process, and for the last of its output.
func (p *Process) wait(copied <-chan struct{}) {
	defer close(p.done)
	inside := clock.Outside()
	state, err := p.cmd.Process.Wait()
	inside()
	<-copied
	switch {
	case err != nil:
		p.err = err
	case !state.Success():
		p.err = errors.New(state.String())
	}
}

// handshake takes the listeners and tells the process what to become.
func (p *Process) handshake(ours *os.File, o Options) error {
	c, err := net.FileConn(ours)
	if err != nil {
		return err
	}
	defer c.Close()
	conn := c.(*net.UnixConn)
	text, rights := make([]byte, 4096), make([]byte, unix.CmsgSpace(2*4))
	n, rn, _, _, err := conn.ReadMsgUnix(text, rights)
	if err != nil {
		return fmt.Errorf("it ended before it began: %w", err)
	}
	if message := string(text[:n]); message != ready {
		return errors.New(message)
	}
	messages, err := unix.ParseSocketControlMessage(rights[:rn])
	if err != nil || len(messages) != 1 {
		return fmt.Errorf("take the listeners: %w", err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 2 {
		return fmt.Errorf("take the listeners: %w", err)
	}
	var listeners [2]net.Listener
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "listener")
		listeners[i], err = net.FileListener(file)
		_ = file.Close() // FileListener has its own
		if err != nil {
			return err
		}
	}
	p.API, p.Relay = listeners[0], listeners[1]
	api := p.API.Addr().String()
	relay := net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Relay.Addr().(*net.TCPAddr).Port))
	message, err := json.Marshal(struct {
		plan
		Environment []string
	}{plan{o.Path, o.Dir, o.Opt, o.Args}, o.Environment(api, relay)})
	if err != nil {
		return err
	}
	if _, err := conn.Write(append(message, '\n')); err != nil {
		return err
	}
	// The socket closes when the program has taken the process over, or tells why not.
	if n, _ := conn.Read(text); n > 0 {
		return errors.New(string(text[:n]))
	}
	return nil
}

// Memory returns how much memory the process has resident, in bytes.
func (p *Process) Memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	fields := strings.Fields(string(bytes.TrimSpace(text)))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
