// Package cdklib reads the package of the CDK library, as the library's Go module brings
// it along. What the library does belongs to the tests that read it.
package cdklib

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each visits the files of the package by their paths in it, which begin with package/,
// until visit returns false. read returns the text of the file that is visited.
func Each(t testing.TB, visit func(path string, read func() []byte) (more bool)) {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-cdk-go/awscdk/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "jsii", "aws-cdk-lib-*.tgz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the library's package: %v, %v", files, err)
	}
	file, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(unpacked)
	read := func() []byte {
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if !visit(header.Name, read) {
			return
		}
	}
}
