package build

import (
	"os"
	"path/filepath"
	"slices"
	"time"
)

// cacheDir is where binaries are kept: in the user's own cache, outside every
// source tree, as module caches and vendor folders are read-only.
func cacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	return filepath.Join(base, "proven-endpoints", "functions")
}

// keptBuilds is how many older builds stay, for other apps and processes, and keptFor how
// long every build stays after its last use: another process may be about to read it.
const (
	keptBuilds = 8
	keptFor    = 2 * time.Hour
)

// used notes that a build is in use. Where that cannot be noted, it counts as old.
func used(path string) {
	now := time.Now()
	_ = os.Chtimes(path, now, now)
}

// prune removes all but the newest builds. What cannot be removed stays.
func prune(dir, current string) { pruneIf(dir, current, os.DirEntry.IsDir) }

// prunePackages removes all but the newest packages.
func prunePackages(dir string) {
	pruneIf(dir, "", func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".zip" })
}

func pruneIf(dir, current string, counts func(os.DirEntry) bool) {
	type build struct {
		name string
		made time.Time
	}
	entries, _ := os.ReadDir(dir)
	var old []build
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && counts(entry) && entry.Name() != current {
			old = append(old, build{entry.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(old, func(a, b build) int { return b.made.Compare(a.made) })
	for i := keptBuilds; i < len(old); i++ {
		if time.Since(old[i].made) < keptFor {
			continue
		}
		os.RemoveAll(filepath.Join(dir, old[i].name))
	}
}
