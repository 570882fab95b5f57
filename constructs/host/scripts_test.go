package host

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// command stands in for a program that a script runs.
type command func(args []string, stdin io.Reader, stdout, stderr io.Writer) error

// run runs a script as bash would, with these commands and no others. Files
// are those below root.
func run(t *testing.T, script, root string, commands map[string]command) {
	t.Helper()
	if !strings.HasPrefix(script, "#!/bin/bash\n") {
		t.Errorf("cloud-init runs user data that begins with #!, got %q", script[:20])
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		t.Fatal(err)
	}
	runner, err := interp.New(
		interp.StdIO(nil, t.Output(), t.Output()),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
			return func(ctx context.Context, args []string) error {
				run, known := commands[args[0]]
				if !known {
					return fmt.Errorf("the script runs %q, which is not among the commands that it may use", args[0])
				}
				hc := interp.HandlerCtx(ctx)
				return run(args[1:], hc.Stdin, hc.Stdout, hc.Stderr)
			}
		}),
		interp.OpenHandler(func(ctx context.Context, path string, flag int, perm os.FileMode) (io.ReadWriteCloser, error) {
			return interp.DefaultOpenHandler()(ctx, filepath.Join(root, path), flag, perm)
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Run(t.Context(), file); err != nil {
		t.Fatal(err)
	}
}

func cat(_ []string, stdin io.Reader, stdout, _ io.Writer) error {
	_, err := io.Copy(stdout, stdin)
	return err
}

func TestWebScript(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "etc/systemd/system"), 0o755); err != nil {
		t.Fatal(err)
	}
	var enabled []string
	run(t, webScript("WEB1", 80), root, map[string]command{
		"cat": cat,
		"mkdir": func(args []string, _ io.Reader, _, _ io.Writer) error {
			return os.MkdirAll(filepath.Join(root, args[len(args)-1]), 0o755)
		},
		"systemctl": func(args []string, _ io.Reader, _, _ io.Writer) error {
			enabled = args
			return nil
		},
	})
	if want := []string{"enable", "--now", filepath.Base(webUnit)}; !slices.Equal(enabled, want) {
		t.Errorf("systemctl %q, want %q", enabled, want)
	}
	if page := read(t, root, webRoot+"/index.html"); strings.TrimSpace(page) != "WEB1" {
		t.Errorf("the page is %q, want the host's name", page)
	}
	unit := read(t, root, webUnit)
	for _, line := range []string{
		"ExecStart=/usr/bin/python3 -m http.server 80 --directory " + webRoot,
		"DynamicUser=yes", "AmbientCapabilities=CAP_NET_BIND_SERVICE", "WantedBy=multi-user.target",
	} {
		if !slices.Contains(strings.Split(unit, "\n"), line) {
			t.Errorf("the unit has no line %q:\n%s", line, unit)
		}
	}
}

func TestPingScript(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, printed, want string }{
		{
			"answers",
			"PING x\n64 bytes\n4 packets transmitted, 4 received, 0% packet loss, time 3004ms\nrtt min/avg/max/mdev = 0.6/0.7/0.8/0.1 ms\n",
			"4 packets transmitted, 4 received, 0% packet loss, time 3004ms | rtt min/avg/max/mdev = 0.6/0.7/0.8/0.1 ms",
		},
		{"no answer", "4 packets transmitted, 0 received, 100% packet loss, time 3100ms\n\n", "4 packets transmitted, 0 received, 100% packet loss, time 3100ms"},
		{"no name", "ping: s3.test: Name or service not known\n", "ping: s3.test: Name or service not known"},
		{"hostile", `ping: "s3\".test": $(reboot)` + "\n", "ping: s3.test: $(reboot)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			if err := os.Mkdir(filepath.Join(root, "run"), 0o755); err != nil {
				t.Fatal(err)
			}
			const url = "https://cloudformation-waitcondition-test.s3.test/x?Signature=a%2Fb&Expires=1"
			var pinged, sent []string
			run(t, pingScript("s3.test", url), root, map[string]command{
				"cat": cat,
				"ping": func(args []string, _ io.Reader, stdout, _ io.Writer) error {
					pinged = args
					_, err := io.WriteString(stdout, test.printed)
					return err
				},
				"tail": func(args []string, stdin io.Reader, stdout, _ io.Writer) error {
					all, err := io.ReadAll(stdin)
					lines := strings.SplitAfter(string(all), "\n")
					lines = lines[:len(lines)-1]
					fmt.Fprint(stdout, strings.Join(lines[max(0, len(lines)-2):], ""))
					return err
				},
				"curl": func(args []string, _ io.Reader, _, _ io.Writer) error {
					sent = args
					return nil
				},
			})
			if pinged[len(pinged)-1] != "s3.test" {
				t.Errorf("ping %q, want s3.test", pinged)
			}
			if upload := sent[len(sent)-3:]; !slices.Equal(upload, []string{"--upload-file", reportFile, url}) {
				t.Errorf("curl … %q, want the report sent to the whole URL", upload)
			}
			var report struct{ Status, UniqueID, Reason, Data string }
			if err := json.Unmarshal([]byte(read(t, root, reportFile)), &report); err != nil {
				t.Fatal(err)
			}
			if report.Status != "SUCCESS" || report.UniqueID == "" || report.Reason == "" || report.Data != test.want {
				t.Errorf("got %+v, want the data %q", report, test.want)
			}
		})
	}
}

func read(t *testing.T, root, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"WEB1":   "",
		"a-b":    "",
		"":       `Name: must be 1 to 63 letters, digits and hyphens, got ""`,
		"$(x)":   `Name: must be 1 to 63 letters, digits and hyphens, got "$(x)"`,
		"a\nEND": `Name: must be 1 to 63 letters, digits and hyphens, got "a\nEND"`,
	} {
		got := ""
		if err := checkName(name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("checkName(%q) says %q, want %q", name, got, want)
		}
	}
}
