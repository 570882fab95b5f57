package commands

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// Packages are fetched from repositories, which must be in the machine's reach: those of
// Amazon Linux are buckets of the Region
// (docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html). The packages
// themselves are not in the lab. Two of web servers bring a server of its own; all others
// are taken as installed, bring nothing, and are named.

func init() {
	register(runDnf, "dnf", "yum", "microdnf", "amazon-linux-extras")
	register(runApt, "apt-get", "apt")
}

// webPackage is a package that brings a web server.
type webPackage struct{ unit, command, root string }

// webPackages are those of the distributions, by name.
var webPackages = map[string]webPackage{
	"httpd":   {"httpd", "/usr/sbin/httpd -DFOREGROUND", "/var/www/html"},
	"apache2": {"apache2", "/usr/sbin/apache2 -DFOREGROUND", "/var/www/html"},
	"nginx":   {"nginx", "/usr/sbin/nginx", "/usr/share/nginx/html"},
}

// preinstalled are packages whose commands the lab's machines have (Amazon Linux 2023 has
// them, too).
var preinstalled = []string{"aws-cfn-bootstrap", "bash", "bind-utils", "coreutils", "curl", "iptables", "iptables-services", "iputils", "python3", "sudo", "systemd"}

// NotInstalled says which of the packages that a command line installs bring nothing here;
// empty if it installs none, or all that it installs.
func NotInstalled(words []string) string {
	names, installs := packageNames(words)
	if !installs {
		return ""
	}
	return notInstalled(names)
}

func notInstalled(names []string) string {
	var out []string
	for _, name := range names {
		if _, ok := webPackages[name]; !ok && !slices.Contains(preinstalled, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return fmt.Sprintf("packages that bring nothing here: %s", strings.Join(out, ", "))
}

// packageNames are the packages that a command line installs.
func packageNames(words []string) (names []string, installs bool) {
	switch words[0] {
	case "sudo":
		if len(words) > 1 {
			return packageNames(words[1:])
		}
		return nil, false
	case "dnf", "yum", "microdnf", "apt-get", "apt", "amazon-linux-extras":
	default:
		return nil, false
	}
	verb := ""
	for _, word := range words[1:] {
		switch {
		case strings.HasPrefix(word, "-"):
		case verb == "":
			verb = word
		default:
			names = append(names, word)
		}
	}
	return names, slices.Contains([]string{"install", "localinstall", "groupinstall", "reinstall", "enable"}, verb)
}

// runDnf is dnf, yum and what is like them.
func runDnf(ctx context.Context, p *Process) int {
	region := p.Metadata.Instance().Region
	return p.install(ctx, "al2023-repos-"+region+"-de612dc2.s3."+region+".amazonaws.com", "443", // …s3.dualstack.… on AWS: the same addresses
		"Error: Failed to download metadata for repo 'amazonlinux': Cannot download repomd.xml: Cannot download repodata/repomd.xml: All mirrors were tried")
}

// runApt is apt-get and apt.
func runApt(ctx context.Context, p *Process) int {
	return p.install(ctx, "archive.ubuntu.com", "80", "E: Failed to fetch http://archive.ubuntu.com/ubuntu: Unable to connect")
}

// install is one run of a package manager: it reaches for its repository and installs.
func (p *Process) install(ctx context.Context, repository, port, failure string) int {
	names, installs := packageNames(append([]string{p.Name}, p.Args...))
	verb := firstWord(p.Args)
	switch verb {
	case "":
		return p.Fail(1, "%s: You need to give some command", p.Name)
	case "clean", "history", "list", "autoremove", "remove", "erase", "config-manager", "mark":
		return 0
	}
	if !p.reachable(ctx, net.JoinHostPort(repository, port)) {
		if ctx.Err() != nil {
			return statusInterrupted
		}
		return p.Fail(1, "%s", failure)
	}
	if !installs {
		fmt.Fprintln(p.Out, "Nothing to do.")
		return 0
	}
	for _, name := range names {
		if w, ok := webPackages[name]; ok {
			if err := p.installWeb(name, w); err != nil {
				return p.Fail(1, "%s: %s", p.Name, reason(err))
			}
		}
	}
	if text := notInstalled(names); text != "" {
		fmt.Fprintf(p.Err, "%s: %s\n", p.Name, text)
		p.Packages.add(names)
	}
	fmt.Fprintln(p.Out, "Complete!")
	return 0
}

// What dnf does before it gives up on a repository: retries and timeout
// (dnf.readthedocs.io/en/latest/conf_ref.html).
const (
	repositoryTries   = 10
	repositoryTimeout = 30 * time.Second
)

// reachable reports whether a repository takes a connection, in the end.
func (p *Process) reachable(ctx context.Context, address string) bool {
	for range repositoryTries {
		t := &transfer{Process: p, started: p.Clock.Now(), curlOptions: curlOptions{connectTimeout: repositoryTimeout}}
		conn, err := t.dial(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close() // nothing was sent
			return true
		}
		if ctx.Err() != nil {
			return false
		}
	}
	return false
}

func firstWord(words []string) string {
	for _, w := range words {
		if !strings.HasPrefix(w, "-") {
			return w
		}
	}
	return ""
}

// installWeb makes the unit and the folder of a web server.
func (p *Process) installWeb(name string, w webPackage) error {
	for _, dir := range []string{w.root, packagedUnits} {
		if err := p.Files.Mkdir(dir, true); err != nil {
			return err
		}
	}
	unit := fmt.Sprintf("[Unit]\nDescription=%s\n[Service]\nType=simple\nExecStart=%s\n[Install]\nWantedBy=multi-user.target\n", name, w.command)
	if err := p.Files.WriteFile(packagedUnits+w.unit+".service", []byte(unit)); err != nil {
		return err
	}
	switch name {
	case "nginx":
		return p.Files.WriteFile(w.root+"/index.html", []byte("<h1>Welcome to nginx!</h1>\n"))
	case "apache2": // Debian's starts what it installs
		return p.Files.WriteFile(w.root+"/index.html", []byte("<h1>It works!</h1>\n"))
	}
	return nil
}

// packagedUnits is where packages have their unit files.
const packagedUnits = "/usr/lib/systemd/system/"
