package build

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"

	"provenendpoints/internal/module"
)

// Prebuilt returns the binaries in a folder that [Into] has filled. The error
// names what is missing, or what is something else.
func Prebuilt(dir string) (Binaries, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, err
	}
	for name, folder := range functions {
		if err := check(filepath.Join(at, name, bootstrapName), module.Package(folder)); err != nil {
			return Binaries{}, fmt.Errorf("%w; make it by `go run %s %s`", err, module.Package("lambda/build"), dir)
		}
	}
	return in(at), nil
}

// check reports what is wrong with a binary: it must be that of the package, for
// Graviton, and Lambda must be able to start it.
func check(file, pkg string) error {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return fmt.Errorf("no binary of %s: %w", pkg, err)
	}
	if info.Path != pkg {
		return fmt.Errorf("%s: must be made from %s, got %s", file, pkg, info.Path)
	}
	want := map[string]string{"GOOS": "linux", "GOARCH": "arm64", "CGO_ENABLED": "0"}
	for _, setting := range info.Settings {
		if value, matters := want[setting.Key]; matters && setting.Value != value {
			return fmt.Errorf("%s: %s must be %s, got %s", file, setting.Key, value, setting.Value)
		}
	}
	if stat, err := os.Stat(file); err != nil || stat.Mode()&0o111 == 0 {
		return fmt.Errorf("%s: must be executable", file)
	}
	return nil
}
