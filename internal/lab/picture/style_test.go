package picture

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// Every colour of a text has a contrast of 4.5 with what may be behind it, every line one
// of 3, in light and dark (www.w3.org/TR/WCAG22/#contrast-minimum, #non-text-contrast).
func TestContrast(t *testing.T) {
	t.Parallel()
	sheets := regexp.MustCompile(`\.pic\{(--[^}]*)\}`).FindAllStringSubmatch(style, -1)
	if len(sheets) != 2 {
		t.Fatalf("%d sets of colours", len(sheets))
	}
	for _, sheet := range sheets {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--(\w+):#([0-9a-f]+)`).FindAllStringSubmatch(sheet[1], -1) {
			colours[m[1]] = m[2]
		}
		check := func(front, back string, least float64) {
			t.Helper()
			a, b := luminance(t, colours[front]), luminance(t, colours[back])
			if ratio := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); ratio < least {
				t.Errorf("%s on %s: %.2f, want %.1f", front, back, ratio, least)
			}
		}
		for _, back := range []string{"ground", "vpc", "box"} {
			for _, text := range []string{"ink", "quiet", "good", "bad", "open", "public", "private", "isolated", "group"} {
				check(text, back, 4.5)
			}
			check("sign", back, 3)
		}
		for _, pill := range []string{"good", "bad", "open"} {
			check("on", pill, 4.5)
		}
	}
}

// luminance is the relative luminance of a colour (www.w3.org/TR/WCAG22/#dfn-relative-luminance).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 24)
	if err != nil || len(hex) != 6 {
		t.Fatalf("the colour %q", hex)
	}
	part := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
