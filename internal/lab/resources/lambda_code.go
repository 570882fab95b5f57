package resources

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/sandbox"
)

// The code of functions: what runs in this process, what runs as a process of its own
// with the machine's interpreter, and what cannot run here.

// codeOf finds the program of a function. The error says why it cannot run here.
//
// The lab's time stands still meanwhile: other processes and the disk are at work, of
// which its clock knows nothing.
func (r *Resources) codeOf(p functionProps, assets map[string]string) (functions.Program, error) {
	defer clock.Hold()()
	if p.PackageType == "Image" || p.Code.ImageUri != "" {
		return nil, errors.New("its code is a container image, and the lab has no images")
	}
	layers, err := r.layersOf(p.Layers)
	if err != nil {
		return nil, err
	}
	family := runtimeFamily(p.Runtime)
	if family == "" {
		return nil, fmt.Errorf("the lab has no runtime %s: it has nodejs, python and provided", p.Runtime)
	}
	if file := packedAsset(p.Code.S3Key, assets); file != "" && family == "provided" {
		if program, err := r.Programs.FindPacked(file, architecture(p.Architectures)); err == nil {
			return program, nil
		}
	}
	root, err := r.codeRoot(p, family, assets)
	if err != nil {
		return nil, err
	}
	if family == "provided" {
		return r.binary(p, root, layers)
	}
	command, err := interpreter(family)
	if err != nil {
		return nil, err
	}
	return functions.External{Command: command, Root: root, Layers: layers, Handler: p.Handler, Runtime: p.Runtime, Memory: valueOr(p.MemorySize, 128)}.Program(), nil
}

// runtimeFamily is nodejs, python or provided; empty for all others. The machine has
// one version of each.
func runtimeFamily(runtime string) string {
	for prefix, family := range map[string]string{"nodejs": "nodejs", "python3": "python", "provided": "provided", "go1.x": "provided"} {
		if strings.HasPrefix(runtime, prefix) {
			return family
		}
	}
	return ""
}

// binary is the program of an executable named bootstrap: one that the lab has in this
// process, or any for this machine.
func (r *Resources) binary(p functionProps, root, layers string) (functions.Program, error) {
	program, unknown := r.Programs.Find(root, architecture(p.Architectures))
	if unknown == nil {
		return program, nil
	}
	name := "bootstrap"
	if p.Runtime == "go1.x" {
		name = p.Handler
	}
	file := filepath.Join(root, name)
	machine, err := machineOf(file)
	switch {
	case err != nil:
		return nil, err
	case machine != goruntime.GOARCH:
		return nil, fmt.Errorf("%s is built for %s, and this machine is %s", name, machine, goruntime.GOARCH)
	case machine != architecture(p.Architectures):
		return nil, fmt.Errorf("%s is built for %s, but the function runs on %s", name, machine, architecture(p.Architectures))
	}
	if err := sandbox.Probe(); err != nil {
		return nil, err
	}
	return functions.External{Command: []string{file}, Root: root, Layers: layers, Handler: p.Handler, Runtime: p.Runtime, Memory: valueOr(p.MemorySize, 128)}.Program(), nil
}

// machineOf returns, in Go's words, what an executable runs on. A script runs everywhere.
func machineOf(file string) (string, error) {
	text := make([]byte, 2)
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("its code has no executable named %s", filepath.Base(file))
	}
	defer f.Close()
	if _, err := io.ReadFull(f, text); err == nil && string(text) == "#!" {
		return goruntime.GOARCH, nil
	}
	e, err := elf.NewFile(f)
	if err != nil {
		return "", fmt.Errorf("%s is neither a Linux executable nor a script", filepath.Base(file))
	}
	switch e.Machine {
	case elf.EM_X86_64:
		return "amd64", nil
	case elf.EM_AARCH64:
		return "arm64", nil
	}
	return e.Machine.String(), nil
}

// interpreter is the command that runs handlers of a family: the machine's own, by its
// real path, because what is on the PATH may be a script that needs more than the
// function is given. It is looked for once.
func interpreter(family string) ([]string, error) {
	found := interpreters[family]()
	if found.err != nil {
		return nil, found.err
	}
	return []string{found.path, "RUNTIME/" + found.bootstrap}, nil
}

type foundInterpreter struct {
	path, bootstrap string
	err             error
}

var interpreters = map[string]func() foundInterpreter{
	"nodejs": sync.OnceValue(func() foundInterpreter {
		return findInterpreter("node", "bootstrap.js", "-p", "process.execPath")
	}),
	"python": sync.OnceValue(func() foundInterpreter {
		return findInterpreter("python3", "bootstrap.py", "-c", "import sys; print(sys.executable)")
	}),
}

func findInterpreter(name, bootstrap string, args ...string) foundInterpreter {
	if err := sandbox.Probe(); err != nil {
		return foundInterpreter{err: err}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return foundInterpreter{err: fmt.Errorf("%s is not on the PATH of this machine", name)}
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		return foundInterpreter{err: fmt.Errorf("%s does not run on this machine: %w", name, err)}
	}
	return foundInterpreter{path: strings.TrimSpace(string(out)), bootstrap: bootstrap}
}

// codeRoot is the folder of a function's code: an asset, an asset that is a zip file,
// or inline code, which is the file index of the runtime's language.
func (r *Resources) codeRoot(p functionProps, family string, assets map[string]string) (string, error) {
	if p.Code.ZipFile != "" {
		return r.inlineRoot(p, family)
	}
	return r.assetRoot(p.Code.S3Bucket, p.Code.S3Key, assets)
}

// assetOf is the file or folder of an asset, by the key of its object.
func assetOf(key string, assets map[string]string) (string, bool) {
	file, ok := assets[key]
	if !ok {
		file, ok = assets[path.Base(key)]
	}
	return file, ok
}

// packedAsset is the file of an asset that is a zip file; empty for others.
func packedAsset(key string, assets map[string]string) string {
	file, ok := assetOf(key, assets)
	if info, err := os.Stat(file); !ok || err != nil || info.IsDir() {
		return ""
	}
	return file
}

// codeHash is the SHA-256 of a function's deployment package in Base64. A folder is packed
// by whoever uploads it, so that only its own hash is known here, which is the object's key.
func (r *Resources) codeHash(code functionCode, assets map[string]string) string {
	text := []byte(code.ZipFile + code.S3Key)
	if file := packedAsset(code.S3Key, assets); file != "" {
		return hashOf(file)
	}
	if _, ok := assetOf(code.S3Key, assets); !ok && code.S3Key != "" {
		if data, err := r.Buckets.Object(code.S3Bucket, code.S3Key); err == nil {
			text = data
		}
	}
	sum := sha256.Sum256(text)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// hashes are those of files, by their paths, sizes and times of change.
var hashes sync.Map

// hashOf is the hash of a file; empty if it cannot be read.
func hashOf(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return ""
	}
	key := fmt.Sprint(file, info.Size(), info.ModTime().UnixNano())
	if known, ok := hashes.Load(key); ok {
		return known.(string)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	hashes.Store(key, hash)
	return hash
}

// assetRoot is the folder of code in an asset or a bucket.
func (r *Resources) assetRoot(bucket, key string, assets map[string]string) (string, error) {
	file, ok := assetOf(key, assets)
	if !ok {
		return r.codeInBucket(bucket, key)
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return filepath.Abs(file)
	}
	return r.unpacked(fmt.Sprint("zip ", file, info.Size(), info.ModTime().UnixNano()), func(dir string) error {
		return unzip(file, dir)
	})
}

// codeInBucket is the folder of code that is a zip file in one of the account's buckets.
func (r *Resources) codeInBucket(bucket, key string) (string, error) {
	data, err := r.Buckets.Object(bucket, key)
	if err != nil {
		return "", fmt.Errorf("its code %s is not among the assembly's assets, and not in a bucket: %w", key, err)
	}
	return r.unpacked(fmt.Sprintf("object %x", sha256.Sum256(data)), func(dir string) error {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return fmt.Errorf("its code %s is not a zip file: %w", key, err)
		}
		return unzipInto(z, key, dir)
	})
}

// recoded is the program of a function with other code, and the hash of that code. The error
// says why it cannot run here.
func (r *Resources) recoded(p functionProps, code functions.Code) (functions.Program, string, error) {
	p.Code = functionCode{S3Bucket: code.Bucket, S3Key: code.Key}
	hash := r.codeHash(p.Code, nil)
	var assets map[string]string
	if len(code.Zip) > 0 {
		sum := sha256.Sum256(code.Zip)
		hash = base64.StdEncoding.EncodeToString(sum[:])
		dir, err := r.unpacked("given "+hash, func(dir string) error {
			z, err := zip.NewReader(bytes.NewReader(code.Zip), int64(len(code.Zip)))
			if err != nil {
				return fmt.Errorf("the code is not a zip file: %w", err)
			}
			return unzipInto(z, "the code", dir)
		})
		if err != nil {
			return nil, "", err
		}
		p.Code.S3Key = "given.zip"
		assets = map[string]string{p.Code.S3Key: dir}
	}
	program, err := r.codeOf(p, assets)
	return program, hash, err
}
