package api

import "testing"

// A text says that a call is lacking in any of the lab's words, and wherever it stands; what
// a network depends on is no such limit.
func TestLimit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"the lab has no calls of kinesis, and not ListStreams":                         "its function calls ListStreams of kinesis, which the lab does not have",
		"Error: the lab has no call PutResourcePolicy of logs\n  at x":                 "its function calls PutResourcePolicy of logs, which the lab does not have",
		"the lab has no calls of cognito-identity-provider, and not DescribeUserPool.": "its function calls DescribeUserPool. of cognito-identity-provider, which the lab does not have",
		"the lab has no calls of network-firewall, and not CreateFirewall":             "",
		"the lab has no call CreateVpc of ec2":                                         "",
		"AccessDenied":                                                                 "",
	} {
		if got := Limit(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
