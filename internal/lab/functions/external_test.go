package functions_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/sandbox"
	"provenendpoints/internal/lab/vpc"
)

// interpreter is the real path of one of the machine's own.
func interpreter(t *testing.T, name string, args ...string) string {
	t.Helper()
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Skipf("%s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// outside is a service with one external function, f, and a host in the lab that
// echoes a line at 203.0.113.9:7.
func outside(t *testing.T, language, code string) *functions.Service {
	t.Helper()
	// What a loaded machine needs to start a process must not count as the function's time.
	c := clock.NewStepping()
	n := vpc.New(vpc.Options{Clock: c})
	echo, err := n.PublicHost("echo", netip.MustParseAddr("203.0.113.9"))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.PublishName("echo.test", netip.MustParseAddr("203.0.113.9")); err != nil {
		t.Fatal(err)
	}
	listener, err := echo.Listen(7)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(conn, "you are %s\n", conn.RemoteAddr().(*net.TCPAddr).IP)
			_ = conn.Close()
		}
	}()
	from, err := n.PublicHost("function", netip.MustParseAddr("203.0.113.20"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	x := functions.External{Root: dir, Handler: "index.handler", Memory: 128}
	name := "index.js"
	if language == "node16" {
		x.Runtime = "nodejs16.x"
	}
	if language == "python" {
		name = "index.py"
		x.Command = []string{interpreter(t, "python3", "-c", "import sys; print(sys.executable)"), "RUNTIME/bootstrap.py"}
	} else {
		x.Command = []string{interpreter(t, "node", "-p", "process.execPath"), "RUNTIME/bootstrap.js"}
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	s := functions.New(functions.Options{Scope: awsid.Scope{Region: "ap-northeast-2", Account: "123456789012"}, Clock: c})
	t.Cleanup(func() { s.Close(); n.Close(); c.Stop() })
	if _, err := s.Create(functions.Config{
		Name: "f", Program: x.Program(), Timeout: 3 * time.Second, Variables: map[string]string{"MINE": "1"},
		Networks: []functions.Network{from}, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "token"),
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestExternalFunctions(t *testing.T) {
	t.Setenv("SECRET", "of the machine")
	for _, c := range []struct{ name, language, code, want string }{
		{"answer", "node", `exports.handler = async (e) => ({ got: e.x, name: process.env.AWS_LAMBDA_FUNCTION_NAME, mine: process.env.MINE, secret: process.env.SECRET })`, `{"got":1,"name":"f","mine":"1"}`},
		{"callback", "node", `exports.handler = (e, context, done) => setTimeout(() => done(null, context.memoryLimitInMB), 5)`, `"128"`},
		{"nothing left to do", "node", `exports.handler = () => {}`, `null`},
		{"module", "node", `import fs from 'node:fs'; export const handler = async () => typeof fs.statSync`, `"function"`},
		{"error", "node", `exports.handler = async () => { throw new TypeError('bad') }`, `"errorType":"TypeError","errorMessage":"bad"`},
		{"no handler", "node", `exports.other = 1`, `index.handler is undefined or not exported`},
		{"exit", "node", `exports.handler = () => process.exit(3)`, `Runtime exited: exit status 3`},
		{"no SDK", "node", `exports.handler = async () => new (require('@aws-sdk/client-kinesis').Kinesis)({}).listStreams({})`, `the lab has no calls of kinesis, and not ListStreams`},
		{"version 2 of the SDK", "node", `require('aws-sdk'); exports.handler = async () => 1`, `Cannot find module 'aws-sdk'`},
		{"version 2 of the SDK", "node16", `const AWS = require('aws-sdk'); AWS.config.update({ region: 'eu-west-1' });
			exports.handler = async () => new Promise((ok) => new AWS.ELBv2().describeLoadBalancers({}, (e, v) => ok([e instanceof Error, v, typeof new AWS.StepFunctions().startExecution({}).promise, typeof new AWS.S3({}).putObject])))`, `[true,null,"function","function"]`},
		{"a client that version 2 has and the lab has not", "node16", `exports.handler = async () => new (require('aws-sdk').Kinesis)().listStreams({}).promise()`, `the lab has no calls of kinesis, and not ListStreams`},
		{"through its interface", "node", `exports.handler = () => new Promise((ok, no) => require('net').connect(7, 'echo.test').on('data', (d) => ok(String(d).trim())).on('error', no))`, `"you are 203.0.113.20"`},
		{"resolved in the lab", "node", `exports.handler = async () => (await require('dns').promises.lookup('echo.test')).address`, `"203.0.113.9"`},
		{"nobody there", "node", `exports.handler = () => new Promise((ok) => require('net').connect(9, 'echo.test').on('error', (e) => ok(e.code)))`, `"ECONNRESET"`},
		{"memory", "node", `exports.handler = async () => { const all = []; for (;;) { all.push(Buffer.alloc(8 << 20, 1)); await new Promise((ok) => setTimeout(ok, 5)) } }`, `Runtime.OutOfMemory`},
		{"answer", "python", "import os\ndef handler(event, context):\n    return [event['x'], context.function_name, os.environ.get('SECRET'), os.environ['MINE']]\n", `[1, "f", null, "1"]`},
		{"error", "python", "def handler(event, context):\n    raise ValueError('bad')\n", `"errorType": "ValueError", "errorMessage": "bad"`},
		{"does not load", "python", "import nothing_of_this_name\n", `No module named 'nothing_of_this_name'`},
		{"through its interface", "python", "import socket\ndef handler(e, c):\n    with socket.create_connection(('echo.test', 7)) as s:\n        return s.makefile().readline().strip()\n", `"you are 203.0.113.20"`},
		{"resolved in the lab", "python", "import socket\ndef handler(e, c):\n    return socket.gethostbyname('echo.test')\n", `"203.0.113.9"`},
		{"waits by the lab's clock", "python", "import time\ndef handler(e, c):\n    begun = time.time()\n    time.sleep(2.5)\n    return 2.4 < time.time() - begun\n", `true`},
		{"waits too long by the lab's clock", "node", `exports.handler = async () => { for (let i = 0; i < 40; i++) await new Promise((ok) => setTimeout(ok, 100)) }`, `Task timed out after 3.00 seconds`},
		{"time", "python", "import time\ndef handler(e, c):\n    time.sleep(60)\n", `Task timed out after 3.00 seconds`},
	} {
		t.Run(c.language+"/"+c.name, func(t *testing.T) {
			s := outside(t, c.language, c.code)
			answer, err := s.Invoke(context.Background(), "f", []byte(`{"x":1}`))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(answer.Payload), c.want) {
				t.Errorf("%s, want %s; log: %v", answer.Payload, c.want, s.Logs("/aws/lambda/f"))
			}
			if !json.Valid(answer.Payload) {
				t.Errorf("%s is not JSON", answer.Payload)
			}
		})
	}
}

// A process serves many invocations, one after the other, and ends with its function.
func TestExternalFunctionKeepsItsProcess(t *testing.T) {
	s := outside(t, "node", `let n = 0; exports.handler = async () => [process.pid, ++n]`)
	for want := 1; want <= 2; want++ {
		answer, err := s.Invoke(context.Background(), "f", nil)
		if err != nil || string(answer.Payload) != fmt.Sprintf("[1,%d]", want) { // the first of its process namespace
			t.Errorf("%s, %v", answer.Payload, err)
		}
	}
	if err := s.Delete("f"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invoke(context.Background(), "f", nil); err == nil {
		t.Error("a deleted function runs")
	}
}
