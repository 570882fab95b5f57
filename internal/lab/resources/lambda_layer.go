package resources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::Lambda::LayerVersion", (*Resources).layerType) }

type layerProps struct {
	Content struct {
		S3Bucket        string `cfn:"required"`
		S3Key           string `cfn:"required"`
		S3ObjectVersion string `cfn:"inert"` // assets have one version
	} `cfn:"required,replace"`
	LayerName               string `cfn:"replace"`
	CompatibleArchitectures any    `cfn:"inert,replace"` // what runs it says so itself
	CompatibleRuntimes      any    `cfn:"inert,replace"` // what runs it says so itself
	Description             string `cfn:"inert,replace"` // text for people
	LicenseInfo             string `cfn:"inert,replace"` // text for people
}

// layerType is AWS::Lambda::LayerVersion. Its Ref is the ARN.
func (r *Resources) layerType() cfn.Definition[layerProps] {
	return cfn.Definition[layerProps]{
		Attributes: []string{"LayerVersionArn"},
		Inert: func(p layerProps, assets map[string]string) string {
			if _, err := r.assetRoot(p.Content.S3Bucket, p.Content.S3Key, assets); err != nil {
				return "functions do not have it: " + err.Error()
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[layerProps]) (cfn.Result, error) {
			name := c.Props.LayerName
			if name == "" {
				name = r.name(c.Request, 64)
			}
			key := "layer " + name
			arn := r.Scope.ARN("lambda", "layer:"+name+":"+strings.TrimPrefix(r.generation(key), key+"/"))
			root, err := r.assetRoot(c.Props.Content.S3Bucket, c.Props.Content.S3Key, c.Assets)
			if err != nil {
				root = "" // said before
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			r.layers[arn] = root
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"LayerVersionArn": arn}}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[layerProps]) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.layers, c.PhysicalID)
			return nil
		},
	}
}

// layersOf is the folder with the contents of layers, the later ones over the earlier ones;
// empty without layers (docs.aws.amazon.com/lambda/latest/dg/adding-layers.html).
func (r *Resources) layersOf(arns []string) (string, error) {
	if len(arns) == 0 {
		return "", nil
	}
	var roots []string
	r.mu.Lock()
	for _, arn := range arns {
		root, ok := r.layers[arn]
		if !ok || root == "" {
			r.mu.Unlock()
			return "", fmt.Errorf("the lab does not have its layer %s", arn)
		}
		roots = append(roots, root)
	}
	r.mu.Unlock()
	return r.unpacked("layers "+strings.Join(roots, " "), func(dir string) error {
		var errs []error
		for _, root := range roots {
			errs = append(errs, copyOver(dir, root))
		}
		return errors.Join(errs...)
	})
}

// copyOver copies a folder's files into another, over those that are there.
func copyOver(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		at := filepath.Join(to, rest)
		switch {
		case entry.IsDir():
			return os.MkdirAll(at, 0o755)
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, at)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, withInterpreter(text), info.Mode().Perm()|0o400)
	})
}

// withInterpreter gives a script that names Lambda's own Python or Node.js the machine's: the
// command line tools of AWS, in CDK's layer, are such.
func withInterpreter(text []byte) []byte {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	for _, family := range []string{"python", "nodejs"} {
		if !bytes.HasPrefix(line, []byte("#!"+lambdaInterpreters[family])) {
			continue
		}
		if found := interpreters[family](); found.err == nil {
			return slices.Concat([]byte("#!"+found.path+"\n"), rest)
		}
	}
	return text
}

// lambdaInterpreters are where Lambda's runtimes have their interpreters.
var lambdaInterpreters = map[string]string{"python": "/var/lang/bin/python", "nodejs": "/var/lang/bin/node"}
