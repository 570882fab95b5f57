package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wrap breaks a text into lines of at most width characters, between words; a word that
// is longer is broken where people would break it. The lines of the text stay
// apart, and what continues a line that is indented is indented as much. Width 0 is no limit.
func wrap(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = strings.TrimRight(line, " \r")
		if width <= 0 || utf8.RuneCountInString(line) <= width {
			out = append(out, line)
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if len(indent) >= width {
			indent = ""
		}
		out = append(out, wrapLine(line, indent, width)...)
	}
	return out
}

// wrapLine is wrap for one line.
func wrapLine(line, indent string, width int) []string {
	var out []string
	current := indent
	room := func() int { return width - utf8.RuneCountInString(current) }
	for _, word := range strings.Fields(line) {
		if current != indent {
			if utf8.RuneCountInString(word) < room() {
				current += " " + word
				continue
			}
			out = append(out, current)
			current = indent
		}
		for utf8.RuneCountInString(word) > room() {
			head, tail := breakWord(word, room())
			out = append(out, current+head)
			word = tail
		}
		current += word
	}
	return append(out, current)
}

// breakWord breaks a long word after at most width characters: after a sign, or before a
// capital letter, if there is one in the second half.
func breakWord(word string, width int) (head, tail string) {
	runes := []rune(word)
	width = max(min(width, len(runes)), 1)
	for at := width; at >= max(width/2, 1) && at < len(runes); at-- {
		before, after := runes[at-1], runes[at]
		if strings.ContainsRune(":/.,-_", before) && after != before || unicode.IsLower(before) && unicode.IsUpper(after) {
			return string(runes[:at]), string(runes[at:])
		}
	}
	return string(runes[:width]), string(runes[width:])
}

// least is the width below which no column is made narrower.
const least = 8

// fit returns the widths of columns that want others, so that all of them and the gaps
// between them fit into width: the widest give way. Width 0 is no limit.
func fit(want []int, gap, width int) []int {
	out := append([]int(nil), want...)
	sum := gap * (len(out) - 1)
	for _, w := range out {
		sum += w
	}
	for width > 0 && sum > width {
		widest := 0
		for i, w := range out {
			if w >= out[widest] {
				widest = i
			}
		}
		if out[widest] <= least {
			break
		}
		out[widest]--
		sum--
	}
	return out
}
