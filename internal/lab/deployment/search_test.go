package deployment

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
)

// unattached has a route to an internet gateway that does not wait until the gateway
// is attached: a common omission, which often goes well
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html).
const unattached = `{"Resources":{
	"Vpc":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"10.0.0.0/16"}},
	"Gateway":{"Type":"AWS::EC2::InternetGateway"},
	"Attachment":{"Type":"AWS::EC2::VPCGatewayAttachment","Properties":{"VpcId":{"Ref":"Vpc"},"InternetGatewayId":{"Ref":"Gateway"}}},
	"Table":{"Type":"AWS::EC2::RouteTable","Properties":{"VpcId":{"Ref":"Vpc"}}},
	"Route":{"Type":"AWS::EC2::Route","Properties":{"RouteTableId":{"Ref":"Table"},"DestinationCidrBlock":"0.0.0.0/0","GatewayId":{"Ref":"Gateway"}}}
}}`

// unstable has an endpoint service that refers to a balancer and does not wait until
// it is active.
const unstable = `{"Resources":{
	"Vpc":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"10.0.0.0/16"}},
	"Subnet":{"Type":"AWS::EC2::Subnet","Properties":{"VpcId":{"Ref":"Vpc"},"CidrBlock":"10.0.0.0/24"}},
	"Balancer":{"Type":"AWS::ElasticLoadBalancingV2::LoadBalancer","Properties":{"Type":"network","Scheme":"internal","Subnets":[{"Ref":"Subnet"}]}},
	"Service":{"Type":"AWS::EC2::VPCEndpointService","Properties":{"NetworkLoadBalancerArns":[{"Ref":"Balancer"}]}}
}}`

func one(template string) []cfn.Stack {
	return []cfn.Stack{{ID: "S", Name: "S", Template: []byte(template)}}
}

// The failures of a template without a needed DependsOn are found, follow from the seed
// alone, and the dependency that lacks is named. With it no seed fails.
func TestSearchNamesTheDependencyThatLacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		template string
		lacks    cfn.Edge
	}{
		"order":     {unattached, cfn.Edge{From: "Route", To: "Attachment", Explicit: true}},
		"stability": {unstable, cfn.Edge{From: "Service", To: "Balancer", Explicit: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const seeds = 20
			failed := func() (out []uint64) {
				for _, f := range Search(context.Background(), one(c.template), Options{}, seeds, nil) {
					if d := cmp.Diff([]cfn.Edge{c.lacks}, f.Lacking); d != "" || f.LogicalID != c.lacks.From {
						t.Errorf("%v:\n%s", f, d)
					}
					out = append(out, f.Seed)
				}
				return out
			}
			first := failed()
			if len(first) == 0 || len(first) == seeds {
				t.Errorf("%d of %d seeds fail, want some", len(first), seeds)
			}
			if again := failed(); !slices.Equal(first, again) {
				t.Errorf("seeds %v fail, then %v", first, again)
			}
			mended, err := withDependencies([]byte(c.template), []cfn.Edge{c.lacks})
			if err != nil {
				t.Fatal(err)
			}
			if still := Search(context.Background(), one(string(mended)), Options{}, seeds, nil); len(still) > 0 {
				t.Errorf("with the dependency: %v", still)
			}
		})
	}
}

// A failure that no dependency prevents is not blamed on the order.
func TestSearchBlamesNoOrderWithoutCause(t *testing.T) {
	t.Parallel()
	const never = `{"Resources":{
		"Vpc":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"10.0.0.0/16"}},
		"Subnet":{"Type":"AWS::EC2::Subnet","Properties":{"VpcId":{"Ref":"Vpc"},"CidrBlock":"20.0.0.0/24"}}
	}}`
	found := Search(context.Background(), one(never), Options{}, 2, nil)
	if len(found) != 2 || len(found[0].Lacking) > 0 || found[0].LogicalID != "Subnet" {
		t.Errorf("%v", found)
	}
}
