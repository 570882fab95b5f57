package commands

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// flags reads a command line as GNU's getopt_long does: -qn5, -n 5, --lines=5,
// flags after operands, and -- before operands that look like flags.
//
// pflag does the reading, but for two habits that getopt does not have. It
// takes the = out of -d=x, and it ignores words that begin with -test. That is
// why values are separated from their letters first.
type flags struct {
	p   *Process
	set *pflag.FlagSet
	// leading makes the first operand end the flags, as for commands that run
	// another command.
	leading bool
	// status is the exit status for a flag that is not known. Default: 2.
	status int
}

// flags returns an empty set of flags for a command.
func (p *Process) flags() *flags {
	set := pflag.NewFlagSet(p.Name, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return &flags{p: p, set: set, status: 2}
}

// toggle declares a flag without a value. Either name may be empty.
func (f *flags) toggle(letter, long string) *bool {
	on := new(toggleValue)
	f.add(on, letter, long).NoOptDefVal = withoutValue
	return (*bool)(on)
}

// text declares a flag with a value. Either name may be empty.
func (f *flags) text(letter, long, byDefault string) *textFlag {
	t := &textFlag{text: byDefault}
	f.add(t, letter, long)
	return t
}

func (f *flags) add(value pflag.Value, letter, long string) *pflag.Flag {
	if long == "" {
		long = "\x00" + letter // pflag wants a name; nobody can type this one
	}
	return f.set.VarPF(value, long, letter, "")
}

// parse reads the process's arguments and returns the operands. If they are
// wrong it says so on standard error and returns an exit status that is not
// zero.
func (f *flags) parse() (operands []string, status int) { return f.parseWords(f.p.Args) }

// parseWords is parse for other words than the process's arguments.
func (f *flags) parseWords(words []string) (operands []string, status int) {
	f.set.SetInterspersed(!f.leading)
	words, letter := f.separate(words)
	if letter != "" {
		return nil, f.unknown("-" + letter)
	}
	err := f.set.Parse(words)
	if err == nil {
		return f.set.Args(), 0
	}
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &missing) && missing.GetSpecifiedShortnames() != "":
		return nil, f.p.Fail(f.status, "%s: option requires an argument -- '%s'", f.p.Name, missing.GetSpecifiedName())
	case errors.As(err, &missing):
		return nil, f.p.Fail(f.status, "%s: option '--%s' requires an argument", f.p.Name, missing.GetSpecifiedName())
	case errors.As(err, &invalid):
		return nil, f.p.Fail(f.status, "%s: option '--%s' doesn't allow an argument", f.p.Name, invalid.GetFlag().Name)
	case errors.As(err, &unknown):
		return nil, f.unknown("--" + unknown.GetSpecifiedName())
	case errors.Is(err, pflag.ErrHelp):
		return nil, f.unknown("--help")
	}
	return nil, f.p.Fail(f.status, "%s: %v", f.p.Name, err)
}

func (f *flags) unknown(flag string) int {
	f.p.unknownFlag(flag)
	return f.status
}

// separate puts a value that stands behind its letter into a word of its own:
// -qn5 becomes -qn 5. It returns the first letter that is not a flag, if any.
func (f *flags) separate(words []string) (out []string, unknown string) {
	for i := 0; i < len(words); i++ {
		word := words[i]
		isFlag := len(word) > 1 && word[0] == '-'
		if word == "--" || !isFlag && f.leading {
			return append(out, words[i:]...), ""
		}
		wantsNext := false // whether the next word is this one's value
		if name, ok := strings.CutPrefix(word, "--"); ok {
			flag := f.set.Lookup(name)
			wantsNext = flag != nil && takesValue(flag)
		} else if isFlag {
			for j, letter := range word[1:] {
				var flag *pflag.Flag
				if letter < utf8.RuneSelf { // the others are never flags
					flag = f.set.ShorthandLookup(string(letter))
				}
				if flag == nil {
					return nil, string(letter)
				}
				if takesValue(flag) {
					letters, value := word[:j+2], word[j+2:]
					if wantsNext = value == ""; !wantsNext {
						out, word = append(out, letters), value
					}
					break
				}
			}
		}
		out = append(out, word)
		if wantsNext && i+1 < len(words) {
			i++
			out = append(out, words[i])
		}
	}
	return out, ""
}

func takesValue(flag *pflag.Flag) bool { return flag.NoOptDefVal == "" }

// unknownFlag refuses a flag that the command here does not have, whether or
// not the real one has it.
func (p *Process) unknownFlag(flag string) int {
	return p.Fail(2, "%s: unsupported option %q", p.Name, flag)
}

// withoutValue is what pflag sets a toggle to that stands alone.
const withoutValue = "\x00"

// toggleValue is a flag without a value. It implements pflag.Value.
type toggleValue bool

// Set turns the flag on; --flag=value is an error.
func (t *toggleValue) Set(value string) error {
	if value != withoutValue {
		return fmt.Errorf("unexpected value %q", value)
	}
	*t = true
	return nil
}

// String is for pflag.
func (t *toggleValue) String() string { return "" }

// Type is for pflag.
func (t *toggleValue) Type() string { return "bool" }

// textFlag is a flag with a value, of which the last counts. It implements
// pflag.Value.
type textFlag struct {
	text  string
	given bool
	again bool // given more than once
}

// Set keeps the value.
func (t *textFlag) Set(value string) error {
	t.text, t.given, t.again = value, true, t.given
	return nil
}

// String is for pflag.
func (t *textFlag) String() string { return t.text }

// Type is for pflag.
func (t *textFlag) Type() string { return "string" }
