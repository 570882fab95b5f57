package functions

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/x509"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/proof"
)

// Environment is what a function is given. On AWS it comes from the operating
// system and the Lambda runtime.
type Environment struct {
	// Name is the function's name, Region and Account are where it is.
	Name, Region, Account string
	// Variables are the function's environment variables.
	Variables map[string]string
	// Network is what the function's packets start from.
	Network Network
	// Roots are the certificate authorities to trust.
	Roots *x509.CertPool
	// RootsPEM are Roots as text, for other processes.
	RootsPEM []byte
	// Context ends when the function is deleted or its code replaced.
	Context context.Context
	// Credentials are those of the function's role.
	Credentials aws.CredentialsProvider
	// Clock is the lab's clock.
	Clock proof.Clock
	// Log writes to the function's log group, in the stream LogStream.
	Log *slog.Logger
	// Output is what Log writes to, for a process's own output.
	Output              io.Writer
	LogGroup, LogStream string
}

// Program makes the handler of a function. It is called once for each function
// and each update of it, as a cold start would.
type Program func(Environment) (lambda.Handler, error)

// Programs are the programs that the lab can run, by the path of the main
// package that the asset's binary was built from.
type Programs map[string]Program

// bootstrap is the name of the executable in a function's asset (the
// provided.al2023 runtime runs it; docs.aws.amazon.com/lambda/latest/dg/golang-package.html).
const bootstrap = "bootstrap"

// Find returns the program that the asset directory dir contains, for a function
// of this architecture in Go's words (arm64, amd64). It refuses, naming what it
// found, anything but a Go binary of a known main package for that architecture.
func (p Programs) Find(dir, architecture string) (Program, error) {
	return p.find(architecture, filepath.Join(dir, bootstrap), readBinary)
}

// FindPacked is Find for an asset that is a zip file. Nothing is unpacked to the disk.
func (p Programs) FindPacked(file, architecture string) (Program, error) {
	return p.find(architecture, file, readPacked)
}

func (p Programs) find(architecture, file string, read func(string) (binary, error)) (Program, error) {
	b, err := cached(file, read)
	if err != nil {
		return nil, err
	}
	program, ok := p[b.main]
	if !ok {
		known := slices.Sorted(maps.Keys(p))
		return nil, fmt.Errorf("function code is built from %s, which the lab cannot run: it runs %s", b.main, strings.Join(known, ", "))
	}
	if b.architecture != architecture {
		return nil, fmt.Errorf("function code is built for %s, but the function runs on %s", b.architecture, architecture)
	}
	return program, nil
}

// binary is what the Go build information says of an executable.
type binary struct{ main, architecture string }

// binaries caches the build information of executables: a test deploys one assembly
// many times. The key holds size and modification time, because a binary may be
// rebuilt.
var binaries sync.Map

type binaryKey struct {
	path     string
	size     int64
	modified int64
}

// cached reads a file's build information, once for each content.
func cached(file string, read func(string) (binary, error)) (binary, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return binary{}, fmt.Errorf("function code has no executable named %s: the lab runs Go binaries for the provided runtimes alone", bootstrap)
	}
	if err != nil {
		return binary{}, fmt.Errorf("read function code: %w", err)
	}
	key := binaryKey{file, info.Size(), info.ModTime().UnixNano()}
	if known, ok := binaries.Load(key); ok {
		return known.(binary), nil
	}
	b, err := read(file)
	if err != nil {
		return binary{}, err
	}
	binaries.Store(key, b)
	return b, nil
}

// readBinary reads the build information of an executable.
func readBinary(file string) (binary, error) {
	f, err := os.Open(file)
	if err != nil {
		return binary{}, fmt.Errorf("read function code: %w", err)
	}
	defer f.Close()
	return buildOf(f)
}

// readPacked reads the build information of the executable in a zip file.
func readPacked(file string) (binary, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return binary{}, fmt.Errorf("function code is not a zip file: %w", err)
	}
	defer z.Close()
	packed, err := z.Open(bootstrap)
	if err != nil {
		return binary{}, fmt.Errorf("function code has no executable named %s", bootstrap)
	}
	defer packed.Close()
	data, err := io.ReadAll(packed)
	if err != nil {
		return binary{}, fmt.Errorf("read function code: %w", err)
	}
	return buildOf(bytes.NewReader(data))
}

func buildOf(r io.ReaderAt) (binary, error) {
	build, err := buildinfo.Read(r)
	if err != nil {
		return binary{}, fmt.Errorf("function code is not a Go binary: %w", err)
	}
	b := binary{main: build.Path}
	for _, s := range build.Settings {
		if s.Key == "GOARCH" {
			b.architecture = s.Value
		}
	}
	return b, nil
}
