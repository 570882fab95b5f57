package mutation

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/test/templates"
)

// path is a place inside a resource's properties.
type path []any

func (p path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		}
	}
	return b.String()
}

// walk visits every place below v, containers before their contents. It does not
// look inside intrinsic functions.
func walk(v any, at path, visit func(path, any)) {
	if len(at) > 0 {
		visit(at, v)
	}
	switch v := v.(type) {
	case map[string]any:
		if templates.IsIntrinsic(v) {
			return
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(v[k], append(slices.Clone(at), k), visit)
		}
	case []any:
		for i, e := range v {
			walk(e, append(slices.Clone(at), i), visit)
		}
	}
}

// set puts a value at a place.
func set(root map[string]any, at path, value any) {
	replace(root, at, func(any) (any, bool) { return value, true })
}

// remove removes what is at a place.
func remove(root map[string]any, at path) {
	replace(root, at, func(any) (any, bool) { return nil, false })
}

// replace replaces the value at a place by change's result, or removes it if change
// returns false.
func replace(v any, at path, change func(any) (any, bool)) any {
	last := len(at) == 1
	switch step := at[0].(type) {
	case string:
		m := v.(map[string]any)
		if !last {
			m[step] = replace(m[step], at[1:], change)
		} else if value, keep := change(m[step]); keep {
			m[step] = value
		} else {
			delete(m, step)
		}
		return m
	case int:
		l := v.([]any)
		if !last {
			l[step] = replace(l[step], at[1:], change)
		} else if value, keep := change(l[step]); keep {
			l[step] = value
		} else {
			l = slices.Delete(l, step, step+1)
		}
		return l
	}
	return v
}
