package shell_test

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// TestShell runs scripts and looks at the console.
func TestShell(t *testing.T) {
	t.Parallel()
	host := machinetest.NewHost(t, nil)
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
		{"command runs", "command echo a; command seq 1; command -V ls; echo $?", "a\n1\nbash: command -V: not supported\n2\n", ""},
		{"builtins behind others are refused", "builtin type ls; command source x; builtin command builtin hash; echo $?; builtin echo a", "bash: type: not supported\nbash: source: not supported\nbash: hash: not supported\n2\na\n", ""},
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
			m, err := machinetest.Boot(t, host, machine.Config{UserData: "#!/bin/bash\n" + test.script})
			if m.Console() != test.console {
				t.Errorf("console:\n%s\nwant:\n%s", m.Console(), test.console)
			}
			if (test.failure == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.failure) {
				t.Errorf("failure %v, want %q", err, test.failure)
			}
		})
	}
}
