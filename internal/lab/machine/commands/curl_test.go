package commands_test

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// TestCurl speaks HTTP and HTTPS to a real server.
func TestCurl(t *testing.T) {
	t.Parallel()
	failures := make(chan int, 2)
	failures <- 503
	failures <- 500
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/echo":
			_, _ = io.WriteString(w, r.Method+" ["+r.Header.Get("Content-Type")+"] "+r.Header.Get("X-A")+string(body)+"\n")
		case "/denied":
			http.Error(w, "AccessDenied", http.StatusForbidden)
		case "/flaky":
			select {
			case status := <-failures:
				http.Error(w, "later", status)
			default:
				_, _ = io.WriteString(w, "at last\n")
			}
		case "/moved":
			http.Redirect(w, r, "/echo", http.StatusFound)
		case "/slow":
			<-r.Context().Done()
		}
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	t.Cleanup(func() { plain.Close(); secure.Close() })
	host := machinetest.NewHost(t, map[string]string{"example.com": "127.0.0.1", "wrong.name": "127.0.0.1"})
	host.Map(80, strings.TrimPrefix(plain.URL, "http://"))
	host.Map(443, strings.TrimPrefix(secure.URL, "https://"))
	host.Map(81, "127.0.0.1:1") // nobody listens there
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	for _, test := range []struct{ script, want string }{
		{"curl -s example.com/echo", "GET [] \n"},
		{"curl -s https://example.com/echo -w '%{http_code} %{remote_ip}\\n'", "GET [] \n200 127.0.0.1\n"},
		{"curl -sS https://wrong.name/; echo $?", "curl: (60) SSL: no alternative certificate subject name matches target hostname 'wrong.name'\n60\n"},
		{"curl -sk https://wrong.name/echo", "GET [] \n"},
		{"curl -sd a=1 -d b=2 example.com/echo", "POST [application/x-www-form-urlencoded] a=1&b=2\n"},
		{"curl -s -X PUT -H 'Content-Type:' -H 'X-A: x' --data-binary '{}' example.com/echo", "PUT [] x{}\n"},
		{"echo body > /tmp/f; curl -s -T /tmp/f example.com/echo; curl -s --upload-file - example.com/echo < /tmp/f", "PUT [] body\n\nPUT [] body\n\n"},
		{"curl -sS -f example.com/denied; echo $?", "curl: (22) The requested URL returned error: 403\n22\n"},
		{"curl -s example.com/denied; echo $?", "AccessDenied\n0\n"},
		{"curl -s -o /tmp/out -w '%{http_code}' example.com/echo; cat /tmp/out", "200GET [] \n"},
		{"curl -s --retry 5 --retry-delay 3 example.com/flaky; date +%T", "later\n"},
		{"curl -sL example.com/moved; curl -s -w '%{http_code}\\n' -o /dev/null example.com/moved", "GET [] \n302\n"},
		{"curl -sS nosuch.example; echo $?", "curl: (6) Could not resolve host: nosuch.example\n6\n"},
		{"curl -sS example.com:81/; echo $?", "curl: (7) Failed to connect to example.com port 81: Connection refused\n7\n"},
		{"curl -s --retry 2 --retry-delay 3 example.com:81/; date +%T", "03:04:05\n"},
		{"curl -s --retry 2 --retry-delay 3 --retry-connrefused example.com:81/; date +%T", "03:04:11\n"},
		{"curl -s --retry 2 --retry-delay 3 --retry-all-errors -f example.com/denied; date +%T", "03:04:11\n"},
		{"curl -s --max-time 5 example.com/slow; echo $?", "28\n"},
		{"curl --http3 x; echo $?; curl; curl -s a b", "curl: option --http3: is unknown\n2\ncurl: (2) no URL specified\ncurl: only one URL is supported\ncloud-init: failed to run the user data: exit status 2\n"},
		{"curl -s -w '%{nosuch}' -o /dev/null example.com/echo; echo $?", "curl: unsupported --write-out variable \"nosuch\"\n2\n"},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			m, _ := machinetest.Boot(t, host, machine.Config{UserData: "#!/bin/bash\n" + test.script, Roots: roots})
			if strings.Contains(test.script, "/flaky") {
				test.want = "at last\n03:04:11\n" // two retries, 3 s each
			}
			if m.Console() != test.want {
				t.Errorf("got %q, want %q", m.Console(), test.want)
			}
		})
	}
}
