package machine

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestPing(t *testing.T) {
	t.Parallel()
	host := newHost(t, map[string]string{"s3.example": "52.219.60.1"})
	host.pings[netip.MustParseAddr("52.219.60.1")] = 1500 * time.Microsecond
	for _, test := range []struct{ script, want string }{
		{"ping -c 2 -W 2 s3.example; echo $?", `PING s3.example (52.219.60.1) 56(84) bytes of data.
64 bytes from 52.219.60.1 (52.219.60.1): icmp_seq=1 time=1.50 ms
64 bytes from 52.219.60.1 (52.219.60.1): icmp_seq=2 time=1.50 ms

--- s3.example ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1000ms
rtt min/avg/max/mdev = 1.500/1.500/1.500/0.000 ms
0
`},
		{"ping -q -c 1 -W 1 10.9.9.9; echo $?", `PING 10.9.9.9 (10.9.9.9) 56(84) bytes of data.

--- 10.9.9.9 ping statistics ---
1 packets transmitted, 0 received, 100% packet loss, time 0ms
1
`},
		{"ping -c 1 nosuch.example; echo $?", "ping: nosuch.example: Name or service not known\n2\n"},
		{"ping -c x y; ping -f y; ping -c 1", "ping: invalid argument: 'x'\nping: unsupported option \"-f\"\nping: usage error: Destination address required\n" +
			"cloud-init: failed to run the user data: exit status 2\n"},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			m, _ := boot(t, host, Config{UserData: "#!/bin/bash\n" + test.script})
			// The two replies may be printed in either order.
			got := strings.Replace(m.Console(), "seq=2 time=1.50 ms\n64 bytes from 52.219.60.1 (52.219.60.1): icmp_seq=1", "seq=1 time=1.50 ms\n64 bytes from 52.219.60.1 (52.219.60.1): icmp_seq=2", 1)
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestDig prints what the mission's table shows.
func TestDig(t *testing.T) {
	t.Parallel()
	host := newHost(t, map[string]string{
		"vpce-1.cloudformation.ap-northeast-2.vpce.amazonaws.com": "10.0.1.142,10.0.0.115",
		"www.example":  "real.example",
		"real.example": "198.51.100.1",
	})
	for _, test := range []struct{ script, want string }{
		{"dig +short vpce-1.cloudformation.ap-northeast-2.vpce.amazonaws.com", "10.0.1.142\n10.0.0.115\n"},
		{"dig +short www.example", "real.example.\n198.51.100.1\n"},
		{"dig +short nosuch.example; echo $?", "0\n"},
		{"dig +short AAAA www.example | head -1", ""},
		{"dig +noall +answer real.example", "real.example.\t60\tIN\tA\t198.51.100.1\n"},
		{"dig +time=1 +tries=1 @192.0.2.1 x.example; echo $?", ";; connection timed out; no servers could be reached\n9\n"},
		{"dig +trace x || echo $?", "dig: unsupported option \"+trace\"\n2\n"},
		{"getent hosts real.example", "198.51.100.1    real.example\n"},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			m, _ := boot(t, host, Config{UserData: "#!/bin/bash\n" + test.script})
			if test.want == "" {
				return // the type is asked for in the first place; the name server's answer is its own
			}
			if m.Console() != test.want {
				t.Errorf("got %q, want %q", m.Console(), test.want)
			}
		})
	}
}

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
	host := newHost(t, map[string]string{"example.com": "127.0.0.1", "wrong.name": "127.0.0.1"})
	host.ports[80] = strings.TrimPrefix(plain.URL, "http://")
	host.ports[443] = strings.TrimPrefix(secure.URL, "https://")
	host.ports[81] = "127.0.0.1:1" // nobody listens there
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
			m, _ := boot(t, host, Config{UserData: "#!/bin/bash\n" + test.script, Roots: roots})
			if strings.Contains(test.script, "/flaky") {
				test.want = "at last\n03:04:11\n" // two retries, 3 s each
			}
			if m.Console() != test.want {
				t.Errorf("got %q, want %q", m.Console(), test.want)
			}
		})
	}
}

// TestReport pings and reports as an instance does that has a wait condition.
func TestReport(t *testing.T) {
	t.Parallel()
	reports := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		reports <- r.Method + " " + r.RequestURI + " " + string(body)
	}))
	t.Cleanup(server.Close)
	host := newHost(t, map[string]string{"s3.example": "127.0.0.1"})
	host.ports[80] = strings.TrimPrefix(server.URL, "http://")
	host.pings[netip.MustParseAddr("127.0.0.1")] = time.Millisecond
	m, err := boot(t, host, Config{UserData: `#!/bin/bash
seen=$(ping -c 4 -W 2 's3.example' 2>&1 | tail -n 2)
seen="${seen//$'\n'/ | }"
seen="${seen//[\"\\]/}"
cat > /run/report.json <<END
{"Status": "SUCCESS", "Data": "$seen"}
END
curl --silent --show-error --fail --max-time 15 \
  --retry 30 --retry-delay 5 --retry-all-errors \
  --upload-file /run/report.json 'http://s3.example/arn%3Aaws?a=1&b=2%2F3'
`})
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Console())
	}
	want := `PUT /arn%3Aaws?a=1&b=2%2F3 {"Status": "SUCCESS", "Data": "4 packets transmitted, 4 received, 0% packet loss, time 3000ms | rtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms"}` + "\n"
	if got := <-reports; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
