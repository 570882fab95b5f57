package main

import (
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"
)

// cell is a text in a table, with its colour.
type cell struct {
	text  string
	paint *color.Color // nil: none
}

// row is a row of a table. After are paragraphs below it, indented like its second
// column.
type row struct {
	cells []cell
	after []string
}

// gap is the space between two columns.
const gap = 2

// table prints rows with aligned columns. What is too wide for the screen is wrapped
// within its column.
func (s *screen) table(indent int, rows []row) {
	var want []int
	for _, r := range rows {
		for i, c := range r.cells {
			if i == len(want) {
				want = append(want, 0)
			}
			want[i] = max(want[i], utf8.RuneCountInString(c.text))
		}
	}
	width := 0
	if s.width > 0 {
		width = max(s.width-indent, 1)
	}
	widths := fit(want, gap, width)
	for _, r := range rows {
		s.row(indent, widths, r.cells)
		for _, text := range r.after {
			s.block(indent+widths[0]+gap, text)
		}
	}
}

// row prints one row, on as many lines as its highest cell has.
func (s *screen) row(indent int, widths []int, cells []cell) {
	lines := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		lines[i] = wrap(c.text, widths[i])
		height = max(height, len(lines[i]))
	}
	for n := range height {
		var line strings.Builder
		pad := indent
		for i, c := range cells {
			text := ""
			if n < len(lines[i]) {
				text = lines[i][n]
			}
			if text != "" {
				line.WriteString(strings.Repeat(" ", pad))
				pad = 0
				if c.paint != nil {
					line.WriteString(c.paint.Sprint(text))
				} else {
					line.WriteString(text)
				}
			}
			pad += widths[i] - utf8.RuneCountInString(text) + gap
		}
		s.printf("%s\n", line.String())
	}
}

// block prints the lines of a text, wrapped and indented.
func (s *screen) block(indent int, text string) {
	width := 0
	if s.width > 0 {
		width = max(s.width-indent, least)
	}
	for _, line := range wrap(text, width) {
		if line != "" {
			line = strings.Repeat(" ", indent) + line
		}
		s.printf("%s\n", line)
	}
}
