package resources

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

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

// interfaceCalls are what Lambda does with a function's role to connect the
// function to a VPC, in the order in which it tries
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions).
var interfaceCalls = []string{"CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"}

// How long CloudFormation tries again while a function's role does not let
// Lambda do what it needs: roles and policies take effect late.
const (
	rolePatience = 2 * time.Minute
	roleInterval = 20 * time.Second
)

// roleTakesEffect waits until the function's role can be used.
func (r *Resources) roleTakesEffect(ctx context.Context, p functionProps) error {
	deadline := r.Clock.Now().Add(rolePatience)
	for {
		err := r.checkRole(p)
		if err == nil || r.Clock.Now().After(deadline) || r.Clock.Sleep(ctx, roleInterval) != nil {
			return err
		}
	}
}

// checkRole asks whether Lambda may assume the role, and may do with it what it
// needs in a VPC.
func (r *Resources) checkRole(p functionProps) error {
	if r.Cloud.MayAssume("lambda.amazonaws.com", p.Role) != nil {
		return badFunction("The role defined for the function cannot be assumed by Lambda.")
	}
	if !p.inVPC() {
		return nil
	}
	for _, call := range interfaceCalls {
		if !r.Cloud.Authorize(p.Role, "ec2:"+call, "*", nil).Allowed {
			return badFunction("The provided execution role does not have permissions to call %s on EC2", call)
		}
	}
	return nil
}

// inVPC tells whether the function is connected to a VPC.
func (p functionProps) inVPC() bool { return p.VpcConfig != nil && len(p.VpcConfig.SubnetIds) > 0 }

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
