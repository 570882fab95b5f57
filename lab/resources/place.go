package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"provenendpoints/lab/functions"
	"provenendpoints/lab/vpc"
)

// place is where a function runs: hosts in its subnets, or one on the internet.
type place struct {
	hosts      []*vpc.Host
	interfaces []string
}

func (p *place) places() []functions.Place {
	out := make([]functions.Place, len(p.hosts))
	for i, h := range p.hosts {
		out[i] = h
	}
	return out
}

// interfaceCalls are what Lambda does with a function's role to connect the
// function to a VPC, in the order in which it tries
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions).
var interfaceCalls = []string{"CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"}

// functionPlace makes the place of a function. In a VPC its interfaces have no
// public address, whatever the subnet says
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
func (r *Resources) functionPlace(_ context.Context, name string, p functionProps) (*place, error) {
	if p.VpcConfig == nil || len(p.VpcConfig.SubnetIds) == 0 {
		host, err := r.Network.PublicHost("lambda "+name, r.publicAddress())
		if err != nil {
			return nil, err
		}
		return &place{hosts: []*vpc.Host{host}}, nil
	}
	if len(p.VpcConfig.SecurityGroupIds) == 0 {
		return nil, badFunction("Security Groups are required for VPC-enabled functions.")
	}
	for _, call := range interfaceCalls {
		if !r.Cloud.Authorize(p.Role, "ec2:"+call, "*", nil).Allowed {
			return nil, badFunction("The provided execution role does not have permissions to call %s on EC2", call)
		}
	}
	out := &place{}
	for i, subnet := range p.VpcConfig.SubnetIds {
		id := r.freshID("eni-", fmt.Sprint(name, "/", i))
		_, err := r.Network.CreateInterface(vpc.Interface{
			ID: id, Subnet: subnet, Groups: p.VpcConfig.SecurityGroupIds,
			Description: "AWS Lambda VPC ENI-" + name, Type: "lambda",
		})
		if err != nil {
			return nil, errors.Join(err, r.leave(out))
		}
		out.interfaces = append(out.interfaces, id)
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
		if err := r.Network.DeleteInterface(id); err != nil && !isGone(err) {
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

// badFunction is how Lambda refuses a function.
func badFunction(format string, args ...any) error {
	return &functions.Error{Status: http.StatusBadRequest, Code: "InvalidParameterValueException", Message: fmt.Sprintf(format, args...)}
}

// isMissingFunction tells whether Lambda does not know the function.
func isMissingFunction(err error) bool {
	var e *functions.Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// isService tells whether a principal is an AWS service.
func isService(principal string) bool { return strings.HasSuffix(principal, ".amazonaws.com") }
