// Package kernel ends the JavaScript process that CDK runs in.
package kernel

import (
	"bytes"
	"io"
	"os"

	"github.com/aws/jsii-runtime-go"
)

// falseAlarm is what jsii writes, most of the time, when its process ends as it
// should: it waits for the process in two places and complains in one of them
// that it is gone already.
var falseAlarm = []byte("Runtime process exited abnormally: waitid: no child processes")

// Close ends the process, removes its files, and passes on what is left of its
// messages but for jsii's false alarm. CDK must not be used afterwards.
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
