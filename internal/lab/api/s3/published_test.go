package s3

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
)

// Assets are in the account's own bucket, a folder as a zip file, and no stack has left them.
func TestPublish(t *testing.T) {
	t.Parallel()
	c := clock.New(1)
	t.Cleanup(c.Stop)
	s := New(Options{Scope: awsid.Scope{Region: "eu-west-1", Account: "123456789012"}, Clock: c})
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "a", "sub/b.txt": "b"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for key, path := range map[string]string{"folder.zip": dir, "file.txt": filepath.Join(dir, "a.txt"), "gone.zip": filepath.Join(dir, "gone")} {
		if err := s.Publish("cdk-assets", key, path); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := s.Object("cdk-assets", "file.txt"); err != nil || string(data) != "a" {
		t.Errorf("%q %v", data, err)
	}
	if _, err := s.Object("cdk-assets", "gone.zip"); err == nil {
		t.Error("a file that is gone is read")
	}
	data, err := s.Object("cdk-assets", "folder.zip")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	in, err := archive.Open("sub/b.txt")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(in); err != nil || string(text) != "b" {
		t.Errorf("%q %v", text, err)
	}
	if left := s.Buckets(); len(left) != 0 {
		t.Errorf("buckets %v", left)
	}
}
