package proof

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeLookups answers look-ups from its fields and records what it was asked.
type fakeLookups struct {
	endpoints  map[string]Endpoint
	interfaces []Interface
	vpcs       map[string][]netip.Prefix
	lists      map[string]PrefixList
	tables     []RouteTable
	subnets    []Subnet
	cards      []NetworkInterface
	services   []EndpointService
	zones      []HostedZone
	rules      []DNSAssociation
	groups     []SecurityGroup
	state      string
	allowed    []string
	targets    []Target
	functions  map[string]Function
	// before, if set, can fail any look-up, or hold it up, by its name.
	before func(ctx context.Context, what string) error

	lock  sync.Mutex
	asked []string
}

func (l *fakeLookups) ask(ctx context.Context, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	l.lock.Lock()
	l.asked = append(l.asked, what)
	l.lock.Unlock()
	if l.before != nil {
		return l.before(ctx, what)
	}
	return nil
}

func found[T any](err error, table map[string]T, key string) (T, error) {
	value, known := table[key]
	if err != nil {
		var none T
		return none, err
	}
	if !known {
		return value, errors.New("not found")
	}
	return value, nil
}

// lookups are the answers to every look-up.
func (l *fakeLookups) lookups() Lookups {
	return Lookups{
		EndpointLookup.By(func(ctx context.Context, id string) (Endpoint, error) {
			return found(l.ask(ctx, "endpoint %s", id), l.endpoints, id)
		}),
		InterfacesLookup.By(func(ctx context.Context, ids []string) ([]Interface, error) {
			return l.interfaces, l.ask(ctx, "interfaces %s", ids)
		}),
		VPCLookup.By(func(ctx context.Context, id string) ([]netip.Prefix, error) {
			return found(l.ask(ctx, "vpc %s", id), l.vpcs, id)
		}),
		PrefixListLookup.By(func(ctx context.Context, name string) (PrefixList, error) {
			return found(l.ask(ctx, "list %s", name), l.lists, name)
		}),
		SubnetsLookup.By(func(ctx context.Context, ids []string) ([]Subnet, error) {
			return among(l.subnets, ids, func(s Subnet) string { return s.ID }), l.ask(ctx, "subnets %s", ids)
		}),
		VPCEndpointsLookup.By(func(ctx context.Context, vpc string) ([]Endpoint, error) {
			return []Endpoint{l.endpoints["vpce-1"], {ID: "vpce-9", State: "deleted"}}, l.ask(ctx, "endpoints of %s", vpc)
		}),
		NetworkInterfacesLookup.By(func(ctx context.Context, vpc string) ([]NetworkInterface, error) {
			return l.cards, l.ask(ctx, "network interfaces of %s", vpc)
		}),
		AccountServicesLookup.By(func(ctx context.Context, vpc string) ([]EndpointService, error) {
			return l.services, l.ask(ctx, "services of %s", vpc)
		}),
		DHCPOptionsLookup.By(func(ctx context.Context, vpc string) ([]string, error) {
			return []string{"AmazonProvidedDNS"}, l.ask(ctx, "DHCP options of %s", vpc)
		}),
		HostedZonesLookup.By(func(ctx context.Context, vpc string) ([]HostedZone, error) {
			return l.zones, l.ask(ctx, "zones of %s", vpc)
		}),
		ResolverRulesLookup.By(func(ctx context.Context, vpc string) ([]DNSAssociation, error) {
			return l.rules, l.ask(ctx, "rules of %s", vpc)
		}),
		DNSFirewallsLookup.By(func(ctx context.Context, vpc string) ([]DNSAssociation, error) {
			return nil, l.ask(ctx, "firewalls of %s", vpc)
		}),
		DNSProfilesLookup.By(func(ctx context.Context, vpc string) ([]DNSAssociation, error) {
			return nil, l.ask(ctx, "profiles of %s", vpc)
		}),
		VPCRouteTablesLookup.By(func(ctx context.Context, vpc string) ([]RouteTable, error) {
			return l.tables, l.ask(ctx, "tables of %s", vpc)
		}),
		SecurityGroupsLookup.By(func(ctx context.Context, ids []string) ([]SecurityGroup, error) {
			return among(l.groups, ids, func(g SecurityGroup) string { return g.ID }), l.ask(ctx, "groups %s", ids)
		}),
		ConnectionLookup.By(func(ctx context.Context, of ServiceConnection) (string, error) {
			return l.state, l.ask(ctx, "connection %s %s", of.Service, of.Endpoint)
		}),
		PrincipalsLookup.By(func(ctx context.Context, service string) ([]string, error) {
			return l.allowed, l.ask(ctx, "principals %s", service)
		}),
		TargetsLookup.By(func(ctx context.Context, group string) ([]Target, error) {
			return l.targets, l.ask(ctx, "targets %s", group)
		}),
		FunctionLookup.By(func(ctx context.Context, vantagePoint string) (Function, error) {
			return found(l.ask(ctx, "function %s", vantagePoint), l.functions, vantagePoint)
		}),
	}
}

// among are the values with these ids.
func among[T any](values []T, ids []string, id func(T) string) []T {
	return slices.DeleteFunc(slices.Clone(values), func(value T) bool { return !slices.Contains(ids, id(value)) })
}

func allLookups() *fakeLookups {
	rule := func(group string) SecurityGroupRule {
		return SecurityGroupRule{Protocol: "tcp", FromPort: 443, ToPort: 443, Group: group}
	}
	return &fakeLookups{
		endpoints: map[string]Endpoint{
			"vpce-1": testEndpoint, "vpce-2": {ID: "vpce-2", VPC: "vpc-1", Type: "Gateway"},
			"vpce-4": {ID: "vpce-4", VPC: "vpc-1", Groups: []string{"sg-4"}}, "vpce-5": {ID: "vpce-5", VPC: "vpc-1", Groups: []string{"sg-2"}},
		},
		interfaces: testInterfaces,
		vpcs:       map[string][]netip.Prefix{"vpc-1": prefixes("10.0.0.0/16")},
		lists:      map[string]PrefixList{"s3": {ID: "pl-1", Entries: prefixes("52.219.0.0/16")}},
		tables: []RouteTable{
			{ID: "rtb-1", Routes: []Route{{"10.0.0.0/16", "local", true}, {"pl-1", "vpce-2", true}, {"pl-2", "vpce-2", true}}},
			{ID: "rtb-2", Routes: []Route{{"10.0.0.0/16", "local", true}}},
		},
		subnets: []Subnet{{ID: "subnet-1", VPC: "vpc-1"}, {ID: "subnet-2", VPC: "vpc-1"}},
		cards:   []NetworkInterface{{ID: "eni-1", VPC: "vpc-1", Subnet: "subnet-1"}},
		zones:   []HostedZone{{ID: "Z1", Name: "corp.example."}},
		rules:   []DNSAssociation{{ID: "rslvr-autodefined-rr-internet-resolver"}},
		groups: []SecurityGroup{
			{ID: "sg-1", VPC: "vpc-1", Ingress: []SecurityGroupRule{rule("sg-3"), {CIDR: prefixes("10.0.0.0/16")[0]}, rule("sg-2"), rule("sg-3")}},
			{ID: "sg-2", VPC: "vpc-1"}, {ID: "sg-3", VPC: "vpc-1"},
			{ID: "sg-4", VPC: "vpc-1", Ingress: []SecurityGroupRule{rule("sg-2")}},
		},
		state: "available", allowed: []string{"arn:aws:iam::1:root"}, targets: []Target{{ID: "i-1", State: "healthy"}},
		functions: map[string]Function{"private": {Name: "f", Subnets: []string{"subnet-1"}, Groups: []string{"sg-1"}}, "outside": {}},
	}
}

// inside lets cmp look into facts, whatever their type.
var inside = cmp.Exporter(func(reflect.Type) bool { return true })

func TestGather(t *testing.T) {
	t.Parallel()
	all := allLookups()
	tests := map[string]struct {
		claim Claim
		want  any
		asked []string
	}{
		"a host alone needs none": {claim: Claim{Kind: Connects, Host: "a.example"}},
		"an endpoint's name": {
			claim: Claim{Kind: Connects, Endpoint: "vpce-1"},
			want:  targetFacts{testEndpoint}, asked: []string{"endpoint vpce-1"},
		},
		"resolves to the interfaces": {
			claim: Claim{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerInterfaces},
			want:  resolvesFacts{targetFacts: targetFacts{testEndpoint}, interfaces: testInterfaces}, asked: []string{"endpoint vpce-1", "interfaces [eni-a eni-b]"},
		},
		"resolves into the prefix list": {
			claim: Claim{Kind: Resolves, Host: "a.example", PrefixList: "s3", Answer: AnswerPrefixList},
			want:  resolvesFacts{prefixList: all.lists["s3"]}, asked: []string{"list s3"},
		},
		"resolves to public addresses": {
			claim: Claim{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic},
			want:  resolvesFacts{targetFacts: targetFacts{testEndpoint}, interfaces: testInterfaces, vpc: all.vpcs["vpc-1"]}, asked: []string{"endpoint vpce-1", "interfaces [eni-a eni-b]", "vpc vpc-1"},
		},
		"routed": {
			claim: Claim{Kind: Routed, Endpoint: "vpce-2", PrefixList: "s3", Subnets: []string{"subnet-1"}},
			want:  routedFacts{all.lists["s3"], all.subnets[:1], all.tables}, asked: []string{"list s3", "subnets [subnet-1]", "tables of vpc-1"},
		},
		"unrouted": {
			claim: Claim{Kind: Unrouted, Endpoint: "vpce-1"},
			want:  unroutedFacts{testEndpoint, all.tables}, asked: []string{"endpoint vpce-1", "tables of vpc-1"},
		},
		"enclosed": {
			claim: Claim{Kind: Enclosed, Subnets: []string{"subnet-1", "subnet-2"}},
			want:  enclosedFacts{all.subnets, all.tables},
			asked: []string{"subnets [subnet-1 subnet-2]", "tables of vpc-1"},
		},
		"accounted": {
			claim: Claim{Kind: Accounted, Subnets: []string{"subnet-1", "subnet-2"}},
			want:  accountedFacts{[]string{"vpc-1"}, []Endpoint{testEndpoint}, all.tables},
			asked: []string{"subnets [subnet-1 subnet-2]", "endpoints of vpc-1", "tables of vpc-1"},
		},
		"sole": {
			claim: Claim{Kind: Sole, Endpoint: "vpce-1"},
			want:  soleFacts{testEndpoint, []Endpoint{testEndpoint}},
			asked: []string{"endpoint vpce-1", "endpoints of vpc-1"},
		},
		"unaddressed": {
			claim: Claim{Kind: Unaddressed, Subnets: []string{"subnet-1"}},
			want:  unaddressedFacts{[]string{"vpc-1"}, all.cards, all.tables, all.services, nil},
			asked: []string{"subnets [subnet-1]", "network interfaces of vpc-1", "tables of vpc-1", "services of vpc-1"},
		},
		"unredirected": {
			claim: Claim{Kind: Unredirected, Subnets: []string{"subnet-1"}},
			want:  unredirectedFacts{[]vpcNames{{id: "vpc-1", servers: []string{"AmazonProvidedDNS"}, zones: all.zones, rules: all.rules}}},
			asked: []string{"subnets [subnet-1]", "DHCP options of vpc-1", "zones of vpc-1", "rules of vpc-1", "firewalls of vpc-1", "profiles of vpc-1"},
		},
		"guarded": {
			claim: Claim{Kind: Guarded, Endpoint: "vpce-1"},
			want:  guardedFacts{testEndpoint, all.vpcs["vpc-1"], all.groups[:1], all.groups[1:3], sources{}},
			asked: []string{"endpoint vpce-1", "vpc vpc-1", "groups [sg-1]", "groups [sg-2 sg-3]"},
		},
		"guarded by a group that names one other": {
			claim: Claim{Kind: Guarded, Endpoint: "vpce-4"},
			want:  guardedFacts{all.endpoints["vpce-4"], all.vpcs["vpc-1"], all.groups[3:4], all.groups[1:2], sources{}},
			asked: []string{"endpoint vpce-4", "vpc vpc-1", "groups [sg-4]", "groups [sg-2]"},
		},
		"guarded by a group that names none": {
			claim: Claim{Kind: Guarded, Endpoint: "vpce-5"},
			want:  guardedFacts{all.endpoints["vpce-5"], all.vpcs["vpc-1"], all.groups[1:2], nil, sources{}},
			asked: []string{"endpoint vpce-5", "vpc vpc-1", "groups [sg-2]"},
		},
		"available": {
			claim: Claim{Kind: Available, Endpoint: "vpce-1"},
			want:  availableFacts{testEndpoint, ""}, asked: []string{"endpoint vpce-1"},
		},
		"available at a service": {
			claim: Claim{Kind: Available, Endpoint: "vpce-1", Service: "vpce-svc-1"},
			want:  availableFacts{testEndpoint, "available"}, asked: []string{"endpoint vpce-1", "connection vpce-svc-1 vpce-1"},
		},
		"limited": {
			claim: Claim{Kind: Limited, Endpoint: "vpce-1", Policy: "{}"},
			want:  limitedFacts{testEndpoint.Policy}, asked: []string{"endpoint vpce-1"},
		},
		"permitted": {
			claim: Claim{Kind: Permitted, Service: "vpce-svc-1", Principals: []string{"*"}},
			want:  permittedFacts{all.allowed}, asked: []string{"principals vpce-svc-1"},
		},
		"placed": {
			claim: Claim{Kind: Placed, From: "private", Subnets: []string{"subnet-1"}},
			want:  placedFacts{all.functions["private"]}, asked: []string{"function private"},
		},
		"healthy": {
			claim: Claim{Kind: Healthy, TargetGroup: "tg", Hosts: []string{"i-1"}},
			want:  healthyFacts{all.targets}, asked: []string{"targets tg"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lookups := allLookups()
			got, err := Gather(t.Context(), lookups.lookups(), test.claim)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Facts{test.want}, got, equal, inside); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.asked, lookups.asked); diff != "" {
				t.Error(diff)
			}
			// Each look-up that fails is reported, and leaves no facts.
			for i, what := range test.asked {
				lookups := allLookups()
				lookups.before = func(_ context.Context, asked string) error {
					if asked == what {
						return errors.New("throttled")
					}
					return nil
				}
				facts, err := Gather(t.Context(), lookups.lookups(), test.claim)
				if err == nil || !strings.HasPrefix(err.Error(), "looking up ") || !strings.HasSuffix(err.Error(), ": throttled") {
					t.Errorf("%s failed: got %v", what, err)
				}
				if diff := cmp.Diff(Facts{}, facts, equal, inside); diff != "" || len(lookups.asked) != i+1 {
					t.Errorf("%s failed, and it went on: %s", what, lookups.asked)
				}
			}
		})
	}
}

// TestGatherHalfAnswers: an answer that leaves out what was asked for is no
// answer.
func TestGatherHalfAnswers(t *testing.T) {
	t.Parallel()
	spoil := func(change func(*fakeLookups)) *fakeLookups { l := allLookups(); change(l); return l }
	public := Claim{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic}
	list := Claim{Kind: Resolves, Host: "a.example", PrefixList: "s3", Answer: AnswerPrefixList}
	for want, test := range map[string]struct {
		lookups *fakeLookups
		claim   Claim
	}{
		`looking up the endpoint vpce-1: the answer was about "vpce-2"`: {
			spoil(func(l *fakeLookups) { l.endpoints["vpce-1"] = l.endpoints["vpce-2"] }), public},
		"looking up the VPC of the endpoint vpce-1: the endpoint was described without its VPC": {
			spoil(func(l *fakeLookups) { l.endpoints["vpce-1"] = Endpoint{ID: "vpce-1"} }), public},
		"looking up the VPC of the endpoint vpce-1: the VPC was described without a CIDR block": {
			spoil(func(l *fakeLookups) { l.vpcs["vpc-1"] = nil }), public},
		"looking up the prefix list s3: it was described without its id or entries": {
			spoil(func(l *fakeLookups) { l.lists["s3"] = PrefixList{ID: "pl-1"} }), list},
		"looking up the prefix list s3: it was described without its id or entries ": {
			spoil(func(l *fakeLookups) { l.lists["s3"] = PrefixList{Entries: prefixes("1.2.3.0/24")} }), list},
		"looking up the subnets subnet-1 and subnet-3: subnet-3 was not described": {
			allLookups(), Claim{Kind: Enclosed, Subnets: []string{"subnet-1", "subnet-3"}}},
		"looking up the subnets subnet-1: subnet-1 was described without its VPC": {
			spoil(func(l *fakeLookups) { l.subnets[0].VPC = "" }), Claim{Kind: Enclosed, Subnets: []string{"subnet-1"}}},
		"looking up the endpoints of the VPC of vpce-1: the endpoint was described without its VPC": {
			spoil(func(l *fakeLookups) { l.endpoints["vpce-1"] = Endpoint{ID: "vpce-1"} }), Claim{Kind: Sole, Endpoint: "vpce-1"}},
		"looking up the network interfaces of the VPC vpc-1: one was described without its id or its VPC": {
			spoil(func(l *fakeLookups) { l.cards[0].VPC = "" }), Claim{Kind: Unaddressed, Subnets: []string{"subnet-1"}}},
		"looking up the route tables of the VPC vpc-1: none was described": {
			spoil(func(l *fakeLookups) { l.tables = nil }), Claim{Kind: Unrouted, Endpoint: "vpce-1"}},
		"looking up the route tables of the VPC : the endpoint was described without its VPC": {
			spoil(func(l *fakeLookups) { l.endpoints["vpce-1"] = Endpoint{ID: "vpce-1"} }), Claim{Kind: Unrouted, Endpoint: "vpce-1"}},
		"looking up who may connect to vpce-svc-1: none was described": {
			spoil(func(l *fakeLookups) { l.allowed = nil }), Claim{Kind: Permitted, Service: "vpce-svc-1"}},
		"looking up who may connect to vpce-svc-1: one was described without its name": {
			spoil(func(l *fakeLookups) { l.allowed = []string{"*", ""} }), Claim{Kind: Permitted, Service: "vpce-svc-1"}},
		"looking up the prober at outside: it was described without its name": {
			allLookups(), Claim{Kind: Placed, From: "outside"}},
		"looking up the security groups of vpce-1: 0 of 1 were described": {
			spoil(func(l *fakeLookups) { l.groups = nil }), Claim{Kind: Guarded, Endpoint: "vpce-1"}},
	} {
		_, err := Gather(t.Context(), test.lookups.lookups(), test.claim)
		if err == nil || err.Error() != strings.TrimSpace(want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
	if _, err := Gather(t.Context(), nil, public); err == nil || err.Error() != "there is nothing to look facts up with" {
		t.Errorf("got %v", err)
	}
	// An error is reported as it is, whatever came with it.
	silent := spoil(func(l *fakeLookups) {
		l.allowed, l.before = nil, func(context.Context, string) error { return errors.New("throttled") }
	})
	if _, err := Gather(t.Context(), silent.lookups(), Claim{Kind: Permitted, Service: "vpce-svc-1"}); errorText(err) != "looking up who may connect to vpce-svc-1: throttled" {
		t.Errorf("got %v", err)
	}
	none := spoil(func(l *fakeLookups) { l.endpoints["vpce-1"] = Endpoint{ID: "vpce-1", VPC: "vpc-1"} })
	facts, err := Gather(t.Context(), none.lookups(), Claim{Kind: Guarded, Endpoint: "vpce-1"})
	if got, _ := facts.known.(guardedFacts); err != nil || got.groups != nil {
		t.Errorf("an endpoint without security groups: got %v, %v", got.groups, err)
	}
}
