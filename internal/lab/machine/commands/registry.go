package commands

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"provenendpoints/internal/lab/machine/memfs"
)

// command runs a process to its end and returns its exit status.
type command func(ctx context.Context, p *Process) int

// registry holds the commands by name. Each adds itself in init and nothing
// changes it later.
var registry = map[string]command{}

// register adds a command under its names.
func register(run command, names ...string) {
	for _, name := range names {
		if registry[name] != nil {
			panic("command registered twice: " + name)
		}
		registry[name] = run
	}
}

// binDirectory is the directory in which the commands lie.
const binDirectory = "/usr/bin"

// commandDirectories are the directories in which a command is found by its path.
var commandDirectories = []string{binDirectory, "/bin", "/usr/sbin", "/sbin", helperDirectory}

// Known reports whether there is a command of this name.
func Known(name string) bool { return registry[name] != nil }

// PathOf returns the path of a command, given by its name or any path of it.
func PathOf(name string) (file string, ok bool) {
	name = path.Base(name)
	return path.Join(binDirectory, name), Known(name)
}

// directories are those of a fresh instance.
var directories = []string{
	"/bin", "/dev", "/etc/systemd/system", "/home/ec2-user", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp",
	binDirectory, helperDirectory, "/usr/local/bin", "/usr/sbin", "/var/lib", "/var/log", "/var/tmp",
}

// Install creates the directories of a fresh instance and a file for each
// command: scripts test for both.
func Install(files *memfs.FS) error {
	for _, name := range directories {
		if err := files.Mkdir(name, true); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(registry)) {
		dir := binDirectory
		if strings.HasPrefix(name, "cfn-") {
			dir = helperDirectory
		}
		file := path.Join(dir, name)
		if err := files.WriteFile(file, nil); err != nil {
			return err
		}
		if err := files.Chmod(file, 0o755); err != nil {
			return err
		}
	}
	return nil
}
