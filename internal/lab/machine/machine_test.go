package machine_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

// TestReport pings and reports as an instance does that has a wait condition.
func TestReport(t *testing.T) {
	t.Parallel()
	reports := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		reports <- r.Method + " " + r.RequestURI + " " + string(body)
	}))
	t.Cleanup(server.Close)
	host := machinetest.NewHost(t, map[string]string{"s3.example": "127.0.0.1"})
	host.Map(80, strings.TrimPrefix(server.URL, "http://"))
	host.Pings[netip.MustParseAddr("127.0.0.1")] = time.Millisecond
	m, err := machinetest.Boot(t, host, machine.Config{UserData: `#!/bin/bash
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

// TestStopEndsTheScript shows that a script that waits forever does not hold
// the machine.
func TestStopEndsTheScript(t *testing.T) {
	t.Parallel()
	m := machine.Run(t.Context(), machinetest.NewHost(t, nil), machine.Config{UserData: "#!/bin/bash\nwhile true; do ping -c 1 -W 5 10.9.9.9; done"})
	m.Stop()
	if err := m.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(fmt.Sprint(m.Console()), "stopped") {
		t.Errorf("console: %s", m.Console())
	}
}
