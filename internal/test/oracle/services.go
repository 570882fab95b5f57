package oracle

import (
	"fmt"
	"net/netip"
	"strconv"

	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// strangers tries to connect to each endpoint service from two VPCs that the stack
// does not know: another one of the account, and one of another account. It also
// notes the connections that there are.
func (m *measurement) strangers() error {
	for n, who := range []struct{ name, principal string }{
		{"another VPC of the account", m.Cloud.Scope().Root()},
		{"a VPC of another account", "arn:aws:iam::210987654321:root"},
	} {
		for k, s := range m.PrivateLink.EndpointServices() {
			if err := m.connect(s, who.name, who.principal, n*100+k); err != nil {
				return err
			}
		}
	}
	for _, s := range m.PrivateLink.EndpointServices() {
		connections, err := m.PrivateLink.Connections(s.ID)
		if err != nil {
			return err
		}
		for _, c := range connections {
			if e, err := m.PrivateLink.Endpoint(c.Endpoint); err == nil && m.survey.Knows(e.ID) {
				who := "endpoint " + m.named(e.ID)
				m.matrix.Homes[who] = m.named(e.VPC)
				m.add(who, "is connected", "endpoint service "+m.named(s.ID), c.State)
			}
		}
	}
	return nil
}

// connect makes a VPC with an endpoint to a service.
func (m *measurement) connect(s privatelink.EndpointService, who, principal string, n int) error {
	what := "endpoint service " + m.named(s.ID)
	id := "oracle-" + strconv.Itoa(n)
	if err := m.Network.VPCs().Create(vpc.VPC{
		ID: "vpc-" + id, CIDRs: []netip.Prefix{netip.MustParsePrefix("192.168.0.0/16")}, DNSSupport: true, DNSHostnames: true,
		MainTable: "rtb-" + id, DefaultGroup: "sg-" + id,
	}); err != nil {
		return fmt.Errorf("a VPC for %s: %w", who, err)
	}
	var subnets []string
	for i, zone := range s.Zones {
		subnet := fmt.Sprintf("subnet-%s-%d", id, i)
		if err := m.Network.Subnets().Create(vpc.Subnet{
			ID: subnet, VPC: "vpc-" + id, CIDR: netip.MustParsePrefix(fmt.Sprintf("192.168.%d.0/24", i)), Zone: zone,
		}); err != nil {
			return err
		}
		subnets = append(subnets, subnet)
	}
	made, err := m.PrivateLink.CreateEndpoint(privatelink.Endpoint{
		ID: "vpce-" + id, VPC: "vpc-" + id, Service: s.Name, Type: privatelink.InterfaceType, Subnets: subnets, Principal: principal,
		Groups: []string{"sg-" + id},
	})
	if err != nil || len(made.Interfaces) == 0 {
		m.add(who, "connects", what)
		return nil
	}
	m.add(who, "connects", what, made.State)
	in, err := m.Network.Interfaces().Get(made.Interfaces[0])
	if err != nil {
		return err
	}
	i, err := m.Network.Interfaces().Create(vpc.Interface{ID: "eni-oracle-from-" + id, Subnet: subnets[0], Groups: []string{"sg-" + id}})
	if err != nil {
		return err
	}
	host, err := m.Network.Host(i.ID)
	if err != nil {
		return err
	}
	m.reachOne(place{name: who, host: host}, thing{name: what, addr: in.PrivateAddr})
	return nil
}
