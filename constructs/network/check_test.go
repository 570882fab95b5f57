package network

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	subnet := func(cidr string, zone int) *Subnet { return &Subnet{CIDR: cidr, Zone: zone} }
	tests := []struct {
		name  string
		props *Props
		want  []string // each line of the error; none where it is fine
	}{
		{"two subnets", &Props{CIDR: "10.0.0.0/16", Public: subnet("10.0.0.0/24", 0), Private: subnet("10.0.1.0/24", 1)}, nil},
		{"public address space", &Props{CIDR: "20.0.0.0/16", Public: subnet("20.0.0.0/24", 0)}, nil},
		{"a subnet as wide as its VPC", &Props{CIDR: "10.0.0.0/28", Private: subnet("10.0.0.0/28", 5)}, nil},
		{"no props", nil, []string{"props: required, got none"}},
		{"no subnet", &Props{CIDR: "10.0.0.0/16"}, []string{"Public, Private: at least one subnet is required, got none"}},
		{"no address", &Props{Public: subnet("x", 0)}, []string{
			`CIDR: must be an IPv4 CIDR block such as 10.0.0.0/16, got ""`,
			`Public.CIDR: must be an IPv4 CIDR block such as 10.0.0.0/16, got "x"`,
		}},
		{"too wide", &Props{CIDR: "10.0.0.0/8", Public: subnet("10.0.0.0/24", 0)}, []string{`CIDR: must be an IPv4 CIDR block from /16 to /28, got "10.0.0.0/8"`}},
		{"too narrow", &Props{CIDR: "10.0.0.0/16", Public: subnet("10.0.0.0/29", 0)}, []string{`Public.CIDR: must be an IPv4 CIDR block from /16 to /28, got "10.0.0.0/29"`}},
		{"IPv6", &Props{CIDR: "fd00::/16", Public: subnet("10.0.0.0/24", 0)}, []string{`CIDR: must be an IPv4 CIDR block from /16 to /28, got "fd00::/16"`}},
		{"not the first address", &Props{CIDR: "10.0.0.1/16", Public: subnet("10.0.0.0/24", 0)}, []string{`CIDR: must start at the block's first address (10.0.0.0/16), got "10.0.0.1/16"`}},
		{"outside the VPC", &Props{CIDR: "10.0.0.0/16", Private: subnet("10.1.0.0/24", 0)}, []string{"Private.CIDR: must lie inside the VPC's 10.0.0.0/16, got 10.1.0.0/24"}},
		{"wider than the VPC", &Props{CIDR: "10.0.0.0/24", Private: subnet("10.0.0.0/16", 0)}, []string{"Private.CIDR: must lie inside the VPC's 10.0.0.0/24, got 10.0.0.0/16"}},
		{"overlap", &Props{CIDR: "10.0.0.0/16", Public: subnet("10.0.0.0/23", 0), Private: subnet("10.0.1.0/24", 0)}, []string{"Private.CIDR: must not overlap 10.0.0.0/23, got 10.0.1.0/24"}},
		{"no such zone", &Props{CIDR: "10.0.0.0/16", Public: subnet("10.0.0.0/24", 6), Private: subnet("10.0.1.0/24", -1)}, []string{
			"Public.Zone: must be 0 to 5, got 6", "Private.Zone: must be 0 to 5, got -1",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := check(test.props); err != nil {
				got = err.Error()
			}
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestZoneOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given     any
		n         int
		want, err string
	}{
		{"us-east-1b,us-east-1c", 0, "us-east-1b", ""},
		{"us-east-1b, us-east-1c", 1, "us-east-1c", ""},
		{"us-gov-west-1a", 0, "us-gov-west-1a", ""},
		{"us-west-2-lax-1a", 0, "us-west-2-lax-1a", ""},
		{"us-east-1b", 1, "", `context zones: must have 2 zones at least, got "us-east-1b"`},
		{"", 0, "", `context zones: must be names of Availability Zones such as us-east-1b, got ""`},
		{"us-east-1", 0, "", `context zones: must be names of Availability Zones such as us-east-1b, got "us-east-1"`},
		{"use1-az3", 0, "", `context zones: must be names of Availability Zones such as us-east-1b, got "use1-az3"`},
		{[]any{"us-east-1b"}, 0, "", "context zones: must be names of Availability Zones with commas between them, got [us-east-1b]"},
	} {
		got, err := zoneOf(test.given, test.n)
		if text := ""; err != nil {
			if text = err.Error(); text != test.err {
				t.Errorf("%v: got %q, want %q", test.given, text, test.err)
			}
		} else if got != test.want || test.err != "" {
			t.Errorf("%v: got %q, want %q and the error %q", test.given, got, test.want, test.err)
		}
	}
}
