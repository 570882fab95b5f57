// Package systemd runs an instance's services: it reads unit files, starts and
// restarts what they name, and keeps a journal for each. systemctl and
// journalctl are in the package commands and come in through [Manager].
package systemd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/machine/commands"
)

// service is a unit file as far as it changes what runs. The comments name the
// directives.
type service struct {
	name         string
	oneshot      bool          // Type=oneshot; simple and exec are alike here
	start        [][]string    // ExecStart=
	startPre     [][]string    // ExecStartPre=
	dir          string        // WorkingDirectory=
	env          []string      // Environment=
	restart      string        // Restart=
	restartDelay time.Duration // RestartSec=
	unprivileged bool          // User=, DynamicUser= and no AmbientCapabilities= for low ports
}

// inertDirectives have no effect here: there is no other process to protect
// from, no boot order and no next boot.
var inertDirectives = []string{
	"Unit.Description", "Unit.Documentation", "Unit.After", "Unit.Before", "Unit.Wants", "Unit.Requires",
	"Install.WantedBy", "Install.RequiredBy",
	"Service.CapabilityBoundingSet", "Service.NoNewPrivileges", "Service.ProtectSystem", "Service.ProtectHome",
	"Service.PrivateTmp", "Service.PrivateDevices", "Service.ProtectKernelTunables", "Service.ProtectKernelModules",
	"Service.ProtectControlGroups", "Service.RestrictAddressFamilies", "Service.RestrictNamespaces", "Service.LockPersonality",
	"Service.MemoryDenyWriteExecute", "Service.RestrictRealtime", "Service.RestrictSUIDSGID", "Service.SystemCallArchitectures",
	"Service.StandardOutput", "Service.StandardError", "Service.SyslogIdentifier", "Service.RemainAfterExit", "Service.Group",
}

// parseUnit reads a unit file (man7.org/linux/man-pages/man5/systemd.service.5.html).
// A directive that it does not know is an error with its name and line.
func parseUnit(name, text string) (service, error) {
	s := service{name: name, dir: "/", restart: "no", restartDelay: 100 * time.Millisecond}
	directives, err := readDirectives(text)
	if err != nil {
		return s, fmt.Errorf("%s:%w", name, err)
	}
	mayBind := false // low ports, as an unprivileged user
	for _, d := range directives {
		var err error
		switch d.name() {
		case "Service.Type":
			if s.oneshot = d.value == "oneshot"; !slices.Contains([]string{"simple", "exec", "oneshot"}, d.value) {
				err = fmt.Errorf("unsupported Type=%s: want simple, exec or oneshot", d.value)
			}
		case "Service.ExecStart":
			err = addCommand(&s.start, d.value)
		case "Service.ExecStartPre":
			err = addCommand(&s.startPre, d.value)
		case "Service.WorkingDirectory":
			s.dir = d.value
		case "Service.Environment":
			var settings []string
			settings, err = splitWords(d.value)
			s.env = append(s.env, settings...)
		case "Service.Restart":
			if s.restart = d.value; !slices.Contains([]string{"no", "always", "on-failure", "on-success"}, d.value) {
				err = fmt.Errorf("unsupported Restart=%s: want no, always, on-failure or on-success", d.value)
			}
		case "Service.RestartSec":
			s.restartDelay, err = commands.ParseInterval(d.value)
		case "Service.User":
			s.unprivileged = s.unprivileged || d.value != "root" && d.value != "0"
		case "Service.DynamicUser":
			s.unprivileged = s.unprivileged || isTrue(d.value)
		case "Service.AmbientCapabilities":
			mayBind = mayBind || slices.Contains(strings.Fields(d.value), "CAP_NET_BIND_SERVICE")
		default:
			if !slices.Contains(inertDirectives, d.name()) {
				err = fmt.Errorf("unsupported directive %s in section [%s]", d.key, d.section)
			}
		}
		if err != nil {
			return s, fmt.Errorf("%s:%d: %w", name, d.line, err)
		}
	}
	s.unprivileged = s.unprivileged && !mayBind
	if len(s.start) == 0 {
		return s, fmt.Errorf("%s: service has no ExecStart= setting", name)
	}
	if len(s.start) > 1 && !s.oneshot {
		return s, fmt.Errorf("%s: more than one ExecStart= setting", name)
	}
	return s, nil
}

// isTrue reports whether a boolean directive is on.
func isTrue(value string) bool {
	return slices.Contains([]string{"yes", "true", "on", "1"}, strings.ToLower(value))
}

// addCommand splits a command line and adds it. systemd starts absolute paths,
// and no shell.
func addCommand(to *[][]string, line string) error {
	words, err := splitWords(line)
	if err != nil {
		return err
	}
	if len(words) == 0 || !strings.HasPrefix(words[0], "/") {
		return fmt.Errorf("unsupported command line %q: want an absolute path", line)
	}
	for _, word := range words {
		if strings.Contains(strings.ReplaceAll(word, "%%", ""), "%") {
			return fmt.Errorf("unsupported specifier in %q", word)
		}
	}
	*to = append(*to, words)
	return nil
}
