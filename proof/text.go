package proof

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
)

// shorten cuts a text to at most limit bytes, at a character, and shows that it
// did. Texts go into CloudFormation's answer, which holds 4,096 bytes.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit - len("...")
	for cut > 0 && !isBoundary(text, cut) {
		cut--
	}
	return text[:cut] + "..."
}

// isBoundary reports whether a UTF-8 character starts at the index.
func isBoundary(text string, index int) bool { return text[index]&0xC0 != 0x80 }

// printable makes one clean line of a text that came from elsewhere: a hostile
// server must not be able to write control characters into a console.
func printable(text string) string {
	text = strings.ToValidUTF8(text, "?")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// joinCommas joins texts as dig +short would list them on one line.
func joinCommas(texts []string) string { return strings.Join(texts, ", ") }

// joinWords joins texts as people do: a, b and c.
func joinWords(texts []string) string {
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

// stringsOf turns values into their texts.
func stringsOf[T fmt.Stringer](values []T) []string {
	result := make([]string, len(values))
	for i, value := range values {
		result[i] = value.String()
	}
	return result
}

// addressList lists addresses as dig +short does, on one line.
func addressList(values []netip.Addr) string { return joinCommas(stringsOf(values)) }

// plural is a count with its noun: 1 claim, 2 claims.
func plural(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}

// durationText shows a duration as people say it: 3s, 2.5s, 80ms.
func durationText(d time.Duration) string {
	if d >= time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// inBrackets shows the values in brackets, or nothing if there are none.
func inBrackets(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return " (" + joinCommas(values) + ")"
}

// sameSet reports whether two lists name the same things, in any order.
func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// compact returns the texts sorted, each once.
func compact(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}
