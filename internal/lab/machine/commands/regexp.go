package commands

import "strings"

// basicRegexp turns a POSIX basic regular expression into Go's: there, + ? ( )
// { } | are operators only after a backslash.
func basicRegexp(expr string) string {
	var out strings.Builder
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '\\' && i+1 < len(expr):
			i++
			if !strings.ContainsRune("+?(){}|", rune(expr[i])) {
				out.WriteByte('\\')
			}
			out.WriteByte(expr[i])
		case strings.ContainsRune("+?(){}|", rune(c)):
			out.WriteByte('\\')
			out.WriteByte(c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
