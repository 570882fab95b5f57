package ec2

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// filter is a filter of a request: one of its values must match one of the item's.
type filter struct {
	name   string
	values []string
	// of returns what an item has to compare with.
	of func(account, item) []string
}

// filtersOf reads the parameters Filter.N.Name and Filter.N.Value.M. A filter is one of the
// description's own, one of tags, or names an element of the answer as EC2's filters mostly do:
// map-public-ip-on-launch is mapPublicIpOnLaunch, and association.subnet-id the subnetId of an
// associationSet. One that names nothing of any item is refused.
func (d description) filtersOf(a account, r *api.Request, items []item) ([]filter, error) {
	var out []filter
	for i := 1; ; i++ {
		name := r.Form.Get(fmt.Sprintf("Filter.%d.Name", i))
		if name == "" {
			return out, nil
		}
		f := filter{name: name, values: r.List(fmt.Sprintf("Filter.%d.Value", i))}
		switch {
		case slices.Contains(d.filters, name):
			f.of = func(_ account, i item) []string { return i.valuesOf(name) }
		case tagFilter(name) != nil:
			f.of = tagFilter(name)
		default:
			f.of = func(_ account, i item) []string { return shown(i, name) }
			if len(items) > 0 && !slices.ContainsFunc(items, func(i item) bool { return shown(i, name) != nil }) {
				return nil, awserr.New("InvalidParameterValue", "The filter '%s' is invalid", name)
			}
		}
		out = append(out, f)
	}
}

// tagFilter is a filter of tags, or nil
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html).
func tagFilter(name string) func(account, item) []string {
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		return func(a account, i item) []string {
			for _, t := range a.tags.Of(i.id) {
				if t.Key == key {
					return []string{t.Value}
				}
			}
			return nil
		}
	}
	if name != "tag-key" && name != "tag-value" {
		return nil
	}
	return func(a account, i item) []string {
		var out []string
		for _, t := range a.tags.Of(i.id) {
			if name == "tag-key" {
				out = append(out, t.Key)
			} else {
				out = append(out, t.Value)
			}
		}
		return out
	}
}

// shown are the texts of the elements of an item that a filter names; nil if there are none.
func shown(i item, name string) []string {
	text, err := xml.Marshal(i.written())
	if err != nil {
		return nil
	}
	var out []string
	var at []string
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) || err != nil {
			return out
		}
		switch token := token.(type) {
		case xml.StartElement:
			at = append(at, token.Name.Local)
			if len(at) > 1 && filterName(at[1:]) == plain(name) {
				out = append(out, "") // an element without text
			}
		case xml.CharData:
			if len(at) > 1 && filterName(at[1:]) == plain(name) {
				out[len(out)-1] += string(token)
			}
		case xml.EndElement:
			at = at[:len(at)-1]
		}
	}
}

// filterName is what a filter calls an element, without hyphens.
func filterName(elements []string) string {
	var parts []string
	for n, e := range elements {
		if e == "item" {
			continue
		}
		if n < len(elements)-1 { // a list
			e = strings.TrimSuffix(strings.TrimSuffix(e, "Set"), "s")
		}
		parts = append(parts, strings.ToLower(e))
	}
	return strings.Join(parts, ".")
}

func plain(filter string) string { return strings.ToLower(strings.ReplaceAll(filter, "-", "")) }

// matches compares as EC2 does: * is any run of characters, slashes included, ? any one.
func (f filter) matches(a account, i item) bool {
	for _, got := range f.of(a, i) {
		for _, want := range f.values {
			if iam.ARNLike(want, got) {
				return true
			}
		}
	}
	return false
}
