package proof

import "testing"

// TestPolicyNumbers: what IAM reads as the same text is the same, and what is
// empty is not.
func TestPolicyNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`{"a":123456789012}`, `{"a":"123456789012"}`, true},
		{`{"a":true,"b":[["x"]]}`, `{"a":"true","b":"x"}`, true},
		{`{"a":["x","x"]}`, `{"a":"x"}`, true},
		{`{"a":[]}`, `{"a":"x"}`, false},
		{`{"a":[]}`, `{}`, false},
		{`{"a":null}`, `{}`, true},
		{`{"a":[{"x":1}]}`, `{"a":{"x":1}}`, true},
		{`{"NotPrincipal":{"AWS":"*"}}`, `{"NotPrincipal":"*"}`, true},
		{`{"a":["x","y"]}`, `{"a":{"x":"y"}}`, false},
		{`{"a":{"x":"y"}}`, `{"a":["x","y"]}`, false},
		{`{"a":"x"}`, `{"a":{"x":"y"}}`, false},
		{`{"a":[{"x":1},{"x":2}]}`, `{"a":[{"x":2},{"x":1}]}`, false},
	} {
		a, _ := readPolicy(test.a)
		b, _ := readPolicy(test.b)
		for range 2 {
			if where, differ := difference("", a, b); differ == test.same || differ && where != " in a" && where != " in a 1 x" {
				t.Errorf("%s and %s: got %t %q", test.a, test.b, differ, where)
			}
			a, b = b, a
		}
	}
}
