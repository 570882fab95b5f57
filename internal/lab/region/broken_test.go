package region_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
)

// breakage is a change of a template that takes the privacy or the connection
// away, with what the stack's failure must say.
type breakage struct {
	scenario string
	change   func(template)
	says     []string
	// update says why an existing stack survives the change; empty if it does not.
	update string
}

var breakages = map[string]breakage{
	"route table association removed": {
		"GatewayEndpoint",
		func(x template) { x.drop("AWS::EC2::SubnetRouteTableAssociation", "Private") },
		[]string{"From Private", "s3.ap-northeast-2.amazonaws.com"},
		"CloudFormation deletes what a template no longer has after everything else, the verification included",
	},
	"private subnet on the public route table": {
		"GatewayEndpoint",
		func(x template) {
			x.set("RouteTableId", ref(x.find("AWS::EC2::RouteTable", "Public")), "AWS::EC2::SubnetRouteTableAssociation", "Private")
		},
		[]string{"From Private", "s3.ap-northeast-2.amazonaws.com"},
		"",
	},
	"way out by an internet gateway": {
		"GatewayEndpoint",
		func(x template) {
			x.add("WayOut", "AWS::EC2::Route", object{
				"RouteTableId": ref(x.find("AWS::EC2::RouteTable", "Private")), "DestinationCidrBlock": "0.0.0.0/0",
				"GatewayId": ref(x.find("AWS::EC2::InternetGateway")),
			})
			x.resources()["WayOut"].(object)["DependsOn"] = []any{x.find("AWS::EC2::VPCGatewayAttachment")}
		},
		[]string{"0.0.0.0/0 to igw-"},
		"",
	},
	"way out by NAT": {
		"GatewayEndpoint",
		func(x template) {
			x.add("Address", "AWS::EC2::EIP", object{"Domain": "vpc"})
			x.add("Nat", "AWS::EC2::NatGateway", object{
				"SubnetId": ref(x.find("AWS::EC2::Subnet", "Public")), "AllocationId": object{"Fn::GetAtt": []any{"Address", "AllocationId"}},
			})
			x.resources()["Nat"].(object)["DependsOn"] = []any{x.find("AWS::EC2::VPCGatewayAttachment")}
			x.add("WayOut", "AWS::EC2::Route", object{
				"RouteTableId": ref(x.find("AWS::EC2::RouteTable", "Private")), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ref("Nat"),
			})
		},
		[]string{"0.0.0.0/0 to nat-"},
		"",
	},
	"endpoint policy denies": {
		"GatewayEndpoint",
		func(x template) {
			x.set("PolicyDocument", object{"Version": "2012-10-17", "Statement": []any{
				object{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"},
			}}, "AWS::EC2::VPCEndpoint")
		},
		[]string{"s3:ListBucket", "denied", "policy"},
		"",
	},
	"private DNS on": {
		"InterfaceEndpoint",
		func(x template) { x.set("PrivateDnsEnabled", true, "AWS::EC2::VPCEndpoint") },
		[]string{"cloudformation.ap-northeast-2.amazonaws.com", "10.0."},
		"",
	},
	"private DNS off": {
		"InterfaceEndpointPrivateDns",
		func(x template) { x.set("PrivateDnsEnabled", false, "AWS::EC2::VPCEndpoint") },
		[]string{"cloudformation.ap-northeast-2.amazonaws.com", "52.95.193.132"},
		"",
	},
	"security group closed": {
		"InterfaceEndpoint",
		func(x template) {
			delete(x.props(x.find("AWS::EC2::SecurityGroup", "CloudFormationEndpointSecurityGroup")), "SecurityGroupIngress")
			x.touch()
		},
		[]string{"admits nothing at all", "nothing answered at 10.0."},
		"",
	},
	"acceptance required": {
		"EndpointService",
		func(x template) { x.set("AcceptanceRequired", true, "AWS::EC2::VPCEndpointService") },
		[]string{"pendingAcceptance"},
		"connections that were accepted stay so (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html)",
	},
	"one web host unhealthy": {
		"EndpointService",
		func(x template) {
			x.set("UserData", base64.StdEncoding.EncodeToString([]byte("#!/bin/bash\ntrue\n")), "AWS::EC2::Instance", "WEB2")
		},
		[]string{"unhealthy"},
		"user data runs at the first start only; the application gives a changed script a new instance",
	},
}

// apply breaks a stack. A claim that does not hold is measured until the time
// limit is over: a shorter one saves the rounds that show nothing new.
func (b breakage) apply(t *testing.T, s cfn.Stack) cfn.Stack {
	t.Helper()
	return changed(t, s, func(x template) {
		b.change(x)
		x.set("TimeLimit", "60", proofType)
	})
}

func TestBrokenTemplatesFail(t *testing.T) {
	t.Parallel()
	for name, b := range breakages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := b.apply(t, scenario(t, b.scenario))
			r := newRegion(t, region.Options{})
			_, err := r.Deploy(within(t), s)
			var failure *cfn.Failure
			if !errors.As(err, &failure) || failure.Status != cfn.RollbackComplete || len(failure.Failures) == 0 {
				t.Fatalf("deployed, or failed otherwise: %v", err)
			}
			first := failure.Failures[0]
			if first.Type != proofType {
				t.Errorf("the first to fail is %s", first)
			}
			t.Log(first.Reason)
			for _, text := range b.says {
				if !strings.Contains(first.Reason, text) {
					t.Errorf("the reason does not say %q", text)
				}
			}
			remove(t, r, s)
		})
	}
}

// TestBrokenUpdatesRollBack: an update that breaks something ends in the state
// that worked, which is verified once more.
func TestBrokenUpdatesRollBack(t *testing.T) {
	t.Parallel()
	for name, b := range breakages {
		if b.update != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := scenario(t, b.scenario)
			r := newRegion(t, region.Options{})
			before := output(deploy(t, r, good), "Summary")
			_, err := r.Deploy(within(t), b.apply(t, good))
			var failure *cfn.Failure
			if !errors.As(err, &failure) || failure.Status != cfn.UpdateRollbackComplete {
				t.Fatalf("updated, or failed otherwise: %v", err)
			}
			if got := output(failure.Outcome, "Summary"); got != before {
				t.Errorf("after the rollback: %s, before the update: %s", got, before)
			}
			again := deploy(t, r, changed(t, good, template.touch))
			if again.Status != cfn.UpdateComplete {
				t.Errorf("the stack that was rolled back is %s after a good update", again.Status)
			}
			remove(t, r, good)
		})
	}
}
