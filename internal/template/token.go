package template

import (
	"regexp"
	"strings"
)

// HasToken reports whether a text has a token of CDK in it, a value that is known only
// when the stack is deployed. Such a text cannot be examined.
func HasToken(text string) bool { return strings.Contains(text, "${Token[") || IsListToken(text) }

// token is one in a text, with the name that CDK gave it.
var token = regexp.MustCompile(`[$#]\{Token\[([A-Za-z0-9:. _-]*?)\.?[0-9]+\]\}`)

// Readable is a text for people: in place of its tokens it has their names, such as
// <AWS.Region>.
func Readable(text string) string { return token.ReplaceAllString(text, "<$1>") }

// IsListToken reports whether a text stands for a whole list that is known only when the
// stack is deployed.
func IsListToken(text string) bool { return strings.Contains(text, "#{Token[") }
