package reach

import (
	"errors"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// Connected is what became of an endpoint to an endpoint service that somebody else
// tried to make.
type Connected struct {
	// State is that of the connection, such as available or pendingAcceptance; empty if
	// the endpoint was refused, and then Refused says why.
	State   string
	Refused error
	// Host is a host in the VPC of the endpoint, Addr the endpoint's address.
	Host *vpc.Host
	Addr netip.Addr
}

// Connect makes a VPC that no stack knows, and in it an endpoint to an endpoint service,
// as a principal would: the ARN of an account's root, of a user or a role.
func (s *Survey) Connect(service privatelink.EndpointService, principal string) (Connected, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.Region.Network
	id := fmt.Sprintf("%sconnect-%d", own, len(s.made))
	if err := n.VPCs().Create(vpc.VPC{
		ID: "vpc-" + id, CIDRs: []netip.Prefix{strangerCIDR}, DNSSupport: true, DNSHostnames: true,
		MainTable: "rtb-" + id, DefaultGroup: "sg-" + id,
	}); err != nil {
		return Connected{}, fmt.Errorf("a VPC for %s: %w", principal, err)
	}
	s.undo(func() error { return n.VPCs().Delete("vpc-" + id) })
	var subnets []string
	for i, zone := range service.Zones {
		subnet := fmt.Sprintf("subnet-%s-%d", id, i)
		if err := n.Subnets().Create(vpc.Subnet{
			ID: subnet, VPC: "vpc-" + id, CIDR: netip.MustParsePrefix(fmt.Sprintf("192.168.%d.0/24", i)), Zone: zone,
		}); err != nil {
			return Connected{}, err
		}
		s.undo(func() error { return n.Subnets().Delete(subnet) })
		subnets = append(subnets, subnet)
	}
	made, err := s.Region.PrivateLink.CreateEndpoint(privatelink.Endpoint{
		ID: "vpce-" + id, VPC: "vpc-" + id, Service: service.Name, Type: privatelink.InterfaceType, Subnets: subnets, Principal: principal,
		Groups: []string{"sg-" + id},
	})
	if err != nil {
		return Connected{Refused: err}, nil
	}
	s.undo(func() error { return s.Region.PrivateLink.DeleteEndpoint(made.ID) })
	if len(made.Interfaces) == 0 {
		return Connected{Refused: errors.New("the service has no zone")}, nil
	}
	at, err := n.Interfaces().Get(made.Interfaces[0])
	if err != nil {
		return Connected{}, err
	}
	host := "eni-" + id + "-host"
	if _, err := n.Interfaces().Create(vpc.Interface{ID: host, Subnet: subnets[0], Groups: []string{"sg-" + id}}); err != nil {
		return Connected{}, err
	}
	out := Connected{State: made.State, Addr: at.PrivateAddr}
	if out.Host, err = n.Host(host); err != nil {
		return Connected{}, errors.Join(err, n.Interfaces().Delete(host))
	}
	s.undo(func() error {
		out.Host.Close()
		return n.Interfaces().Delete(host)
	})
	return out, nil
}

// EndpointService returns the endpoint service of the stacks that a text names.
func (s *Survey) EndpointService(text string) (privatelink.EndpointService, error) {
	c, err := s.find(text, KindEndpointService)
	if err != nil {
		return privatelink.EndpointService{}, err
	}
	return s.Region.PrivateLink.EndpointService(c.id)
}
