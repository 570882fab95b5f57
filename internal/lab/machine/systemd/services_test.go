package systemd_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// webUserData is how a web host starts: a page, a unit, enable --now.
func webUserData(unit string) string {
	return `#!/bin/bash
mkdir -p /srv/www/sub
cat > /srv/www/index.html <<'END'
WEB1
END
cat > /etc/systemd/system/web.service <<'END'
[Unit]
Description=A page
After=network-online.target

[Service]
` + unit + `

[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable --now web.service
`
}

const webUnit = "ExecStart=/usr/bin/python3 -m http.server 80 --directory /srv/www\nRestart=always\nDynamicUser=yes\n"

// get asks the host's port 80 as it would be asked over the network.
func get(t *testing.T, host *machinetest.Host, method, path string) (*http.Response, string) {
	t.Helper()
	transport := &http.Transport{DialContext: host.Dial}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest(method, "http://10.0.1.109"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestWebService(t *testing.T) {
	t.Parallel()
	host := machinetest.NewHost(t, nil)
	m, err := machinetest.Boot(t, host, machine.Config{UserData: webUserData(webUnit+"AmbientCapabilities=CAP_NET_BIND_SERVICE") + "systemctl is-active web"})
	if err != nil || m.Console() != "active\n" {
		t.Fatalf("%v\n%s", err, m.Console())
	}
	host.AwaitPort(t, 80)
	for _, test := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/", 200, "WEB1\n"},
		{"HEAD", "/", 200, ""},
		{"GET", "/index.html?x=1", 200, "WEB1\n"},
		{"GET", "/sub", 301, ""},
		{"GET", "/sub/", 200, "Directory listing for /sub/"},
		{"GET", "/../../etc/systemd/system/web.service", 404, "File not found"},
		{"GET", "/none", 404, "Error code: 404"},
		{"POST", "/", 501, "Unsupported method"},
	} {
		response, body := get(t, host, test.method, test.path)
		if response.StatusCode != test.status || !strings.Contains(body, test.body) || response.Proto != "HTTP/1.0" {
			t.Errorf("%s %s: got %s %s %q", test.method, test.path, response.Proto, response.Status, body)
		}
	}
	// Stop ends the service: the port is closed.
	m.Stop()
	conn, err := host.Dial(t.Context(), "tcp", "10.0.1.109:80")
	if err == nil {
		conn.Close()
		t.Error("the web server lives on after Stop")
	}
}

// TestServices looks at what systemd says.
func TestServices(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, unit, then, want string }{
		{"low port without the capability", webUnit, "until [ \"$(systemctl is-active web)\" = failed ]; do sleep 0; done; journalctl -u web | sort -u", "PermissionError: [Errno 13] Permission denied\nweb.service: Main process exited, code=exited, status=1\nweb.service: Start request repeated too quickly.\n"},
		{"unknown directive", webUnit + "OOMScoreAdjust=3", "true", "Failed to enable unit: web.service:9: unsupported directive OOMScoreAdjust in section [Service]"},
		{"no command", "Type=simple", "true", "service has no ExecStart= setting"},
		{"relative path", "ExecStart=python3 -m http.server", "true", "want an absolute path"},
		{"other python", "ExecStart=/usr/bin/python3 /srv/app.py", "until journalctl -u web.service | grep only; do sleep 0; done", "python3: only -m http.server is supported"},
		{"no such unit", webUnit, "systemctl start nosuch; echo $?", "Failed to start nosuch.service: unit nosuch.service not found\n5\n"},
		{"unknown verb", webUnit, "systemctl mask web", `systemctl: unsupported command "mask"`},
		{"oneshot", "Type=oneshot\nEnvironment=\"WHO=a b\"\nExecStart=/bin/bash -c 'logger -t one \"hello $WHO $$USER\"'\nExecStart=/bin/true", "echo started", "one: hello a b root\nstarted\n"},
		{"specifier", "ExecStart=/bin/echo %i", "true", "unsupported specifier in \"%i\""},
		{"oneshot that fails", "Type=oneshot\nExecStart=/bin/false", "systemctl is-active web", "job for web.service failed\nfailed\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, _ := machinetest.Boot(t, machinetest.NewHost(t, nil), machine.Config{UserData: webUserData(test.unit) + test.then})
			if !strings.Contains(m.Console(), test.want) {
				t.Errorf("console:\n%s\nwant: %s", m.Console(), test.want)
			}
		})
	}
}
