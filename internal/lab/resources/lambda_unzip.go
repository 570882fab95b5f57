package resources

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// unpacked returns a temporary folder with what fill puts into it, one for each key.
func (r *Resources) unpacked(key string, fill func(dir string) error) (string, error) {
	r.unpacking.Lock()
	defer r.unpacking.Unlock()
	if dir, ok := r.unpackedCode[key]; ok {
		return dir, nil
	}
	dir, err := os.MkdirTemp("", "lab-code-")
	if err != nil {
		return "", err
	}
	if err := fill(dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	if r.unpackedCode == nil {
		r.unpackedCode = map[string]string{}
	}
	r.unpackedCode[key] = dir
	return dir, nil
}

// removeCode removes the folders of unpacked code.
func (r *Resources) removeCode() {
	r.unpacking.Lock()
	defer r.unpacking.Unlock()
	for _, dir := range r.unpackedCode {
		_ = os.RemoveAll(dir) // temporary files
	}
	r.unpackedCode = nil
}

// maxUnzipped is the size limit of a function's code, in bytes
// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const maxUnzipped = 250 << 20

// unzip unpacks a zip file.
func unzip(file, dir string) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("its code %s is not a zip file: %w", filepath.Base(file), err)
	}
	defer z.Close()
	return unzipInto(&z.Reader, filepath.Base(file), dir)
}

// unzipInto unpacks a zip file of this name. Names that lead out of dir are refused.
func unzipInto(z *zip.Reader, name, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	left := int64(maxUnzipped)
	for _, f := range z.File {
		path := filepath.FromSlash(strings.TrimSuffix(f.Name, "/"))
		if f.FileInfo().IsDir() {
			err = root.MkdirAll(path, 0o755)
		} else {
			err = unzipFile(root, f, path, &left)
		}
		if err != nil {
			return fmt.Errorf("its code %s: %s: %w", name, f.Name, err)
		}
	}
	return nil
}

func unzipFile(root *os.Root, f *zip.File, name string, left *int64) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, f.Mode().Perm()|0o400)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, *left+1))
	if *left -= n; *left < 0 && err == nil {
		err = fmt.Errorf("more than %d bytes", maxUnzipped)
	}
	return errors.Join(err, out.Close())
}
