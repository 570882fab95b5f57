package resources

import (
	"errors"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/vpc"
)

// functionNetwork is what a function's packets start from: a host in each of its
// subnets, or one on the internet.
type functionNetwork struct {
	hosts      []*vpc.Host
	interfaces []string
	vpc        string // empty on the internet
}

func (p *functionNetwork) networks() []functions.Network {
	out := make([]functions.Network, len(p.hosts))
	for i, h := range p.hosts {
		out[i] = h
	}
	return out
}

// newFunctionNetwork connects a function. In a VPC its interfaces have no
// public address, whatever the subnet says
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
func (r *Resources) newFunctionNetwork(name string, p functionProps) (*functionNetwork, error) {
	if !p.inVPC() {
		host, err := r.Network.PublicHost("lambda "+name, r.publicAddress())
		if err != nil {
			return nil, err
		}
		return &functionNetwork{hosts: []*vpc.Host{host}}, nil
	}
	out := &functionNetwork{}
	for i, subnet := range p.VpcConfig.SubnetIds {
		id := r.freshID("eni-", fmt.Sprint(name, "/", i))
		// Without it there are no IPv6 addresses, whatever the subnet says
		// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, "IPv6 support").
		count := 0
		if valueOr(p.VpcConfig.Ipv6AllowedForDualStack, false) {
			count = 1
		}
		made, err := r.Network.Interfaces().Create(vpc.Interface{
			ID: id, Subnet: subnet, Groups: p.VpcConfig.SecurityGroupIds,
			Description: "AWS Lambda VPC ENI-" + name, Type: "lambda", IPv6Count: count,
		})
		if err != nil {
			return nil, errors.Join(err, r.release(out))
		}
		out.interfaces, out.vpc = append(out.interfaces, id), made.VPC
		host, err := r.Network.Host(id)
		if err != nil {
			return nil, errors.Join(err, r.release(out))
		}
		out.hosts = append(out.hosts, host)
	}
	return out, nil
}

// releaseLate takes the network of a function that has ended down. Its interfaces stay for
// a while, in which their subnets and groups cannot be deleted.
func (r *Resources) releaseLate(name string, p *functionNetwork) error {
	if p == nil || r.Late == nil || len(p.interfaces) == 0 {
		return r.release(p)
	}
	for _, h := range p.hosts {
		h.Close()
	}
	r.Clock.AfterFunc(r.Late.Of(latency.InterfaceReleased, name), func() {
		_ = r.release(&functionNetwork{interfaces: p.interfaces}) // nobody is left to tell
	})
	return nil
}

// release takes a network down at once.
func (r *Resources) release(p *functionNetwork) error {
	if p == nil {
		return nil
	}
	var errs []error
	for _, h := range p.hosts {
		h.Close()
	}
	for _, id := range p.interfaces {
		if err := r.Network.Interfaces().Delete(id); err != nil && !awserr.IsNotFound(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// firstFunction is the first public address of functions outside a VPC.
var firstFunction = netip.AddrFrom4([4]byte{3, 38, 0, 10})

// publicAddress takes the next address for a function outside a VPC.
func (r *Resources) publicAddress() netip.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.nextPublic.IsValid() {
		r.nextPublic = firstFunction
	}
	a := r.nextPublic
	r.nextPublic = a.Next()
	return a
}
