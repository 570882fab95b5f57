package picture

import "strings"

// The sizes of text, in pixels.
const (
	large  = 17.0
	normal = 12.0
	small  = 11.0
)

// widths are those of the printable ASCII characters in the sans-serif type that most
// machines have, in thousandths of the size.
var widths = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
}

// spare is what other types of the kind are wider by.
const spare = 1.12

// width estimates how wide a text is. No browser is asked: it may be wrong by some percent.
func width(text string, size float64) float64 {
	total := 0
	for _, r := range text {
		switch {
		case r >= ' ' && r <= '~':
			total += widths[r-' ']
		case r < 0x2E80:
			total += 620
		default:
			total += 1000
		}
	}
	return float64(total) / 1000 * size * spare
}

// cut shortens a text to a width, in its middle where both ends matter.
func cut(text string, size, most float64) string {
	if width(text, size) <= most {
		return text
	}
	runes := []rune(text)
	for keep := len(runes) - 1; keep > 0; keep-- {
		head := (keep*3 + 4) / 5
		short := string(runes[:head]) + "…" + string(runes[len(runes)-(keep-head):])
		if width(short, size) <= most {
			return short
		}
	}
	return "…"
}

// wrap breaks a text into lines of a width: between words, and inside of a word that is
// wider than a line.
func wrap(text string, size, most float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line+" "+word, size) <= most {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = ""
		for _, r := range word {
			if line != "" && width(line+string(r), size) > most {
				// A name breaks after a dot, a hyphen or a slash if there is one near the end.
				at := strings.LastIndexAny(line, ".-/") + 1
				if at <= len(line)/2 {
					at = len(line)
				}
				lines, line = append(lines, line[:at]), line[at:]
			}
			line += string(r)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
