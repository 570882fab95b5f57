package machine_test

import (
	"encoding/base64"
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// The parts of a message run in cloud-init's order: boothooks, cloud-config, scripts.
func TestParts(t *testing.T) {
	t.Parallel()
	script := base64.StdEncoding.EncodeToString([]byte("#!/bin/bash -e\necho script; cat /etc/made"))
	text := "Content-Type: multipart/mixed; boundary=\"+AWS+CDK+User+Data+Separator==\"\nMIME-Version: 1.0\n\n" +
		"--+AWS+CDK+User+Data+Separator==\nContent-Type: text/x-shellscript; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n" + script + "\n" +
		"--+AWS+CDK+User+Data+Separator==\nContent-Type: text/cloud-config\n\n" +
		"write_files:\n- {path: /etc/made, content: \"one\\n\", permissions: '0600'}\n- {path: /etc/made, content: dHdvCg==, encoding: b64, append: true, permissions: '0600'}\nbootcmd: [echo boot]\nruncmd:\n- echo run\n- [echo, 'a  b', $HOME]\n" +
		"--+AWS+CDK+User+Data+Separator==\nContent-Type: text/cloud-boothook\n\n#cloud-boothook\necho hook\n--+AWS+CDK+User+Data+Separator==--\n"
	m, err := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{UserData: text})
	if err != nil {
		t.Fatal(err, m.Console())
	}
	const want = "hook\nboot\nrun\na  b $HOME\nscript\none\ntwo\n"
	if got := m.Console(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A part that fails does not keep the others from running, and is the failure in the end.
func TestPartsThatFail(t *testing.T) {
	t.Parallel()
	m, err := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{UserData: "#cloud-config\nwrite_files:\n- {path: /etc/x, content: a, permissions: rw}\nruncmd: [echo on]\n"})
	if err == nil || m.Console() != "on\ncloud-init: failed to run the user data: cloud-config write_files: /etc/x: permissions \"rw\" are not octal\n" {
		t.Errorf("%v\n%s", err, m.Console())
	}
}
