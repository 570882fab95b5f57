package trace_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/trace"
)

// An exchange in words: the way there and back, with the things' names.
func TestLines(t *testing.T) {
	t.Parallel()
	at := netip.MustParseAddrPort
	e := trace.Exchange{
		There: trace.Trace{From: "eni-1", To: "web", Protocol: 6, Source: at("10.0.0.4:1024"), Destination: at("1.2.3.4:80"), Hops: []trace.Hop{
			{Action: trace.Received, At: "eni-1"},
			{Action: trace.Admitted, By: []string{"sg-1"}, Direction: trace.Egress, Rule: trace.Rule(6, 80, 80, "0.0.0.0/0")},
			{Action: trace.Routed, By: []string{"rtb-1"}, Rule: "0.0.0.0/0", To: "igw-1"},
			{Action: trace.Translated, By: []string{"igw-1"}, Source: at("3.36.0.10:1024"), Destination: at("1.2.3.4:80")},
			{Action: trace.Delivered, To: "web"},
		}},
		Back: &trace.Trace{From: "web", Protocol: 6, Source: at("1.2.3.4:80"), Destination: at("3.36.0.10:1024"), Hops: []trace.Hop{
			{Action: trace.Dropped, By: []string{"sg-1", "sg-2"}, Direction: trace.Ingress, Reason: "no rule admits tcp 1024 from 1.2.3.4"},
		}},
	}
	name := func(id string) string {
		if id == "rtb-1" {
			return "Private (rtb-1)"
		}
		return id
	}
	want := `
tcp 10.0.0.4:1024 → 1.2.3.4:80
  RECEIVED    at eni-1
  ADMITTED    by sg-1 (egress: tcp 80 of 0.0.0.0/0)
  ROUTED      by Private (rtb-1) (0.0.0.0/0) to igw-1
  TRANSLATED  by igw-1 to 3.36.0.10:1024 → 1.2.3.4:80
  DELIVERED   to web
answer tcp 1.2.3.4:80 → 3.36.0.10:1024
  DROPPED     by sg-1, sg-2 (ingress): no rule admits tcp 1024 from 1.2.3.4`
	if diff := cmp.Diff(strings.TrimSpace(want), strings.Join(e.Named(name).Lines(), "\n")); diff != "" {
		t.Errorf("the lines (-want +got):\n%s", diff)
	}
	if h, back, ok := e.Broken(); !ok || !back || h.Action != trace.Dropped {
		t.Errorf("broken at %v, on the way back: %t, %t", h, back, ok)
	}
	if h, ok := e.There.Broken(); ok || !e.There.Arrived() {
		t.Errorf("what arrived is broken at %v", h)
	}
}

// A rule in words, by protocol and ports.
func TestRule(t *testing.T) {
	t.Parallel()
	tests := []struct {
		protocol, from, to int
		want               string
	}{
		{-1, 0, 0, "all of x"}, {6, 443, 443, "tcp 443 of x"}, {17, 1024, 65535, "udp 1024-65535 of x"},
		{6, 0, 65535, "tcp of x"}, {1, -1, -1, "icmp of x"}, {1, 8, -1, "icmp 8 of x"}, {47, 0, 0, "protocol 47 of x"},
	}
	for _, test := range tests {
		if got := trace.Rule(test.protocol, test.from, test.to, "x"); got != test.want {
			t.Errorf("%d %d-%d: %q, want %q", test.protocol, test.from, test.to, got, test.want)
		}
	}
}
