package build

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
)

// The package has the bootstrap alone, executable, and its hash is that of its bytes,
// whenever and wherever it is made.
func TestPack(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	make := func(text string) Package {
		t.Helper()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, bootstrapName), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		p, err := Pack(dir)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := make("binary")
	data, err := os.ReadFile(first.File)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(data); base64.StdEncoding.EncodeToString(sum[:]) != first.SHA256 {
		t.Errorf("the hash is %s", first.SHA256)
	}
	z, err := zip.OpenReader(first.File)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 1 || z.File[0].Name != "bootstrap" || z.File[0].Mode().Perm() != 0o755 {
		t.Errorf("the package has %d files, the first is %s with the mode %s", len(z.File), z.File[0].Name, z.File[0].Mode())
	}
	if err := os.Remove(first.File); err != nil { // made anew, not found
		t.Fatal(err)
	}
	if again := make("binary"); again.SHA256 != first.SHA256 {
		t.Errorf("the same binary gives %s and %s", first.SHA256, again.SHA256)
	}
	if other := make("another"); other.SHA256 == first.SHA256 || other.File == first.File {
		t.Error("another binary gives the same package")
	}
	if _, err := Pack(t.TempDir()); err == nil {
		t.Error("a folder without a bootstrap was packed")
	}
}
