package verifier

import (
	"strings"
	"unicode/utf8"
)

// ellipsis ends a text that was cut. It takes three bytes, in JSON as well.
const ellipsis = "…"

// encodedLen is the number of bytes that s takes inside a JSON string as
// encoding/json writes it with SetEscapeHTML(false), without the quotes.
func encodedLen(s string) int {
	n := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		n += encodedRune(r, size)
		i += size
	}
	return n
}

// encodedRune is the encoded length of a rune that takes size bytes in UTF-8.
func encodedRune(r rune, size int) int {
	switch {
	case r == '"', r == '\\', r == '\n', r == '\r', r == '\t', r == '\b', r == '\f':
		return 2
	case r < 0x20, r == '\u2028', r == '\u2029':
		return 6
	case r == utf8.RuneError && size == 1:
		return 6
	}
	return size
}

// shorten cuts s to at most limit bytes in JSON, and marks the cut with an
// ellipsis. It returns nothing where not even the ellipsis fits.
func shorten(s string, limit int) string {
	if encodedLen(s) <= limit {
		return s
	}
	if limit < len(ellipsis) {
		return ""
	}
	return strings.TrimRight(head(s, limit-len(ellipsis)), " \n") + ellipsis
}

// shortenLines cuts s to at most limit bytes in JSON, the line last included. It
// cuts after a whole line, if one fits.
func shortenLines(s, last string, limit int) string {
	if encodedLen(s) <= limit {
		return s
	}
	room := limit - encodedLen("\n"+last)
	if room <= 0 {
		return shorten(s, limit)
	}
	kept := head(s, room)
	if end := strings.LastIndexByte(kept, '\n'); s[len(kept)] != '\n' && end >= 0 {
		kept = kept[:end]
	} else if s[len(kept)] != '\n' {
		kept = shorten(s, room)
	}
	return kept + "\n" + last
}

// head is the longest prefix of s that takes at most limit bytes in JSON.
func head(s string, limit int) string {
	n, i := 0, 0
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n += encodedRune(r, size); n > limit {
			break
		}
		i += size
	}
	return s[:i]
}

// share divides budget, in bytes, among texts of the lengths wants. It finds the
// largest level such that each gets its length or level × weight, whichever is
// less. Short texts stay whole; long ones are cut in proportion to their weights.
func share(wants, weights []int, budget int) []int {
	given := make([]int, len(wants))
	fill := func(level int) (total int) {
		for i, want := range wants {
			given[i] = min(want, level*weights[i])
			total += given[i]
		}
		return total
	}
	low, high := 0, max(budget, 0)
	for low < high {
		middle := (low + high + 1) / 2
		if fill(middle) <= budget {
			low = middle
		} else {
			high = middle - 1
		}
	}
	fill(low)
	return given
}
