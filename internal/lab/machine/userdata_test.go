package machine

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, userData, want string }{
		{"none", "", ""},
		{"script", "#!/bin/bash -xe\nmkdir -p /srv\nf() { ls; }\nf", ""},
		{"env", "#!/usr/bin/env bash\nls", ""},
		{"cloud-config", "#cloud-config\n", "which begin with #!"},
		{"python", "#!/usr/bin/python3\n", `unsupported interpreter "/usr/bin/python3"`},
		{"syntax", "#!/bin/bash\nif true", "user-data:2:1"},
		{"commands", "#!/bin/bash\ndnf install x && aws s3 ls | cat", "unsupported command \"aws\"\nuser data: unsupported command \"dnf\""},
		{"process substitution", "#!/bin/bash\nexec > >(tee /tmp/x)", "line 2: process substitution"},
		{"in a substitution", "#!/bin/bash\necho $(nosuch)", `unsupported command "nosuch"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := Check(test.userData)
			if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
