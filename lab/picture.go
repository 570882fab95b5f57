package main

import (
	"os"
	"path/filepath"
	"strings"

	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/picture"
)

// writePictures writes the pictures of stacks into a folder, which it makes; an empty name
// is none. Of several deployments of a stack the last one counts.
func writePictures(dir string, stacks []deployment.Stack) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, s := range stacks {
		if s.Picture == nil {
			continue
		}
		// The id of a stack of a CDK stage is a path.
		name := strings.NewReplacer("/", "-", `\`, "-").Replace(s.ID) + ".svg"
		if err := os.WriteFile(filepath.Join(dir, name), picture.Draw(*s.Picture, picture.Options{}), 0o644); err != nil {
			return err
		}
	}
	return nil
}
