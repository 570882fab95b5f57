package resources

import (
	"errors"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/vpc"
)

// place is where a function runs: hosts in its subnets, or one on the internet.
type place struct {
	hosts      []*vpc.Host
	interfaces []string
	vpc        string // empty on the internet
}

func (p *place) places() []functions.Place {
	out := make([]functions.Place, len(p.hosts))
	for i, h := range p.hosts {
		out[i] = h
	}
	return out
}

// functionPlace makes the place of a function. In a VPC its interfaces have no
// public address, whatever the subnet says
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
func (r *Resources) functionPlace(name string, p functionProps) (*place, error) {
	if !p.inVPC() {
		host, err := r.Network.PublicHost("lambda "+name, r.publicAddress())
		if err != nil {
			return nil, err
		}
		return &place{hosts: []*vpc.Host{host}}, nil
	}
	out := &place{}
	for i, subnet := range p.VpcConfig.SubnetIds {
		id := r.freshID("eni-", fmt.Sprint(name, "/", i))
		made, err := r.Network.CreateInterface(vpc.Interface{
			ID: id, Subnet: subnet, Groups: p.VpcConfig.SecurityGroupIds,
			Description: "AWS Lambda VPC ENI-" + name, Type: "lambda",
		})
		if err != nil {
			return nil, errors.Join(err, r.leave(out))
		}
		out.interfaces, out.vpc = append(out.interfaces, id), made.VPC
		host, err := r.Network.Host(id)
		if err != nil {
			return nil, errors.Join(err, r.leave(out))
		}
		out.hosts = append(out.hosts, host)
	}
	return out, nil
}

// leave takes a place down. On AWS the interfaces stay for up to 20 minutes;
// what waits for them then, waits for nothing here.
func (r *Resources) leave(p *place) error {
	if p == nil {
		return nil
	}
	var errs []error
	for _, h := range p.hosts {
		h.Close()
	}
	for _, id := range p.interfaces {
		if err := r.Network.DeleteInterface(id); err != nil && !awserr.IsNotFound(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// firstFunction is where the addresses start from which functions outside a VPC
// reach the internet.
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
