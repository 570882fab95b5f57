package machine

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// service is a unit file as far as it changes what runs.
type service struct {
	name         string
	kind         string // Type: simple, exec or oneshot
	start        [][]string
	startPre     [][]string
	dir          string
	env          []string
	restart      string
	restartDelay time.Duration
	unprivileged bool
}

// inertDirectives have no effect here: there is no other process to be
// protected from, no order of boot and nothing to enable for.
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
// A directive that it does not know is an error that names it.
func parseUnit(name, text string) (service, error) {
	s := service{name: name, kind: "simple", dir: "/", restart: "no", restartDelay: 100 * time.Millisecond}
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
			if s.kind = value; !slices.Contains([]string{"simple", "exec", "oneshot"}, value) {
				err = fmt.Errorf("unsupported Type=%s", value)
			}
		case "Service.ExecStart":
			err = addCommand(&s.start, value)
		case "Service.ExecStartPre":
			err = addCommand(&s.startPre, value)
		case "Service.WorkingDirectory":
			s.dir = value
		case "Service.Environment":
			var fields []string
			fields, err = unitWords(value)
			s.env = append(s.env, fields...)
		case "Service.Restart":
			if s.restart = value; !slices.Contains([]string{"no", "always", "on-failure", "on-success"}, value) {
				err = fmt.Errorf("unsupported Restart=%s", value)
			}
		case "Service.RestartSec":
			s.restartDelay, err = seconds(value)
		case "Service.User":
			s.unprivileged = s.unprivileged || value != "root" && value != "0"
		case "Service.DynamicUser":
			s.unprivileged = s.unprivileged || unitTrue(value)
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
	if len(s.start) > 1 && s.kind != "oneshot" {
		return s, fmt.Errorf("%s: more than one ExecStart= setting", name)
	}
	return s, nil
}

func unitTrue(value string) bool {
	return slices.Contains([]string{"yes", "true", "on", "1"}, strings.ToLower(value))
}

// addCommand splits a command line; systemd starts absolute paths, no shell.
func addCommand(to *[][]string, line string) error {
	words, err := unitWords(line)
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

// unitWords splits at white space outside of quotes.
func unitWords(line string) ([]string, error) {
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
		return nil, fmt.Errorf("quote without its end in %q", line)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}

// unitVariable is $$, ${NAME} or $NAME in a command line, or %%.
var unitVariable = regexp.MustCompile(`%%|\$\$|\$\{\w+\}|\$\w+`)

// expandWord fills in the variables of a word of a command line.
func expandWord(word string, env []string) string {
	return unitVariable.ReplaceAllStringFunc(word, func(v string) string {
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
