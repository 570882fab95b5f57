package server

import "strings"

// Environment is the lines of a POSIX shell that make its programs clients of the server:
// `eval` takes them.
func (s *Server) Environment() string {
	var b strings.Builder
	// What would lead clients elsewhere
	// (docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html#EVarSettings).
	b.WriteString("unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\n")
	for _, v := range [][2]string{
		{"AWS_ENDPOINT_URL", s.URL()},
		{"AWS_REGION", s.options.Region},
		{"AWS_DEFAULT_REGION", s.options.Region},
		{"AWS_ACCESS_KEY_ID", s.credentials.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", s.credentials.SecretAccessKey},
		{"AWS_EC2_METADATA_DISABLED", "true"},
	} {
		b.WriteString("export " + v[0] + "='" + v[1] + "'\n")
	}
	return b.String()
}
