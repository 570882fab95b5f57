package labtest

import (
	"fmt"
	"os"
	"strings"

	"provenendpoints/internal/lab/reach"
)

// Matrix tries everybody to everything and returns it as text: from every subnet,
// instance, function and the internet to every one of these, endpoints, balancers, and
// the AWS services that the endpoints lead to, on the ports that listeners and
// security groups name, on 22, 80 and 443, and by ping.
func (l *Lab) Matrix() string {
	l.t.Helper()
	return l.measure().String()
}

func (l *Lab) measure() reach.Matrix {
	l.t.Helper()
	defer l.run()()
	l.looking.Lock()
	defer l.looking.Unlock()
	m, err := l.lab.Survey().Measure(l.t.Context())
	if err != nil {
		l.fatal(err)
	}
	return m
}

// update is the environment variable that has MatrixIs write the file.
const update = "LABTEST_UPDATE"

// MatrixIs asserts that the [Lab.Matrix] is the one that a file declares. With the
// environment variable LABTEST_UPDATE=1 it writes the file instead: read what it
// wrote before you keep it.
func (l *Lab) MatrixIs(file string) {
	l.t.Helper()
	found := l.measure()
	if os.Getenv(update) != "" {
		if err := os.WriteFile(file, []byte(found.String()), 0o644); err != nil {
			l.fatal(err)
		}
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		l.fatal(fmt.Errorf("%w; %s=1 writes it", err, update))
	}
	declared, err := reach.Parse(string(text))
	if err != nil {
		l.fatal(fmt.Errorf("%s: %w", file, err))
	}
	var lines []string
	for _, d := range reach.Compare(declared, found) {
		lines = append(lines, "  "+d.String())
	}
	if len(lines) > 0 {
		l.t.Errorf("who can reach whom is not what %s declares:\n%s", file, strings.Join(lines, "\n"))
	}
}
