package sandbox_test

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/sandbox"
)

// text is what a process has printed.
type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// start runs a script in Python, which the tests of its users need anyway.
func start(t *testing.T, script string, environment ...string) (*sandbox.Process, *text) {
	t.Helper()
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	real, err := exec.Command(path, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Skip(err)
	}
	out := &text{}
	p, err := sandbox.Start(sandbox.Options{
		Path: strings.TrimSpace(string(real)), Args: []string{"-c", script}, Dir: t.TempDir(), Output: out,
		Environment: func(api, relay string) []string {
			return append(environment, "API="+api, "RELAY="+relay)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p, out
}

func TestProcessHasNothingButItsListeners(t *testing.T) {
	t.Setenv("SECRET", "of the machine")
	outside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	p, out := start(t, fmt.Sprintf(`
import os, socket
for at in [("127.0.0.1", %d), ("93.184.215.14", 80)]:
    try:
        socket.create_connection(at, 2)
        print("reached", at)
    except OSError as e:
        print("no", e.errno)
print(sorted(os.environ))
host, port = os.environ["RELAY"].split(":")
s = socket.create_connection(("127.9.8.7", int(port)))
s.sendall(b"through the relay\n")
os.write(3, b"control\n")
`, outside.Addr().(*net.TCPAddr).Port), "GIVEN=1")
	conn, err := p.Relay.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if host, _, _ := net.SplitHostPort(conn.LocalAddr().String()); host != "127.9.8.7" {
		t.Errorf("connected to %s", host)
	}
	if line, _ := bufio.NewReader(conn).ReadString('\n'); line != "through the relay\n" {
		t.Errorf("relay heard %q", line)
	}
	if line, _ := bufio.NewReader(p.Control).ReadString('\n'); line != "control\n" {
		t.Errorf("control heard %q", line)
	}
	<-p.Done()
	if p.Err() != nil {
		t.Error(p.Err())
	}
	got := out.String()
	if strings.Contains(got, "reached") || strings.Count(got, "no ") != 2 {
		t.Errorf("the machine's network was reached: %s", got)
	}
	if strings.Contains(got, "SECRET") || !strings.Contains(got, "'API', 'GIVEN'") {
		t.Errorf("variables: %s", got)
	}
}

// A child of the process ends with it.
func TestKillEndsEverything(t *testing.T) {
	t.Parallel()
	p, _ := start(t, `
import os, time
if os.fork() == 0:
    time.sleep(600)
os.write(3, b"forked\n")
time.sleep(600)
`)
	control := bufio.NewReader(p.Control)
	if _, err := control.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	// Kill waits until nobody has the other end of the output any more.
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Kill()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("a child of the process is alive")
	}
	if p.Err() == nil || !strings.Contains(p.Err().Error(), "killed") {
		t.Errorf("ended by %v", p.Err())
	}
}

func TestProgramThatDoesNotExist(t *testing.T) {
	t.Parallel()
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	_, err := sandbox.Start(sandbox.Options{Path: "/no/such/program", Dir: "/", Environment: func(_, _ string) []string { return nil }})
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("got %v", err)
	}
}
