package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text  string
		width int
		want  []string
	}{
		"fits":           {"one two", 7, []string{"one two"}},
		"no limit":       {strings.Repeat("x ", 200), 0, []string{strings.TrimRight(strings.Repeat("x ", 200), " ")}},
		"between words":  {"one two three", 8, []string{"one two", "three"}},
		"lines":          {"one\n\ntwo three\n", 5, []string{"one", "", "two", "three"}},
		"an indent":      {"  one two three", 8, []string{"  one", "  two", "  three"}},
		"a long type":    {"AWS::EC2::SubnetRouteTableAssociation", 20, []string{"AWS::EC2::Subnet", "RouteTable", "Association"}},
		"a long name":    {"x vpce-0123.s3.eu-west-1.vpce.amazonaws.com", 16, []string{"x", "vpce-0123.s3.eu-", "west-1.vpce.", "amazonaws.com"}},
		"nowhere to":     {"aaaaaaaaaaaa", 5, []string{"aaaaa", "aaaaa", "aa"}},
		"other letters":  {"äöü äöü", 4, []string{"äöü", "äöü"}},
		"nearly nothing": {"abc", 1, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, wrap(test.text, test.width)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("AWS::EC2::VPC and more", 7)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if !utf8.ValidString(text) || width < 1 || width > 200 {
			t.Skip()
		}
		strip := func(s string) string { return strings.Join(strings.Fields(s), "") }
		lines := wrap(text, width)
		if strip(strings.Join(lines, "")) != strip(text) {
			t.Errorf("wrap(%q, %d) = %q loses something", text, width, lines)
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > width {
				t.Errorf("wrap(%q, %d): the line %q is too long", text, width, line)
			}
		}
	})
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want  []int
		width int
		got   []int
	}{
		{[]int{8, 15, 40}, 0, []int{8, 15, 40}},
		{[]int{8, 15, 40}, 67, []int{8, 15, 40}},
		{[]int{8, 15, 40}, 60, []int{8, 15, 33}},
		{[]int{8, 40, 40}, 60, []int{8, 24, 24}},
		{[]int{8, 90, 90}, 20, []int{8, 8, 8}},
	} {
		if diff := cmp.Diff(test.got, fit(test.want, 2, test.width)); diff != "" {
			t.Errorf("%v into %d: %s", test.want, test.width, diff)
		}
	}
}
