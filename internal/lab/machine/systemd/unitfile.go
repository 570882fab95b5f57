// Package systemd runs an instance's services: it reads unit files, starts and
// restarts what they name, and keeps a journal for each. systemctl and
// journalctl are in the package commands and come in through [Manager].
package systemd

import (
	"fmt"
	"regexp"
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
//
// The lexer of coreos/go-systemd does not serve here: it has no line numbers,
// skips in silence what stands before the first section, keeps the backslash of
// a continued line in the value, and refuses lines of more than 2048 bytes, which
// systemd takes.
func parseUnit(name, text string) (service, error) {
	s := service{name: name, dir: "/", restart: "no", restartDelay: 100 * time.Millisecond}
	section, mayBind := "", false
	text = strings.ReplaceAll(text, "\\\n", " ")
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			section = line[1 : len(line)-1]
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return s, fmt.Errorf("%s:%d: missing '='", name, i+1)
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		var err error
		switch directive := section + "." + key; directive {
		case "Service.Type":
			if s.oneshot = value == "oneshot"; !slices.Contains([]string{"simple", "exec", "oneshot"}, value) {
				err = fmt.Errorf("unsupported Type=%s: want simple, exec or oneshot", value)
			}
		case "Service.ExecStart":
			err = addCommand(&s.start, value)
		case "Service.ExecStartPre":
			err = addCommand(&s.startPre, value)
		case "Service.WorkingDirectory":
			s.dir = value
		case "Service.Environment":
			var fields []string
			fields, err = splitWords(value)
			s.env = append(s.env, fields...)
		case "Service.Restart":
			if s.restart = value; !slices.Contains([]string{"no", "always", "on-failure", "on-success"}, value) {
				err = fmt.Errorf("unsupported Restart=%s: want no, always, on-failure or on-success", value)
			}
		case "Service.RestartSec":
			s.restartDelay, err = commands.ParseInterval(value)
		case "Service.User":
			s.unprivileged = s.unprivileged || value != "root" && value != "0"
		case "Service.DynamicUser":
			s.unprivileged = s.unprivileged || isTrue(value)
		case "Service.AmbientCapabilities":
			mayBind = mayBind || slices.Contains(strings.Fields(value), "CAP_NET_BIND_SERVICE")
		default:
			if !slices.Contains(inertDirectives, directive) {
				err = fmt.Errorf("unsupported directive %s in section [%s]", key, section)
			}
		}
		if err != nil {
			return s, fmt.Errorf("%s:%d: %w", name, i+1, err)
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

// splitWords splits a line at white space outside of quotes.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quote, inside := byte(0), false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line) && quote != '\'':
			i++
			word.WriteByte(line[i])
			inside = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, inside = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteByte(c)
			inside = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("unterminated quote in %q", line)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}

// variable is $$, ${NAME} or $NAME in a command line, or %%.
var variable = regexp.MustCompile(`%%|\$\$|\$\{\w+\}|\$\w+`)

// expandWord replaces the variables in a word of a command line.
func expandWord(word string, env []string) string {
	return variable.ReplaceAllStringFunc(word, func(v string) string {
		if v == "%%" || v == "$$" {
			return v[1:]
		}
		name := strings.Trim(v, "${}")
		for _, setting := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(setting, name+"="); ok {
				return value
			}
		}
		return ""
	})
}
