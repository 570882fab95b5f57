package commands

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// initFile is a file of a config
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html#aws-resource-init-files).
type initFile struct {
	Content        json.RawMessage // text, or an object that is written as JSON
	Source         string
	Encoding       string // plain or base64
	Mode           string // octal; of a symbolic link it begins with 120
	Owner, Group   string // the lab's machines have no owners of files
	Authentication string
	Context        map[string]string // values for {{NAME}}
}

// initCommand is a command of a config.
type initCommand struct {
	Command      json.RawMessage // text for the shell, or a list of words
	Env          map[string]string
	Cwd          string
	Test         json.RawMessage
	IgnoreErrors any
}

// initService is a service of a config.
type initService struct {
	Enabled, EnsureRunning any // true or "true"
	Files, Sources         []string
	Packages               map[string][]string
	Commands               []string
}

// initAuthentication is an entry of AWS::CloudFormation::Authentication.
type initAuthentication struct {
	Type, Username, Password, RoleName string
	Buckets, Uris                      []string
}

// isOn reports whether a value is true, in either of JSON's forms.
func isOn(v any) bool { return v == true || v == "true" }

// placeholder is a variable of mustache, the templates of cfn-init's files.
var placeholder = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// write writes a file.
func (c *cfnInit) write(ctx context.Context, name string, f initFile) error {
	data, err := c.content(ctx, f)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if f.Mode != "" {
		n, err := strconv.ParseUint(f.Mode, 8, 32)
		if err != nil {
			return fmt.Errorf("mode %q is not octal", f.Mode)
		}
		if n&0o170000 == 0o120000 { // a symbolic link to the content
			if data, err = c.Files.ReadFile(c.path(string(data))); err != nil {
				return fmt.Errorf("symbolic links are copies here: %s", reason(err))
			}
			n = 0o644
		}
		mode = fs.FileMode(n).Perm()
	}
	if err := c.ensureFolder(name); err != nil {
		return errors.New(reason(err))
	}
	old, missing := c.Files.ReadFile(name)
	if err := c.Files.WriteFile(name, data); err != nil {
		return errors.New(reason(err))
	}
	if missing != nil || !bytes.Equal(old, data) {
		c.changedFiles[name] = true
	}
	c.tell("INFO", "Created file %s", name)
	return c.Files.Chmod(name, mode)
}

func (c *cfnInit) content(ctx context.Context, f initFile) ([]byte, error) {
	if f.Source != "" {
		return c.fetch(ctx, f.Source, f.Authentication)
	}
	var text string
	if json.Unmarshal(f.Content, &text) != nil {
		text = string(f.Content)
	}
	if f.Context != nil {
		text = placeholder.ReplaceAllStringFunc(text, func(v string) string { return f.Context[placeholder.FindStringSubmatch(v)[1]] })
	}
	switch f.Encoding {
	case "", "plain":
		return []byte(text), nil
	case "base64":
		return base64.StdEncoding.DecodeString(text)
	}
	return nil, fmt.Errorf("unsupported encoding %q: want plain or base64", f.Encoding)
}

// fetch reads what a URL leads to, over the machine's network. Authentication for S3 signs
// with the instance's role.
func (c *cfnInit) fetch(ctx context.Context, address, authentication string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if a, ok := c.authenticationOf(u, authentication); ok {
		switch a.Type {
		case "S3":
			if err := c.signAs(ctx, request, a.RoleName, "s3", c.place()); err != nil {
				return nil, err
			}
		case "basic":
			request.SetBasicAuth(a.Username, a.Password)
		default:
			return nil, fmt.Errorf("unsupported authentication %q: want S3 or basic", a.Type)
		}
	}
	response, err := c.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("Failed to retrieve %s: %w", address, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("HTTP status %s", response.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("Failed to retrieve %s: %w", address, err)
	}
	return body, nil
}

// authenticationOf finds the entry for a URL: the one that is named, or one for its bucket
// or address.
func (c *cfnInit) authenticationOf(u *url.URL, name string) (initAuthentication, bool) {
	if a, ok := c.authentication[name]; ok {
		return a, true
	}
	inPath, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	inHost, _, _ := strings.Cut(u.Host, ".s3")
	for _, a := range c.authentication {
		if slices.Contains(a.Buckets, inPath) || slices.Contains(a.Buckets, inHost) || slices.Contains(a.Uris, u.String()) {
			return a, true
		}
	}
	return initAuthentication{}, false
}

// unpack fetches an archive and unpacks it into a folder
// (…/aws-resource-init.html#aws-resource-init-sources).
func (c *cfnInit) unpack(ctx context.Context, folder, address string) error {
	data, err := c.fetch(ctx, address, "")
	if err != nil {
		return err
	}
	if err := c.Files.Mkdir(c.path(folder), true); err != nil {
		return errors.New(reason(err))
	}
	if bytes.HasPrefix(data, []byte("PK")) {
		return c.unzip(folder, data)
	}
	var in io.Reader = bytes.NewReader(data)
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		if in, err = gzip.NewReader(in); err != nil {
			return fmt.Errorf("source %s: %w", address, err)
		}
	case bytes.HasPrefix(data, []byte("BZh")):
		in = bzip2.NewReader(in)
	}
	archive := tar.NewReader(in)
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && h.Typeflag == tar.TypeReg {
			err = c.extract(folder, h.Name, h.FileInfo().Mode(), archive)
		}
		if err != nil {
			return fmt.Errorf("source %s: %w", address, err)
		}
	}
}

func (c *cfnInit) unzip(folder string, data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		in, err := f.Open()
		if err == nil {
			err = errors.Join(c.extract(folder, f.Name, f.Mode(), in), in.Close())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// extract writes a file of an archive, below the folder.
func (c *cfnInit) extract(folder, name string, mode fs.FileMode, in io.Reader) error {
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	at := path.Join(c.path(folder), path.Clean("/"+name))
	if err := c.ensureFolder(at); err != nil {
		return err
	}
	if err := c.Files.WriteFile(at, data); err != nil {
		return err
	}
	return c.Files.Chmod(at, mode.Perm())
}

// command runs a command, if its test succeeds.
func (c *cfnInit) command(ctx context.Context, name string, command initCommand) error {
	if command.Test != nil {
		if status := c.shell(ctx, command.Test, command); status != 0 {
			c.tell("INFO", "Test failed with code %d: command %s does not run", status, name)
			return nil
		}
	}
	status := c.shell(ctx, command.Command, command)
	switch {
	case status == 0:
		c.tell("INFO", "Command %s succeeded", name)
	case isOn(command.IgnoreErrors):
		c.tell("INFO", "Command %s failed with code %d, which is ignored", name, status)
	default:
		return fmt.Errorf("Command %s failed", name)
	}
	return nil
}

// shell runs a text or a list of words.
func (c *cfnInit) shell(ctx context.Context, what json.RawMessage, of initCommand) int {
	p := c.child()
	if of.Cwd != "" {
		p.Dir = of.Cwd
	}
	for name, value := range of.Env {
		p.Env = MergeEnv(append(p.Env, name+"="+value)...)
	}
	var output bytes.Buffer
	p.In, p.Out, p.Err = bytes.NewReader(nil), &output, &output
	defer func() { c.tell("INFO", "%s", strings.TrimSpace(output.String())) }()
	var words []string
	if json.Unmarshal(what, &words) == nil && len(words) > 0 {
		return p.Run(ctx, words)
	}
	var text string
	if err := json.Unmarshal(what, &text); err != nil {
		return p.Fail(1, "%s is neither a text nor a list of words", what)
	}
	return p.Shell(ctx, p, Script{Name: "sh", Text: text})
}

// initManagers are the commands by the names of cfn-init's package managers.
var initManagers = map[string]string{"yum": "yum", "apt": "apt-get"}

// install installs packages.
func (c *cfnInit) install(ctx context.Context, manager string, names []string) error {
	command, ok := initManagers[manager]
	if !ok {
		c.tell("INFO", "%s", notInstalled(names))
		return nil
	}
	var output bytes.Buffer
	p := c.child()
	p.Out, p.Err = &output, &output
	status := p.Run(ctx, append([]string{command, "-y", "install"}, names...))
	c.tell("INFO", "%s", strings.TrimSpace(output.String()))
	if status != 0 {
		return fmt.Errorf("Could not successfully install %s packages", manager)
	}
	for _, name := range names {
		c.changedPackages[manager+"/"+name] = true
	}
	return nil
}

// service starts or stops a service, and starts it again where what it depends on has
// changed (…/aws-resource-init.html#aws-resource-init-services).
func (c *cfnInit) service(ctx context.Context, manager, name string, s initService) error {
	verbs := []string{}
	if s.Enabled != nil {
		verbs = append(verbs, map[bool]string{true: "enable", false: "disable"}[isOn(s.Enabled)])
	}
	changed := slices.ContainsFunc(s.Files, func(f string) bool { return c.changedFiles[f] })
	for manager, names := range s.Packages {
		changed = changed || slices.ContainsFunc(names, func(n string) bool { return c.changedPackages[manager+"/"+n] })
	}
	switch running := c.Services.State(unitName(name)) == "active"; {
	case s.EnsureRunning == nil:
	case isOn(s.EnsureRunning) && !running:
		verbs = append(verbs, "start")
	case isOn(s.EnsureRunning) && changed:
		verbs = append(verbs, "restart")
	case !isOn(s.EnsureRunning) && running:
		verbs = append(verbs, "stop")
	}
	for _, verb := range verbs {
		var output bytes.Buffer
		p := c.child()
		p.Out, p.Err = &output, &output
		if p.Run(ctx, []string{"systemctl", verb, name}) != 0 {
			return fmt.Errorf("Could not %s %s: %s", verb, name, strings.TrimSpace(output.String()))
		}
		c.tell("INFO", "%s %s", verb, name)
	}
	return nil
}
