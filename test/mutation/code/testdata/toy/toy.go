// Package toy has one of each thing that the rules break.
package toy

import (
	"errors"
	"strings"
)

// Size is a size.
type Size string

// The sizes.
const (
	Small Size = "small"
	Large Size = "large"
)

var crowds = []string{"herd", "swarm"}

// Of tells the size of so many things called name.
func Of(name string, count int) (Size, error) {
	if count < 0 {
		return "", errors.New("fewer than none")
	}
	for _, crowd := range crowds {
		if crowd == name || strings.HasPrefix(name, "all ") {
			count += 10
		}
	}
	switch {
	case count >= 10:
		return Large, nil
	case !strings.Contains(name, " "):
		count = 0
	}
	return Small, nil
}
