package sandbox

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// name is the name by which the executable is started again.
const name = "lab-sandbox"

// ready is what the new process says with the listeners.
const ready = "ready"

// socketFD is the socket to the owner.
const socketFD = ControlFD + 1

// A process of that name becomes the program. It does not return from here.
func init() {
	if len(os.Args) != 1 || os.Args[0] != name {
		return
	}
	if err := become(); err != nil {
		_, _ = syscall.Write(socketFD, []byte(err.Error()))
	}
	os.Exit(1)
}

// become prepares the process and replaces it by the program.
func become() error {
	syscall.CloseOnExec(socketFD)
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("loopback interface: %w", err)
	}
	api, err := listen([4]byte{127, 0, 0, 1})
	if err != nil {
		return err
	}
	relay, err := listen([4]byte{})
	if err != nil {
		return err
	}
	if err := syscall.Sendmsg(socketFD, []byte(ready), unix.UnixRights(api, relay), nil, 0); err != nil {
		return err
	}
	line, err := bufio.NewReaderSize(os.NewFile(socketFD, "socket"), 1<<16).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("no instructions: %w", err)
	}
	var p struct {
		plan
		Environment []string
	}
	if err := json.Unmarshal(line, &p); err != nil {
		return err
	}
	if p.Opt != "" {
		if err := mountOpt(p.Opt); err != nil {
			return fmt.Errorf("put its layers at /opt: %w", err)
		}
	}
	// Lambda's limit on files (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
	files := syscall.Rlimit{Cur: 1024, Max: 1024}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return err
	}
	if err := os.Chdir(p.Dir); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", p.Path, syscall.Exec(p.Path, append([]string{p.Path}, p.Args...), p.Environment))
}

// mountOpt makes a folder /opt, for this process and its children alone.
func mountOpt(folder string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount(folder, "/opt", "", unix.MS_BIND|unix.MS_REC, "")
}

// listen makes a listener at a free port of the loopback interface.
func listen(at [4]byte) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: at}); err != nil {
		return 0, err
	}
	return fd, unix.Listen(fd, 128)
}

// loopbackUp switches the loopback interface on.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}
