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
		{"powershell", "<powershell></powershell>", "which begin with #!"},
		{"cloud-config", "#cloud-config\nruncmd: [ls, [echo, 'a b']]\nusers: [default]", ""},
		{"cloud-config with commands", "#cloud-config\nruncmd: [nosuch]\npackages: [jq]", "packages that bring nothing here: jq\nuser data: unsupported command \"nosuch\""},
		{"cloud-config with another key", "#cloud-config\npower_state: {mode: reboot}", "unsupported cloud-config \"power_state\""},
		{"cloud-config that is none", "#cloud-config\n[", "cloud-config: "},
		{"a part of another type", "Content-Type: multipart/mixed; boundary=\"x\"\n\n--x\nContent-Type: text/jinja2\n\nls\n--x--\n", "unsupported part text/jinja2"},
		{"python", "#!/usr/bin/python3\n", `unsupported interpreter "/usr/bin/python3"`},
		{"syntax", "#!/bin/bash\nif true", "user-data:2:1"},
		{"commands", "#!/bin/bash\nzypper install x && aws s3 ls | cat", "unsupported command \"aws\"\nuser data: unsupported command \"zypper\""},
		{"process substitution", "#!/bin/bash\ncat <(ls)", "line 2: process substitution"},
		{"output to a process", "#!/bin/bash\nexec > >(tee /tmp/x | logger -t x -s 2>/dev/console) 2>&1", ""},
		{"packages", "#!/bin/bash\nyum install -y httpd jq", "packages that bring nothing here: jq"},
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
