package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const webAssembly, closedAssembly = "../labtest/testdata/web", "../labtest/testdata/closed"

// command runs the command and returns its exit status and what it prints.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err strings.Builder
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

// A matrix that was declared is expected from then on; what is another one fails.
func TestExpect(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "reach.txt")
	if code, _, stderr := command(t, "-assembly", webAssembly, "-expect", file); code != exitUsage || !strings.Contains(stderr, "-declare "+file+" writes it") {
		t.Errorf("without the file: exit %d: %s", code, stderr)
	}
	if code, out, stderr := command(t, "-assembly", webAssembly, "-declare", file); code != exitOK || strings.Contains(out, "Who can reach whom") {
		t.Fatalf("-declare: exit %d: %s%s", code, out, stderr)
	}
	declared, err := os.ReadFile("../labtest/testdata/web.txt")
	if err != nil {
		t.Fatal(err)
	}
	if written, err := os.ReadFile(file); err != nil || string(written) != string(declared) {
		t.Errorf("-declare wrote another matrix than package labtest (%v):\n%s", err, written)
	}
	if code, out, stderr := command(t, "-assembly", webAssembly, "-expect", file); code != exitOK {
		t.Errorf("-expect: exit %d: %s%s", code, out, stderr)
	}
	code, out, _ := command(t, "-assembly", webAssembly, "-then", closedAssembly, "-expect", file)
	if want := "the internet reaches instance Web (less: tcp 80)"; code != exitFailed || !strings.Contains(out, want) || !strings.Contains(out, "1 updated") {
		t.Errorf("after an update: exit %d, want %q:\n%s", code, want, out)
	}
	if err := os.WriteFile(file, []byte("# Where\n\n# A\n\nreaches\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command(t, "-assembly", webAssembly, "-expect", file); code != exitUsage || !strings.Contains(stderr, "-expect "+file+": line 5") {
		t.Errorf("a broken file: exit %d: %s", code, stderr)
	}
}

// A picture is written of each stack; of one that is updated as it is then.
func TestSVG(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	if code, _, stderr := command(t, "-assembly", webAssembly, "-then", closedAssembly, "-svg", dir); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "Web.svg"))
	if err != nil || !strings.Contains(string(got), "The network of Web") {
		t.Errorf("%v: %.300s", err, got)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command(t, "-assembly", webAssembly, "-svg", file); code != exitFailed || !strings.Contains(stderr, "-svg: ") {
		t.Errorf("into a file: exit %d: %s", code, stderr)
	}
}

func TestJSONOfARun(t *testing.T) {
	t.Parallel()
	code, out, _ := command(t, "-assembly", webAssembly, "-json", "-probe", "internet Web:80", "-probe", "Web Db:22", "-matrix")
	var doc jsonResult
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	if code != exitFailed || doc.OK || len(doc.Probes) != 2 || !doc.Probes[0].OK || doc.Probes[1].State != "filtered" || len(doc.Matrix) == 0 {
		t.Errorf("exit %d: ok %t, probes %+v, %d lines", code, doc.OK, doc.Probes, len(doc.Matrix))
	}
	if s := doc.Stacks[0]; len(s.Instances) != 2 || !s.Instances[0].Running || s.Resources != 23 {
		t.Errorf("instances %+v, %d resources", s.Instances, s.Resources)
	}
}

// -trace and -pcap: the way of a probe that is missed, and a capture of each interface,
// named after its instance.
func TestTraceAndCaptures(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "captures")
	code, out, stderr := command(t, "-assembly", webAssembly, "-trace", "-pcap", dir, "-probe", "Public Db:5432", "-probe", "Web Db:5432")
	if code != exitFailed || !strings.Contains(out, "DROPPED     by DbGroup (sg-") {
		t.Errorf("exit %d, want the group that drops the probe:\n%s%s", code, out, stderr)
	}
	for _, instance := range []string{"instance-Web-eni-", "instance-Db-eni-"} {
		files, err := filepath.Glob(filepath.Join(dir, instance+"*.pcap"))
		if err != nil || len(files) != 1 {
			t.Errorf("%s: files %v, %v; want one", instance, files, err)
		}
	}
	if code, _, stderr := command(t, "-assembly", webAssembly, "-pcap", os.DevNull); code != exitFailed && code != exitUsage || stderr == "" {
		t.Errorf("a file in place of the folder: exit %d: %s", code, stderr)
	}
}
