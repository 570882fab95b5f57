package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"provenendpoints/internal/module"
)

// buildFlags make builds reproducible on any machine: no path, no version control,
// no build id, no symbols. lambda.norpc leaves out the protocol of the old go1.x
// runtime.
var buildFlags = []string{
	"-trimpath", "-buildvcs=false", "-tags=lambda.norpc", "-ldflags=-s -w -buildid=",
}

// targetEnv selects what the binaries run on: static, for Graviton.
var targetEnv = []string{"GOOS=linux", "GOARCH=arm64", "GOARM64=v8.0", "CGO_ENABLED=0", "GOEXPERIMENT="}

// sourceKey is a hash of everything that the binaries depend on: toolchain, flags,
// the files of modules that can change, and the versions of those whose content
// the checksum database vouches for.
func sourceKey(source string) (string, error) {
	var version, listing string
	var group errgroup.Group
	group.Go(func() (err error) { version, err = goCommand(source, "env", "GOVERSION"); return })
	group.Go(func() (err error) {
		// A module with a version, and not replaced, has immutable content. In a
		// vendor folder, where modules have no folder of their own, it has not.
		const format = `{{if not .Standard}}{{.ImportPath}}	` +
			`{{with .Module}}{{if and .Version .Dir (not .Replace)}}{{.Version}}{{end}}{{end}}	` +
			`{{.Dir}}	{{range .GoFiles}}{{.}}	{{end}}{{range .SFiles}}{{.}}	{{end}}{{range .EmbedFiles}}{{.}}	{{end}}{{end}}`
		args := []string{"list", "-deps", "-tags=lambda.norpc", "-f", format}
		for _, folder := range []string{"lambda/prober", "lambda/verifier"} {
			args = append(args, module.Package(folder))
		}
		listing, err = goCommand(source, args...)
		return
	})
	if err := group.Wait(); err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, version, buildFlags, targetEnv)
	for line := range strings.Lines(listing) {
		if err := hashPackage(sum, line); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// hashPackage adds a line of sourceKey's listing: path, version, directory, files.
func hashPackage(sum io.Writer, line string) error {
	fields := strings.Split(strings.TrimSpace(line), "\t")
	if len(fields) < 3 {
		return nil
	}
	path, version, dir := fields[0], fields[1], fields[2]
	fmt.Fprintln(sum, path, version)
	if version != "" {
		return nil
	}
	for _, name := range fields[3:] {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		fmt.Fprintln(sum, name, len(content))
		_, _ = sum.Write(content) // a hash never fails
	}
	return nil
}
