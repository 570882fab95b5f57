package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal of a width: what is written to it, and what a person
// reads from it.
func terminal(t *testing.T, width int) (screen *os.File, read func() string) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	var n int
	for _, do := range []func(fd int) error{
		func(fd int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0) },
		func(fd int) error { n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); return err },
		func(fd int) error {
			return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: uint16(width)})
		},
	} {
		// Fd would make reads block a thread, which the lab's clock takes for work.
		raw, err := person.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var failed error
		if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil || failed != nil {
			t.Fatal(err, failed)
		}
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := make(chan string)
	go func() {
		all, _ := io.ReadAll(person) // ends with an error when nobody can write any more
		text <- string(all)
	}()
	return screen, func() string {
		screen.Close()
		defer person.Close()
		return <-text
	}
}

// colours are the sequences that colour text.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// overwrite begins what is written over the current line.
const overwrite = "\r\x1b[2K"

// shown is what stays on a terminal of a width. It fails the test if anything was longer
// than a line: what the terminal wraps by itself cannot be overwritten.
func shown(t *testing.T, written string, width int) string {
	t.Helper()
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(colours.ReplaceAllString(written, ""), "\r\n", "\n"), "\n") {
		parts := strings.Split(line, overwrite)
		for i, part := range parts {
			// What is overwritten also needs room for the cursor.
			if n := utf8.RuneCountInString(part); n > width || n == width && i < len(parts)-1 {
				t.Errorf("%d characters at a terminal of %d: %q", n, width, part)
			}
			if strings.ContainsAny(part, "\r\x1b") {
				t.Errorf("the terminal is told something else: %q", part)
			}
		}
		lines = append(lines, parts[len(parts)-1])
	}
	return strings.Join(lines, "\n")
}

// At a terminal nothing is wrapped raw and no progress stays.
func TestTerminal(t *testing.T) {
	for _, width := range []int{80, 120} {
		for name, test := range map[string]struct {
			args []string
			code int
			end  string
		}{
			"searches": {[]string{"-seeds", "2"}, exitOK, "1 stack, seeds 0 to 1: 0 failed"},
			"deploys":  {[]string{"-matrix", "-logs", "-events"}, exitOK, "deployed, and deleted again"},
			"misses":   {[]string{"-probe", "internet Db:5432", "-then", "../labtest/testdata/closed"}, exitFailed, "instance Db has no public address; want open"},
			"mistypes": {[]string{"-probe", "a word too many that makes this a line which no terminal of that width can show"}, exitUsage, "lab: invalid value"},
			"refuses":  {[]string{"-parameter", "Size=1"}, exitUsage, "lab: parameter Size: no stack has a parameter of this name"},
		} {
			t.Run(fmt.Sprintf("%s at %d", name, width), func(t *testing.T) {
				screen, read := terminal(t, width)
				code := run(t.Context(), append(test.args, "-assembly", "../labtest/testdata/web"), screen, screen)
				text := shown(t, read(), width)
				if code != test.code || !strings.Contains(strings.Join(strings.Fields(text), " "), test.end) {
					t.Errorf("exit %d, want %d with %q; shown:\n%s", code, test.code, test.end, text)
				}
				if strings.Contains(text, "…") {
					t.Errorf("progress is left on the screen:\n%s", text)
				}
			})
		}
	}
}

// Whoever interrupts the lab is told that, and nothing else.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-assembly", "../labtest/testdata/web"}, {"-assembly", "../labtest/testdata/web", "-seeds", "3"}, {"-seeds", "1"}} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		screen, read := terminal(t, 80)
		code := run(ctx, args, screen, screen)
		if text := shown(t, read(), 80); code != exitInterrupted || text != "lab: interrupted\n" {
			t.Errorf("%v: exit %d, shown %q", args, code, text)
		}
	}
}
