package topology

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

// The ways that are derived are those that packets take: everything in a VPC sends to
// everything, and what the network does with the first packet is what the walk says.
func TestWalkIsWhatPacketsDo(t *testing.T) {
	t.Parallel()
	web, err := cfn.ReadAssembly("../../../labtest/testdata/web")
	if err != nil {
		t.Fatal(err)
	}
	network, err := cfn.ReadAssembly("testdata/network.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stacks := map[string]cfn.Stack{
		"many gateways":    network.Stacks[0],
		"an application":   web.Stacks[0],
		"network ACLs":     assembled.Changed(t, web.Stacks[0], denied),
		"endpoint service": assembled.Stack(t, assembled.EndpointService),
		"interface":        assembled.Stack(t, assembled.InterfaceEndpoint),
		"gateway endpoint": assembled.Stack(t, assembled.GatewayEndpoint),
	}
	for name, s := range stacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := deployed.New(t, s.Name, region.Options{})
			if err := w.Deploy(s); err != nil {
				t.Fatal(err)
			}
			compare(t, w.Region, s.Name)
		})
	}
}

// denied gives every subnet a network ACL that lets nothing in from half of the internet
// and from the web, and lets nothing out to a port.
func denied(t templates.Template) {
	resources := t["Resources"].(templates.Object)
	var vpcs, subnets []string
	for id, r := range resources {
		switch r.(templates.Object)["Type"] {
		case "AWS::EC2::VPC":
			vpcs = append(vpcs, id)
		case "AWS::EC2::Subnet":
			subnets = append(subnets, id)
		}
	}
	slices.Sort(subnets)
	ref := func(id string) templates.Object { return templates.Object{"Ref": id} }
	resources["Acl"] = templates.Object{"Type": "AWS::EC2::NetworkAcl", "Properties": templates.Object{"VpcId": ref(vpcs[0])}}
	for i, e := range []templates.Object{
		{"RuleNumber": 10, "Protocol": 6, "RuleAction": "deny", "Egress": true, "CidrBlock": "0.0.0.0/0", "PortRange": templates.Object{"From": 22, "To": 22}},
		{"RuleNumber": 20, "Protocol": -1, "RuleAction": "allow", "Egress": true, "CidrBlock": "0.0.0.0/0"},
		{"RuleNumber": 10, "Protocol": 6, "RuleAction": "deny", "Egress": false, "CidrBlock": "0.0.0.0/0", "PortRange": templates.Object{"From": 80, "To": 80}},
		{"RuleNumber": 20, "Protocol": -1, "RuleAction": "allow", "Egress": false, "CidrBlock": "0.0.0.0/0"},
	} {
		e["NetworkAclId"] = ref("Acl")
		resources["Entry"+string(rune('A'+i))] = templates.Object{"Type": "AWS::EC2::NetworkAclEntry", "Properties": e}
	}
	resources["Associated"] = templates.Object{"Type": "AWS::EC2::SubnetNetworkAclAssociation", "Properties": templates.Object{"NetworkAclId": ref("Acl"), "SubnetId": ref(subnets[0])}}
}

func compare(t *testing.T, r *region.Region, stack string) {
	survey := reach.New(r, "", stack)
	defer func() {
		if err := survey.Close(); err != nil {
			t.Error(err)
		}
	}()
	places, err := survey.Places()
	if err != nil {
		t.Fatal(err)
	}
	type sent struct {
		from string
		to   netip.AddrPort
	}
	var mu sync.Mutex
	first := map[sent]vpc.Transmission{}
	stop := r.Network.Watch(func(p vpc.Transmission) {
		mu.Lock()
		defer mu.Unlock()
		key := sent{p.From, p.SentTo}
		if _, ok := first[key]; !ok && p.Protocol == tcp {
			first[key] = p
		}
	})
	defer stop()
	w := look(r)
	b := &builder{world: w, names: w.nameAll(stack, Options{}), model: &picture.Model{}, groups: map[string]bool{}}
	arrived, stopped := 0, 0
	for _, place := range places {
		from, ok := b.interfaceOf(place.Host.Name())
		if !ok {
			continue // on the internet
		}
		targets := []netip.Addr{netip.MustParseAddr("203.0.113.78"), netip.MustParseAddr("52.219.60.1")}
		for _, i := range w.interfaces {
			if i.ID != from.ID {
				targets = append(targets, i.PrivateAddr)
				if i.PublicAddr.IsValid() {
					targets = append(targets, i.PublicAddr)
				}
			}
		}
		for _, a := range targets {
			for _, port := range []int{22, 80, 443, 5432} {
				ctx, cancel := context.WithCancel(t.Context())
				survey.Attempt(ctx, place.Host, a, port)
				cancel()
				mu.Lock()
				seen, ok := first[sent{place.Host.Name(), netip.AddrPortFrom(a, uint16(port))}]
				mu.Unlock()
				if !ok {
					t.Fatalf("%s sent nothing to %s", place.Name, a)
				}
				ways := b.walk(trail{}, from, traffic{a, port}, "somewhere")
				open := slices.ContainsFunc(ways, func(t trail) bool { return t.stopped == "" })
				if open {
					arrived++
				} else {
					stopped++
				}
				if delivered := seen.To != ""; delivered != open {
					t.Errorf("%s to %s on %d: packets do %+v, derived are %+v", place.Name, a, port, seen, ways)
				}
			}
		}
	}
	if arrived == 0 || stopped == 0 {
		t.Errorf("%d ways arrive and %d are stopped: nothing is compared", arrived, stopped)
	}
}
