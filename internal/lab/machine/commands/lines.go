package commands

import (
	"bufio"
	"io"
	"os"
	"strings"
)

// inputs runs do on each named file, or on standard input if there are none
// ("-" is standard input too). A file that cannot be read makes the status 1.
func (p *Process) inputs(names []string, do func(name string, in io.Reader) int) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		if name == "-" {
			status = max(status, do(name, p.In))
			continue
		}
		in, err := p.Files.Open(p.path(name), os.O_RDONLY, 0)
		if err != nil {
			status = max(status, p.Fail(1, "%s: %s: %s", p.Name, name, reason(err)))
			continue
		}
		status = max(status, do(name, in))
	}
	return status
}

// eachLine calls do with each line, without its end, until it returns false.
func eachLine(in io.Reader, do func(line string) bool) {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if line == "" && err != nil {
			return
		}
		if !do(strings.TrimSuffix(line, "\n")) || err != nil {
			return
		}
	}
}
