package machine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func succeed(context.Context, *process) int    { return 0 }
func failAlways(context.Context, *process) int { return 1 }

// echo is for xargs and timeout; the shell has its own.
func echo(_ context.Context, p *process) int {
	args, end := p.args, "\n"
	if len(args) > 0 && args[0] == "-n" {
		args, end = args[1:], ""
	}
	fmt.Fprint(p.out, strings.Join(args, " ")+end)
	return 0
}

// seconds reads a time as sleep and timeout take it: 1.5, 2s, 3m, 1h, 1d.
func seconds(text string) (time.Duration, error) {
	unit := time.Second
	if n := len(text); n > 0 {
		switch text[n-1] {
		case 's', 'm', 'h', 'd':
			unit = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[text[n-1]]
			text = text[:n-1]
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("invalid time interval %q", text)
	}
	return time.Duration(n * float64(unit)), nil
}

func sleep(ctx context.Context, p *process) int {
	if len(p.args) == 0 {
		return p.fail(1, "sleep: missing operand")
	}
	var total time.Duration
	for _, arg := range p.args {
		d, err := seconds(arg)
		if err != nil {
			return p.fail(1, "sleep: %v", err)
		}
		total += d
	}
	if p.clock.Sleep(ctx, total) != nil {
		return 130
	}
	return 0
}

// timeout is timeout DURATION COMMAND […]; its status is 124 when time is over.
func timeout(ctx context.Context, p *process) int {
	if len(p.args) < 2 || strings.HasPrefix(p.args[0], "-") {
		return p.fail(125, "timeout: want DURATION COMMAND")
	}
	d, err := seconds(p.args[0])
	if err != nil {
		return p.fail(125, "timeout: %v", err)
	}
	limited, cancel := p.clock.WithTimeout(ctx, d)
	defer cancel()
	child := *p
	status := child.run(limited, p.args[1:])
	if ctx.Err() == nil && timedOut(limited) {
		return 124
	}
	return status
}

func hostname(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "fsiI", "")
	if unknown != "" || len(f.operands) > 0 {
		return p.unknownFlag(unknown + strings.Join(f.operands, " "))
	}
	if f.on["i"] || f.on["I"] {
		fmt.Fprintln(p.out, p.host.Addr())
		return 0
	}
	fmt.Fprintln(p.out, p.Machine.name)
	return 0
}

// date prints the clock's time in UTC, which is the image's time zone.
func date(_ context.Context, p *process) int {
	now := p.clock.Now().UTC()
	format := "%a %b %e %H:%M:%S UTC %Y"
	for _, arg := range p.args {
		switch {
		case strings.HasPrefix(arg, "+"):
			format = arg[1:]
		case arg == "-u", arg == "--utc":
		case arg == "-Is", arg == "-Iseconds", arg == "--iso-8601=seconds":
			format = "%Y-%m-%dT%H:%M:%S+00:00"
		default:
			return p.unknownFlag(arg)
		}
	}
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		i++
		text, ok := strftime(now, format[i])
		if !ok {
			return p.unknownFlag("%" + format[i:i+1])
		}
		out.WriteString(text)
	}
	fmt.Fprintln(p.out, out.String())
	return 0
}

func strftime(t time.Time, letter byte) (string, bool) {
	layouts := map[byte]string{
		'Y': "2006", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'M': "04", 'S': "05", 'a': "Mon", 'A': "Monday",
		'b': "Jan", 'B': "January", 'F': "2006-01-02", 'T': "15:04:05", 'Z': "MST", 'z': "-0700", 'y': "06", 'N': "000000000",
	}
	switch letter {
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'N':
		return fmt.Sprintf("%09d", t.Nanosecond()), true
	case '%':
		return "%", true
	}
	layout, ok := layouts[letter]
	return t.Format(layout), ok
}

func identity(_ context.Context, p *process) int {
	switch strings.Join(p.args, " ") {
	case "":
		fmt.Fprintln(p.out, "uid=0(root) gid=0(root) groups=0(root)")
	case "-u", "-g":
		fmt.Fprintln(p.out, 0)
	case "-un", "-gn":
		fmt.Fprintln(p.out, "root")
	default:
		return p.unknownFlag(strings.Join(p.args, " "))
	}
	return 0
}

func uname(_ context.Context, p *process) int {
	switch strings.Join(p.args, " ") {
	case "", "-s":
		fmt.Fprintln(p.out, "Linux")
	case "-n":
		fmt.Fprintln(p.out, p.Machine.name)
	case "-m":
		fmt.Fprintln(p.out, "aarch64")
	default:
		return p.unknownFlag(strings.Join(p.args, " "))
	}
	return 0
}

// printEnv is env without a command, and env NAME=VALUE… COMMAND.
func printEnv(ctx context.Context, p *process) int {
	env := p.exported()
	i := 0
	for ; i < len(p.args) && strings.Contains(p.args[i], "=") && !strings.HasPrefix(p.args[i], "-"); i++ {
		env = append(env, p.args[i])
	}
	if i < len(p.args) {
		if strings.HasPrefix(p.args[i], "-") {
			return p.unknownFlag(p.args[i])
		}
		child := *p
		child.env = listEnviron(env)
		return child.run(ctx, p.args[i:])
	}
	slices.Sort(env)
	for _, line := range env {
		fmt.Fprintln(p.out, line)
	}
	return 0
}

func sequence(_ context.Context, p *process) int {
	bounds := []int{1, 1, 1}
	var numbers []int
	for _, arg := range p.args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return p.fail(1, "seq: invalid number %q", arg)
		}
		numbers = append(numbers, n)
	}
	switch len(numbers) {
	case 1:
		bounds[2] = numbers[0]
	case 2:
		bounds[0], bounds[2] = numbers[0], numbers[1]
	case 3:
		copy(bounds, numbers)
	default:
		return p.fail(1, "seq: want LAST, FIRST LAST or FIRST STEP LAST")
	}
	if bounds[1] == 0 {
		return p.fail(1, "seq: the step must not be zero")
	}
	for n := bounds[0]; (bounds[1] > 0 && n <= bounds[2]) || (bounds[1] < 0 && n >= bounds[2]); n += bounds[1] {
		if _, err := fmt.Fprintln(p.out, n); err != nil {
			return 1
		}
	}
	return 0
}

// logger writes to the console log, where journald forwards to.
func logger(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "s", "tp")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	tag := f.values["t"]
	if tag == "" {
		tag = "root"
	}
	say := func(line string) bool { fmt.Fprintf(&p.console, "%s: %s\n", tag, line); return true }
	if len(f.operands) > 0 {
		say(strings.Join(f.operands, " "))
		return 0
	}
	eachLine(p.in, say)
	return 0
}
