package machine

import "strings"

// flagSet is what parseFlags found: switches and values by the flag's letter
// or long name, and the operands.
type flagSet struct {
	on       map[string]bool
	values   map[string]string
	operands []string
}

// parseFlags reads flags as getopt does: letters in switches may be clustered,
// letters in valued take the rest of the word or the next one. Long names are
// given with their dashes; those ending in = take a value. It returns the flag
// that is not known, or one that lacks its value.
func parseFlags(args []string, switches, valued string, long ...string) (f flagSet, unknown string) {
	f = flagSet{on: map[string]bool{}, values: map[string]string{}}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			f.operands = append(f.operands, args[i+1:]...)
			return f, ""
		case strings.HasPrefix(arg, "--"):
			name, value, hasValue := strings.Cut(arg, "=")
			switch {
			case contains(long, name) && !hasValue:
				f.on[name] = true
			case contains(long, name+"=") && hasValue:
				f.values[name] = value
			case contains(long, name+"=") && i+1 < len(args):
				i++
				f.values[name] = args[i]
			default:
				return f, arg
			}
		case len(arg) > 1 && arg[0] == '-':
			for j := 1; j < len(arg); j++ {
				letter := arg[j : j+1]
				if strings.Contains(switches, letter) {
					f.on[letter] = true
					continue
				}
				if !strings.Contains(valued, letter) {
					return f, "-" + letter
				}
				value := arg[j+1:]
				if value == "" {
					if i+1 >= len(args) {
						return f, "-" + letter
					}
					i++
					value = args[i]
				}
				f.values[letter] = value
				break
			}
		default:
			f.operands = append(f.operands, arg)
		}
	}
	return f, ""
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}
