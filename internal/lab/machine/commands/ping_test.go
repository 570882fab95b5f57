package commands_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/machinetest"
)

func TestPing(t *testing.T) {
	t.Parallel()
	host := machinetest.NewHost(t, map[string]string{"s3.example": "52.219.60.1"})
	host.Pings[netip.MustParseAddr("52.219.60.1")] = 1500 * time.Microsecond
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
			m, _ := machinetest.Boot(t, host, machine.Config{UserData: "#!/bin/bash\n" + test.script})
			// The two replies may be printed in either order.
			got := strings.Replace(m.Console(), "seq=2 time=1.50 ms\n64 bytes from 52.219.60.1 (52.219.60.1): icmp_seq=1", "seq=1 time=1.50 ms\n64 bytes from 52.219.60.1 (52.219.60.1): icmp_seq=2", 1)
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
