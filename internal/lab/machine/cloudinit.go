package machine

import (
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	"provenendpoints/internal/lab/machine/memfs"
)

// part is a part of user data.
type part struct{ kind, text string }

// The kinds of parts, by their media types.
const (
	shellScript = "text/x-shellscript"
	cloudConfig = "text/cloud-config"
	boothook    = "text/cloud-boothook"
)

// How parts begin that say themselves what they are.
const (
	configMark   = "#cloud-config"
	boothookMark = "#cloud-boothook"
)

// splitParts takes a MIME message apart; other user data are one part.
func splitParts(userData string) ([]part, error) {
	if !strings.HasPrefix(strings.ToLower(userData), "content-type:") && !strings.HasPrefix(strings.ToLower(userData), "mime-version:") {
		return []part{{kindOf(userData), userData}}, nil
	}
	message, err := mail.ReadMessage(strings.NewReader(userData))
	if err != nil {
		return nil, fmt.Errorf("no MIME message: %w", err)
	}
	media, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		return nil, fmt.Errorf("a MIME message of the type %q: want multipart/mixed", message.Header.Get("Content-Type"))
	}
	var out []part
	reader := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		p, err := reader.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("MIME message: %w", err)
		}
		var in io.Reader = p
		if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "base64") {
			in = base64.NewDecoder(base64.StdEncoding, p)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("MIME message: %w", err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		switch {
		case err != nil || kind == "text/plain":
			kind = kindOf(string(text))
		case !slices.Contains([]string{shellScript, cloudConfig, boothook}, kind):
			return nil, fmt.Errorf("unsupported part %s of a MIME message: want %s, %s or %s", kind, shellScript, cloudConfig, boothook)
		}
		out = append(out, part{kind, string(text)})
	}
}

func kindOf(text string) string {
	switch {
	case strings.HasPrefix(text, configMark):
		return cloudConfig
	case strings.HasPrefix(text, boothookMark):
		return boothook
	}
	return shellScript
}

// config is what is read of cloud-config
// (cloudinit.readthedocs.io/en/latest/reference/modules.html).
type config struct {
	Bootcmd    []any       `yaml:"bootcmd"`
	WriteFiles []cloudFile `yaml:"write_files"`
	Packages   []any       `yaml:"packages"`
	Runcmd     []any       `yaml:"runcmd"`
}

// unobservedKeys are keys of cloud-config whose effect nothing in the lab observes: users,
// names, clocks, and updates of what the lab does not have.
var unobservedKeys = []string{
	"chpasswd", "disable_root", "final_message", "fqdn", "groups", "hostname", "locale", "manage_etc_hosts", "ntp", "output", "package_reboot_if_required", "package_update",
	"package_upgrade", "preserve_hostname", "repo_update", "repo_upgrade", "ssh_authorized_keys", "ssh_pwauth", "timezone", "users",
}

// cloudFile is a member of write_files.
type cloudFile struct {
	Path        string `yaml:"path"`
	Content     string `yaml:"content"`
	Encoding    string `yaml:"encoding"`
	Permissions string `yaml:"permissions"`
	Owner       string `yaml:"owner"` // the lab's machines have no owners of files
	Append      bool   `yaml:"append"`
	Defer       bool   `yaml:"defer"` // until users exist, who do not here
}

// readCloudConfig returns the steps of cloud-config: those at boot, and the others.
func readCloudConfig(text string) (boot, steps []step, err error) {
	var keys map[string]any
	var c config
	if err := yaml.Unmarshal([]byte(text), &keys); err != nil {
		return nil, nil, fmt.Errorf("cloud-config: %w", err)
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(append([]string{"bootcmd", "write_files", "packages", "runcmd"}, unobservedKeys...), key) {
			return nil, nil, fmt.Errorf("unsupported cloud-config %q", key)
		}
	}
	if err := yaml.Unmarshal([]byte(text), &c); err != nil {
		return nil, nil, fmt.Errorf("cloud-config: %w", err)
	}
	if boot, err = commandSteps("bootcmd", c.Bootcmd); err != nil {
		return nil, nil, err
	}
	for _, f := range c.WriteFiles {
		if !path.IsAbs(f.Path) {
			return nil, nil, fmt.Errorf("cloud-config write_files: %q is not an absolute path", f.Path)
		}
		steps = append(steps, step{file: &f})
	}
	if len(c.Packages) > 0 {
		words := []any{"yum", "-y", "install"}
		for _, p := range c.Packages {
			if list, ok := p.([]any); ok && len(list) > 0 { // name and version
				p = list[0]
			}
			words = append(words, p)
		}
		installs, err := commandSteps("packages", []any{words})
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, installs...)
	}
	runs, err := commandSteps("runcmd", c.Runcmd)
	return boot, append(steps, runs...), err
}

// commandSteps make one script of commands, as cloud-init does: a text is a line of it, a
// list is a command with its arguments.
func commandSteps(name string, commands []any) ([]step, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	var script strings.Builder
	for _, c := range commands {
		words, ok := c.([]any)
		if !ok {
			fmt.Fprintln(&script, c)
			continue
		}
		for _, w := range words {
			quoted, err := syntax.Quote(fmt.Sprint(w), syntax.LangBash)
			if err != nil {
				return nil, fmt.Errorf("cloud-config %s: %w", name, err)
			}
			fmt.Fprint(&script, quoted, " ")
		}
		fmt.Fprintln(&script)
	}
	s, err := scriptStep(name, script.String())
	return []step{s}, err
}

// write writes the file, with its folders.
func (f *cloudFile) write(files *memfs.FS) error {
	data := []byte(f.Content)
	switch f.Encoding {
	case "", "text/plain":
	case "b64", "base64":
		var err error
		if data, err = base64.StdEncoding.DecodeString(f.Content); err != nil {
			return fmt.Errorf("cloud-config write_files: %s: %w", f.Path, err)
		}
	default:
		return fmt.Errorf("cloud-config write_files: %s: unsupported encoding %q", f.Path, f.Encoding)
	}
	mode := uint64(0o644)
	if f.Permissions != "" {
		var err error
		if mode, err = strconv.ParseUint(f.Permissions, 8, 32); err != nil {
			return fmt.Errorf("cloud-config write_files: %s: permissions %q are not octal", f.Path, f.Permissions)
		}
	}
	if err := files.Mkdir(path.Dir(f.Path), true); err != nil {
		return err
	}
	flag := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if f.Append {
		flag = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	out, err := files.Open(f.Path, flag, 0o644)
	if err != nil {
		return err
	}
	if _, err := out.Write(data); err != nil {
		return err
	}
	return files.Chmod(f.Path, fs.FileMode(mode))
}
