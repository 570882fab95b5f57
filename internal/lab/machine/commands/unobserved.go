package commands

import (
	"context"
	"strings"
)

// Commands whose effect nothing in the lab observes: its machines have one user, no owners
// of files, no next boot and no clock of their own to set. They succeed.
func init() {
	register(runUnobserved,
		"adduser", "chcon", "chgrp", "chkconfig", "groupadd", "hostnamectl", "ldconfig", "loginctl", "passwd", "restorecon", "setenforce",
		"timedatectl", "update-alternatives", "update-ca-trust", "update-rc.d", "useradd", "usermod")
	register(runChown, "chown")
	register(runService, "service")
}

func runUnobserved(context.Context, *Process) int { return 0 }

// runChown fails for files that do not exist.
func runChown(_ context.Context, p *Process) int {
	var words []string
	for _, w := range p.Args {
		if !strings.HasPrefix(w, "-") {
			words = append(words, w)
		}
	}
	if len(words) < 2 {
		return p.Fail(1, "chown: missing operand")
	}
	for _, name := range words[1:] {
		if _, err := p.Files.Stat(p.path(name)); err != nil {
			return p.Fail(1, "chown: cannot access '%s': %s", name, reason(err))
		}
	}
	return 0
}

// runService is service NAME VERB, which is systemctl VERB NAME.
func runService(ctx context.Context, p *Process) int {
	if len(p.Args) != 2 {
		return p.Fail(2, "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]")
	}
	return p.child().Run(ctx, []string{"systemctl", p.Args[1], p.Args[0]})
}
