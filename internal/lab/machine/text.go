package machine

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// inputs runs do on each named file, or on standard input if there are none
// ("-" is standard input too). A file that cannot be read makes the status 1.
func (p *process) inputs(names []string, do func(name string, in io.Reader) int) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		if name == "-" {
			status = max(status, do(name, p.in))
			continue
		}
		in, err := p.files.open(absolute(p.dir, name), os.O_RDONLY, 0)
		if err != nil {
			status = max(status, p.fail(1, "%s: %s: %s", p.name, name, reason(err)))
			continue
		}
		status = max(status, do(name, in))
	}
	return status
}

// eachLine calls do with each line, without its end, until it returns false.
func eachLine(in io.Reader, do func(line string) bool) {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if line == "" && err != nil {
			return
		}
		if !do(strings.TrimSuffix(line, "\n")) || err != nil {
			return
		}
	}
}

func cat(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	return p.inputs(f.operands, func(_ string, in io.Reader) int {
		if _, err := io.Copy(p.out, in); err != nil {
			return 1
		}
		return 0
	})
}

func tee(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "a", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	status, to := 0, []io.Writer{p.out}
	mode := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if f.on["a"] {
		mode = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	for _, name := range f.operands {
		out, err := p.files.open(absolute(p.dir, name), mode, 0o644)
		if err != nil {
			status = p.fail(1, "tee: %s: %s", name, reason(err))
			continue
		}
		to = append(to, out)
	}
	if _, err := io.Copy(io.MultiWriter(to...), p.in); err != nil {
		return 1
	}
	return status
}

// lineCount reads -n N, -N and -c N; the sign of a -n +N is kept.
func lineCount(p *process) (f flagSet, unknown string) {
	args := p.args
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0][1] >= '0' && args[0][1] <= '9' {
		args = append([]string{"-n", args[0][1:]}, args[1:]...)
	}
	return parseFlags(args, "q", "nc", "--lines=", "--bytes=")
}

func head(_ context.Context, p *process) int { return ends(p, false) }
func tail(_ context.Context, p *process) int { return ends(p, true) }

// ends is head and tail: the first or last lines (10 by default) or bytes.
func ends(p *process, last bool) int {
	f, unknown := lineCount(p)
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	wanted, bytewise := "10", false
	for _, name := range []string{"n", "--lines", "c", "--bytes"} {
		if v, ok := f.values[name]; ok {
			wanted, bytewise = v, name == "c" || name == "--bytes"
		}
	}
	n, err := strconv.Atoi(strings.TrimPrefix(wanted, "+"))
	from := last && strings.HasPrefix(wanted, "+")
	if err != nil || n < 0 {
		return p.fail(1, "%s: invalid number: %q", p.name, wanted)
	}
	return p.inputs(f.operands, func(_ string, in io.Reader) int {
		all, err := io.ReadAll(in)
		if err != nil {
			return 1
		}
		units := bytes.SplitAfter(all, []byte("\n"))
		if len(units[len(units)-1]) == 0 {
			units = units[:len(units)-1]
		}
		if bytewise {
			units = bytes.SplitAfter(all, nil)
		}
		switch k := min(n, len(units)); {
		case from:
			units = units[min(max(n-1, 0), len(units)):]
		case last:
			units = units[len(units)-k:]
		default:
			units = units[:k]
		}
		if _, err := p.out.Write(bytes.Join(units, nil)); err != nil {
			return 1
		}
		return 0
	})
}

func count(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "lwc", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	all := !f.on["l"] && !f.on["w"] && !f.on["c"]
	return p.inputs(f.operands, func(name string, in io.Reader) int {
		text, err := io.ReadAll(in)
		if err != nil {
			return 1
		}
		var fields []string
		for _, c := range []struct {
			flag string
			n    int
		}{{"l", bytes.Count(text, []byte("\n"))}, {"w", len(bytes.Fields(text))}, {"c", len(text)}} {
			if all || f.on[c.flag] {
				fields = append(fields, strconv.Itoa(c.n))
			}
		}
		if name != "-" {
			fields = append(fields, name)
		}
		fmt.Fprintln(p.out, strings.Join(fields, " "))
		return 0
	})
}

// cut is cut -d X -f LIST and cut -c LIST.
func cut(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "s", "dfc")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	delimiter, ok := f.values["d"]
	if !ok {
		delimiter = "\t"
	}
	spec, byField := f.values["f"]
	if !byField {
		spec, delimiter = f.values["c"], ""
	}
	selected, err := ranges(spec)
	if err != nil {
		return p.fail(1, "cut: %v", err)
	}
	return p.inputs(f.operands, func(_ string, in io.Reader) int {
		eachLine(in, func(line string) bool {
			if byField && !strings.Contains(line, delimiter) {
				if !f.on["s"] {
					fmt.Fprintln(p.out, line)
				}
				return true
			}
			var kept []string
			for i, part := range strings.Split(line, delimiter) {
				if selected(i + 1) {
					kept = append(kept, part)
				}
			}
			fmt.Fprintln(p.out, strings.Join(kept, delimiter))
			return true
		})
		return 0
	})
}

// ranges reads a list such as 1,3-5,7-.
func ranges(spec string) (func(int) bool, error) {
	type span struct{ from, to int }
	var spans []span
	for _, part := range strings.Split(spec, ",") {
		from, to, isRange := strings.Cut(part, "-")
		s := span{1, 1 << 30}
		var err1, err2 error
		if from != "" {
			s.from, err1 = strconv.Atoi(from)
		}
		if to != "" {
			s.to, err2 = strconv.Atoi(to)
		}
		if !isRange {
			s.to = s.from
		}
		if err1 != nil || err2 != nil || part == "" || part == "-" {
			return nil, fmt.Errorf("invalid list %q", spec)
		}
		spans = append(spans, s)
	}
	return func(i int) bool {
		for _, s := range spans {
			if i >= s.from && i <= s.to {
				return true
			}
		}
		return false
	}, nil
}
