package resources

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"provenendpoints/internal/lab/api/lambda"
	"provenendpoints/internal/lab/api/logs"
	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/api/ssm"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/firewall"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/route53"
	"provenendpoints/internal/lab/vpc"
)

// props are properties as a test writes them.
type props = map[string]any

// world is where tests make resources, without a stack around them.
type world struct {
	*Resources
	t      *testing.T
	assets map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := clock.NewSkipping()
	network := vpc.New(vpc.Options{Clock: c})
	balancing := elb.New(network)
	link := privatelink.New(privatelink.Options{Network: network, LoadBalancing: balancing})
	side, err := cloud.New(cloud.Options{Network: network, PrivateLink: link})
	if err != nil {
		t.Fatal(err)
	}
	scope := side.Scope()
	service := functions.New(functions.Options{Scope: scope, Clock: c, Roots: side.Roots()})
	buckets := s3.New(s3.Options{Scope: scope, Clock: c})
	side.Handle(buckets.Service(), lambda.Service(service, scope))
	names := route53.New(network)
	var r *Resources
	parameters := ssm.New(ssm.Options{Scope: scope, Clock: c, Public: func(typ, name string) (any, error) { return r.Parameter(typ, name) }})
	r = New(Options{
		Parameters: parameters, Groups: logs.NewGroups(scope),
		Network: network, LoadBalancing: balancing, PrivateLink: link, Firewalls: firewall.New(network), Cloud: side, Roles: side.Roles, Buckets: buckets, Functions: service, Names: names, Clock: c, Roots: side.Roots(),
		Scope: scope,
	})
	t.Cleanup(func() {
		service.Close()
		r.Close()
		if err := side.Close(); err != nil {
			t.Error(err)
		}
		names.Close()
		network.Close()
		c.Stop()
	})
	return &world{Resources: r, t: t}
}

// thing is a resource that a test has made.
type thing struct {
	cfn.Request
	cfn.Result
	typ cfn.ResourceType
	w   *world
}

// resolved brings properties into the form in which the engine hands them over.
func resolved(t *testing.T, p props) map[string]any {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// try makes a resource as the engine does.
func (w *world) try(typeName, logicalID string, p props) (*thing, error) {
	w.t.Helper()
	typ, ok := w.Type(typeName)
	if !ok {
		w.t.Fatalf("no type %s", typeName)
	}
	q := cfn.Request{
		Stack: "Scenario", StackID: w.Scope.ARN("cloudformation", "stack/Scenario/1"), LogicalID: logicalID, Type: typeName,
		Properties: resolved(w.t, p), Region: w.Scope.Region, Account: w.Scope.Account,
		Assets: w.assets,
	}
	if err := typ.Check(q.Properties); err != nil {
		return nil, err
	}
	result, err := typ.Create(context.Background(), q)
	if err != nil {
		return nil, err
	}
	q.PhysicalID = result.PhysicalID
	return &thing{q, result, typ, w}, nil
}

// make makes a resource or ends the test.
func (w *world) make(typeName, logicalID string, p props) *thing {
	w.t.Helper()
	made, err := w.try(typeName, logicalID, p)
	if err != nil {
		w.t.Fatalf("%s %s: %v", typeName, logicalID, err)
	}
	return made
}

// update changes a resource in place.
func (x *thing) update(p props) error {
	x.w.t.Helper()
	q := x.Request
	q.OldProperties, q.Properties = q.Properties, resolved(x.w.t, p)
	if x.typ.Replaces(q.OldProperties, q.Properties) {
		return fmt.Errorf("%s is replaced", q.LogicalID)
	}
	result, err := x.typ.Update(context.Background(), q)
	if err != nil {
		return err
	}
	x.Request.Properties, x.Request.OldProperties = q.Properties, nil
	if result.Attributes != nil {
		x.Attributes = result.Attributes
	}
	return nil
}

// change is update that must succeed.
func (x *thing) change(p props) {
	x.w.t.Helper()
	if err := x.update(p); err != nil {
		x.w.t.Fatalf("update %s: %v", x.LogicalID, err)
	}
}

func (x *thing) id() string { return x.Result.PhysicalID }

// delete deletes a resource, and once more: what is gone is deleted.
func (x *thing) delete() {
	x.w.t.Helper()
	for range 2 {
		if err := x.typ.Delete(context.Background(), x.Request); err != nil {
			x.w.t.Fatalf("delete %s: %v", x.LogicalID, err)
		}
	}
}

// network makes a VPC with two subnets in two zones, a and b.
func (w *world) network() (v, a, b *thing) {
	w.t.Helper()
	v = w.make("AWS::EC2::VPC", "Vpc", props{"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": true})
	subnet := func(id, cidr, zone string) *thing {
		return w.make("AWS::EC2::Subnet", id, props{"VpcId": v.id(), "CidrBlock": cidr, "AvailabilityZone": w.Scope.Region + zone})
	}
	return v, subnet("A", "10.0.0.0/24", "a"), subnet("B", "10.0.1.0/24", "b")
}
