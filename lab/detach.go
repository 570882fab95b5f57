package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
)

// detach starts the server in a process of its own and returns when it listens. What it
// says to people goes to a file.
func detach(args []string, stdout, stderr io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// go run deletes what it has built when it returns.
	log, err := os.CreateTemp("", "lab-serve-*.log")
	if err != nil {
		return err
	}
	defer log.Close()
	rest := slices.DeleteFunc(slices.Clone(args), func(a string) bool {
		return a == "-detach" || a == "--detach" || a == "-detach=true" || a == "--detach=true"
	})
	server := exec.Command(self, append([]string{"serve"}, rest...)...)
	server.Stderr = log
	server.SysProcAttr = ownSession()
	lines, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	text, err := io.ReadAll(lines) // until the server closes it, or ends
	if err != nil {
		return err
	}
	if len(text) == 0 {
		_ = server.Wait() // its words say why
		said, _ := os.ReadFile(log.Name())
		_ = os.Remove(log.Name())
		return fmt.Errorf("the server did not start: %s", said)
	}
	fmt.Fprintf(stdout, "%sexport LAB_PID='%d'\n", text, server.Process.Pid)
	fmt.Fprintf(stderr, "lab: serving in process %d; its words go to %s\n", server.Process.Pid, log.Name())
	return server.Process.Release()
}
