package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/server"
)

func TestParseCompare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args      []string
		file, err string
	}{
		"a stack":    {args: []string{"GatewayEndpoint"}, file: "compare-GatewayEndpoint.json"},
		"a file":     {args: []string{"-file", "x.json", "S"}, file: "x.json"},
		"the table":  {args: []string{"-table"}},
		"none":       {err: "want the name of one stack, or -table; see go run ./lab compare -h"},
		"two stacks": {args: []string{"A", "B"}, err: "want the name of one stack, or -table; see go run ./lab compare -h"},
		"unknown":    {args: []string{"-fast"}, err: "flag provided but not defined: -fast; see go run ./lab compare -h"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := parseCompare(test.args, io.Discard)
			if text := ""; err != nil {
				if text = err.Error(); text != test.err {
					t.Errorf("got %q, want %q", text, test.err)
				}
			} else if test.err != "" || o.File != test.file {
				t.Errorf("got the file %q, want %q and the error %q", o.File, test.file, test.err)
			}
		})
	}
}

// The table names every row's source, and says what nobody has seen.
func TestCompareTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if code := compareWithAWS(t.Context(), []string{"-table"}, &out, io.Discard); code != exitOK {
		t.Errorf("exit %d", code)
	}
	for _, row := range latency.Table {
		if !strings.Contains(out.String(), string(row.What)+": ") || !strings.Contains(out.String(), row.Source) {
			t.Errorf("the table lacks %s", row.What)
		}
	}
}

// The command finds credentials, Region and endpoint as AWS's own tools do. A stack that
// does not exist is an error in AWS's words, and no file.
func TestCompareAsksAWS(t *testing.T) {
	s, err := server.Start(server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	credentials, err := s.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL(), "AWS_REGION": "ap-northeast-2", "AWS_ACCESS_KEY_ID": credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY": credentials.SecretAccessKey, "AWS_SESSION_TOKEN": credentials.SessionToken, "AWS_CONFIG_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
	dir := t.TempDir()
	template, file := filepath.Join(dir, "Nobody.template.json"), filepath.Join(dir, "out.json")
	if err := os.WriteFile(template, []byte(`{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	code := compareWithAWS(t.Context(), []string{"-assembly", template, "-file", file, "Nobody"}, &stdout, &stderr)
	if want := "Stack [Nobody] does not exist"; code != exitFailed || !strings.Contains(stderr.String(), want) {
		t.Errorf("exit %d, %q, want %q in it", code, stderr.String(), want)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file of nothing")
	}
}
