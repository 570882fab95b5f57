package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

func init() { register(runDate, "date") }

// runDate prints the clock's time in UTC, which is the image's time zone. Its
// flags are not getopt's: the value of -I is optional, and +FORMAT is an operand.
func runDate(_ context.Context, p *Process) int {
	now := p.Clock.Now().UTC()
	format := "%a %b %e %H:%M:%S UTC %Y"
	for _, arg := range p.Args {
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
	fmt.Fprintln(p.Out, out.String())
	return 0
}

// strftimeLayouts are the conversions of strftime that Go has a layout for.
var strftimeLayouts = map[byte]string{
	'Y': "2006", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'M': "04", 'S': "05", 'a': "Mon", 'A': "Monday",
	'b': "Jan", 'B': "January", 'F': "2006-01-02", 'T': "15:04:05", 'Z': "MST", 'z': "-0700", 'y': "06",
}

// strftime formats one conversion; ok reports whether it is known.
func strftime(t time.Time, conversion byte) (text string, ok bool) {
	switch conversion {
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'N':
		return fmt.Sprintf("%09d", t.Nanosecond()), true
	case '%':
		return "%", true
	}
	layout, ok := strftimeLayouts[conversion]
	return t.Format(layout), ok
}
