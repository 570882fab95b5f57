package build

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Package is a function's deployment package: a zip file that is uploaded as it is.
type Package struct {
	// File is the zip file.
	File string
	// SHA256 is its hash in Base64, as Lambda tells it of a function's code
	// (docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html: CodeSha256).
	SHA256 string
}

// Pack makes the deployment package of a folder that holds one bootstrap. The same
// binary gives the same bytes, whatever its time; they are kept in the user's cache.
func Pack(dir string) (Package, error) {
	if known, ok := packed.Load(dir); ok {
		return known.(Package), nil
	}
	made, err := pack(dir)
	if err == nil {
		packed.Store(dir, made)
	}
	return made, err
}

// packed are the packages of this process, by their folders.
var packed sync.Map

func pack(dir string) (Package, error) {
	binary, err := os.ReadFile(filepath.Join(dir, bootstrapName))
	if err != nil {
		return Package{}, fmt.Errorf("pack a function: %w", err)
	}
	cache := filepath.Join(cacheDir(), "..", "packages")
	source := sha256.Sum256(binary)
	file := filepath.Join(cache, hex.EncodeToString(source[:])+".zip")
	text, err := os.ReadFile(file)
	if err != nil {
		if text, err = packOne(binary); err != nil {
			return Package{}, fmt.Errorf("pack a function: %w", err)
		}
		if err := replace(file, text); err != nil {
			return Package{}, fmt.Errorf("pack a function: %w", err)
		}
		prunePackages(cache)
	} else {
		used(file)
	}
	sum := sha256.Sum256(text)
	return Package{File: file, SHA256: base64.StdEncoding.EncodeToString(sum[:])}, nil
}

// packOne is a zip file with the bootstrap alone. Lambda's user must be able to read and run it.
func packOne(binary []byte) ([]byte, error) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: bootstrapName, Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// replace writes a file so that another process never finds an incomplete one.
func replace(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	made, err := os.CreateTemp(filepath.Dir(file), "making-")
	if err != nil {
		return err
	}
	defer os.Remove(made.Name())
	if _, err := made.Write(data); err != nil {
		made.Close()
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	if err := os.Chmod(made.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(made.Name(), file)
}
