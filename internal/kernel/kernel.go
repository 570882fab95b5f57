// Package kernel ends the JavaScript process that CDK runs in.
package kernel

import (
	"bytes"
	"io"
	"os"

	"github.com/aws/jsii-runtime-go"
)

// falseAlarm is what jsii often writes when its process ends normally: it waits for
// the process in two places, and one of them finds it gone.
var falseAlarm = []byte("Runtime process exited abnormally: waitid: no child processes")

// Close ends the process and removes its files. It passes on the last messages of
// the process, without jsii's false alarm. CDK must not be used afterwards.
func Close() {
	read, write, err := os.Pipe()
	if err != nil {
		jsii.Close()
		return
	}
	stderr := os.Stderr
	os.Stderr = write
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		messages, _ := io.ReadAll(read)
		stderr.Write(bytes.ReplaceAll(messages, falseAlarm, nil))
	}()
	jsii.Close()
	write.Close()
	<-passed
}
