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

// TestShell runs scripts and looks at the console.
func TestShell(t *testing.T) {
	t.Parallel()
	host := newHost(t, nil)
	for _, test := range []struct{ name, script, console, failure string }{
		{"files", "mkdir -p /srv/a && cd /srv/a && echo hi > b && cat b && pwd && ls", "hi\n/srv/a\nb\n", ""},
		{"append and test", "echo 1 > /tmp/x; echo 2 >> /tmp/x; [ -f /tmp/x ] && wc -l < /tmp/x", "2\n", ""},
		{"here document", "n=WEB1\ncat > /tmp/i <<END\nI am $n\nEND\ncat /tmp/i", "I am WEB1\n", ""},
		{"unknown command at run time", "x=nosuch; $x; echo $?", "bash: nosuch: command not found\n127\n", ""},
		{"last status", "false", "cloud-init: failed to run the user data: exit status 1\n", "exit status 1"},
		{"errexit", "set -e\ncat /nosuch\necho never", "cat: /nosuch: No such file or directory\ncloud-init: failed to run the user data: exit status 1\n", "exit status 1"},
		{"login environment", "echo $USER $HOME $UID $HOSTNAME; hostname; id -u", "root /root 0 ip-10-0-1-109\nip-10-0-1-109\n0\n", ""},
		{"nothing of the real machine", "echo [${GOPATH-}${PWD}]; cat /proc/self/environ || ls /proc", "[/]\ncat: /proc/self/environ: No such file or directory\nls: cannot access '/proc': No such file or directory\ncloud-init: failed to run the user data: exit status 2\n", "exit status 2"},
		{"command -v", "command -v curl && command -v nosuch || echo none", "/usr/bin/curl\nnone\n", ""},
		{"source is refused", "source /etc/os-release || echo $?", "bash: source: not supported\n2\n", ""},
		{"own script", "printf '#!/bin/bash\\necho own $1\\n' > /usr/local/bin/x; chmod +x /usr/local/bin/x; /usr/local/bin/x 1; bash -c 'echo $1' a b", "own 1\nb\n", ""},
		{"not executable", "echo x > /tmp/x; /tmp/x || echo $?", "bash: /tmp/x: Permission denied\n126\n", ""},
		{"sleep and date", "sleep 1m 5; date -u +%FT%TZ", "2026-01-02T03:05:10Z\n", ""},
		{"timeout", "timeout 1 ping -c 1 10.9.9.9 >/dev/null; echo $?", "124\n", ""},
		{"functions and loops", "f() { for i in $(seq 3); do echo -n $i; done; echo; }; f", "123\n", ""},
		{"tee and devices", "echo a | tee /tmp/t > /dev/null; cat /tmp/t; echo b > /dev/console; logger -t me hi", "a\nb\nme: hi\n", ""},
		{"remove and move", "cd /tmp; touch a; cp a b; mv b c; rm a; ls; rm -rf /tmp; ls /tmp", "c\nls: cannot access '/tmp': No such file or directory\ncloud-init: failed to run the user data: exit status 2\n", "exit status 2"},
		{"unsupported flag", "mkdir -Z /x || echo $?", "mkdir: unsupported option \"-Z\"\n2\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, err := boot(t, host, Config{UserData: "#!/bin/bash\n" + test.script})
			if m.Console() != test.console {
				t.Errorf("console:\n%s\nwant:\n%s", m.Console(), test.console)
			}
			if (test.failure == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.failure) {
				t.Errorf("failure %v, want %q", err, test.failure)
			}
		})
	}
}

// TestText runs the filters.
func TestText(t *testing.T) {
	t.Parallel()
	host := newHost(t, nil)
	for _, test := range []struct{ script, want string }{
		{`printf '1\n2\n3\n' | tail -n 2`, "2\n3\n"},
		{`printf '1\n2\n3\n' | tail -n +3`, "3\n"},
		{`printf '1\n2\n3\n' | head -1`, "1\n"},
		{`printf 'abc' | head -c 2`, "ab"},
		{`printf 'a b\nc d\n' | cut -d ' ' -f 2`, "b\nd\n"},
		{`printf 'abcd\n' | cut -c 2-3`, "bc\n"},
		{`printf 'b\na\nb\n' | sort -u | paste -sd, -`, "a,b\n"},
		{`printf '10\n9\n' | sort -n`, "9\n10\n"},
		{`printf 'a\na\nb\n' | uniq -c`, "      2 a\n      1 b\n"},
		{`printf 'x1\ny2\n' | grep -o '[0-9]'`, "1\n2\n"},
		{`printf 'x1\ny2\n' | grep -vc x`, "1\n"},
		{`printf 'a+b\n' | grep 'a+b'`, "a+b\n"},
		{`printf 'aab\n' | grep -E '^a+b$'`, "aab\n"},
		{`echo x | grep -q y; echo $?`, "1\n"},
		{`echo 'a/b/a' | sed 's/a/[&]/'`, "[a]/b/a\n"},
		{`echo 'a/b/a' | sed -e 's#/#.#g'`, "a.b.a\n"},
		{`echo 'k=v' | sed -E 's/(.*)=(.*)/\2=\1/'`, "v=k\n"},
		{`printf '1\n2\n3\n' | sed '/2/d'`, "1\n3\n"},
		{`printf '1\n2\n' | sed -n '2p'`, "2\n"},
		{`echo 1 > /tmp/f; sed -i s/1/2/ /tmp/f; cat /tmp/f`, "2\n"},
		{`echo x | sed y/x/y/ || echo $?`, "sed: unsupported script \"y/x/y/\"\n1\n"},
		{`echo abC | tr a-z A-Z`, "ABC\n"},
		{`echo 'a "b"' | tr -d '"\n'`, "a b"},
		{`printf '1 2 3' | xargs -n 2 echo`, "1 2\n3\n"},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			m, err := boot(t, host, Config{UserData: "#!/bin/bash\n" + test.script})
			if m.Console() != test.want || err != nil {
				t.Errorf("got %q, %v, want %q", m.Console(), err, test.want)
			}
		})
	}
}
