package region

import (
	"fmt"
	"strings"
)

// ec2Calls are the calls of EC2's API behind a change of a type, where they are not made of the
// type's name (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html).
var ec2Calls = map[string]string{
	"Create SecurityGroupIngress": "AuthorizeSecurityGroupIngress", "Delete SecurityGroupIngress": "RevokeSecurityGroupIngress",
	"Create SecurityGroupEgress": "AuthorizeSecurityGroupEgress", "Delete SecurityGroupEgress": "RevokeSecurityGroupEgress",
	"Modify SecurityGroup": "AuthorizeSecurityGroupIngress", "Modify Route": "ReplaceRoute",
	"Create SubnetRouteTableAssociation": "AssociateRouteTable", "Delete SubnetRouteTableAssociation": "DisassociateRouteTable",
	"Modify SubnetRouteTableAssociation":   "ReplaceRouteTableAssociation",
	"Create SubnetNetworkAclAssociation":   "ReplaceNetworkAclAssociation",
	"Delete SubnetNetworkAclAssociation":   "ReplaceNetworkAclAssociation",
	"Modify NetworkAclEntry":               "ReplaceNetworkAclEntry",
	"Create VPCEndpoint":                   "CreateVpcEndpoint",
	"Delete VPCEndpoint":                   "DeleteVpcEndpoints",
	"Modify VPCEndpoint":                   "ModifyVpcEndpoint",
	"Create VPCEndpointService":            "CreateVpcEndpointServiceConfiguration",
	"Modify VPCEndpointServicePermissions": "ModifyVpcEndpointServicePermissions",
	"Create VPCPeeringConnection":          "CreateVpcPeeringConnection",
	"Delete VPCPeeringConnection":          "DeleteVpcPeeringConnection",
	"Create VPCDHCPOptionsAssociation":     "AssociateDhcpOptions",
	"Delete VPCDHCPOptionsAssociation":     "AssociateDhcpOptions",
	"Create VPCGatewayAttachment":          "AttachInternetGateway",
	"Delete VPCGatewayAttachment":          "DetachInternetGateway",
	"Create EIPAssociation":                "AssociateAddress",
	"Create VPCCidrBlock":                  "AssociateVpcCidrBlock",
	"Create SubnetCidrBlock":               "AssociateSubnetCidrBlock",
	"Create TransitGatewayAttachment":      "CreateTransitGatewayVpcAttachment",
	"Create VPNGatewayRoutePropagation":    "EnableVgwRoutePropagation",
	"Create EgressOnlyInternetGateway":     "CreateEgressOnlyInternetGateway",
	"Create Instance":                      "RunInstances",
	"Delete Instance":                      "TerminateInstances",
	"Create NetworkInterfaceAttachment":    "AttachNetworkInterface",
	"Modify Subnet":                        "ModifySubnetAttribute",
	"Modify VPC":                           "ModifyVpcAttribute",
	"Modify PrefixList":                    "ModifyManagedPrefixList",
	"Create PrefixList":                    "CreateManagedPrefixList",
	"Modify NetworkInterface":              "ModifyNetworkInterfaceAttribute",
	"Create VPNGateway":                    "CreateVpnGateway",
	"Create VPC":                           "CreateVpc",
	"Delete NetworkInterfaceAttachment":    "DetachNetworkInterface",
	"Create VPCEndpointServicePermissions": "ModifyVpcEndpointServicePermissions",
	"Delete VPCEndpointServicePermissions": "ModifyVpcEndpointServicePermissions",
	"Delete VPCEndpointService":            "DeleteVpcEndpointServiceConfigurations",
	"Modify VPCEndpointService":            "ModifyVpcEndpointServiceConfiguration",
	"Delete EIPAssociation":                "DisassociateAddress",
	"Delete TransitGatewayAttachment":      "DeleteTransitGatewayVpcAttachment",
	"Delete VPNGatewayRoutePropagation":    "DisableVgwRoutePropagation",
	"Modify VPCPeeringConnection":          "ModifyVpcPeeringConnectionOptions",
	"Modify SubnetNetworkAclAssociation":   "ReplaceNetworkAclAssociation",
	"Modify VPCDHCPOptionsAssociation":     "AssociateDhcpOptions",
	"Modify SecurityGroupIngress":          "ModifySecurityGroupRules",
	"Modify SecurityGroupEgress":           "ModifySecurityGroupRules",
	"Modify VPNGatewayRoutePropagation":    "EnableVgwRoutePropagation",
	"Modify NetworkInterfaceAttachment":    "ModifyNetworkInterfaceAttribute",
}

// otherCalls are the calls of other APIs behind a change of a type, each with its service. What
// is not there changes nothing that a claim is about, or is part of another's call.
var otherCalls = map[string]struct{ service, call string }{
	"Create AWS::ElasticLoadBalancingV2::LoadBalancer":          {"elasticloadbalancing", "CreateLoadBalancer"},
	"Delete AWS::ElasticLoadBalancingV2::LoadBalancer":          {"elasticloadbalancing", "DeleteLoadBalancer"},
	"Modify AWS::ElasticLoadBalancingV2::LoadBalancer":          {"elasticloadbalancing", "ModifyLoadBalancerAttributes"},
	"Create AWS::ElasticLoadBalancingV2::Listener":              {"elasticloadbalancing", "CreateListener"},
	"Delete AWS::ElasticLoadBalancingV2::Listener":              {"elasticloadbalancing", "DeleteListener"},
	"Modify AWS::ElasticLoadBalancingV2::Listener":              {"elasticloadbalancing", "ModifyListener"},
	"Create AWS::ElasticLoadBalancingV2::TargetGroup":           {"elasticloadbalancing", "CreateTargetGroup"},
	"Modify AWS::ElasticLoadBalancingV2::TargetGroup":           {"elasticloadbalancing", "RegisterTargets"},
	"Create AWS::Route53::HostedZone":                           {"route53", "CreateHostedZone"},
	"Delete AWS::Route53::HostedZone":                           {"route53", "DeleteHostedZone"},
	"Create AWS::Route53::RecordSet":                            {"route53", "ChangeResourceRecordSets"},
	"Delete AWS::Route53::RecordSet":                            {"route53", "ChangeResourceRecordSets"},
	"Create AWS::Route53Resolver::ResolverRuleAssociation":      {"route53resolver", "AssociateResolverRule"},
	"Delete AWS::Route53Resolver::ResolverRuleAssociation":      {"route53resolver", "DisassociateResolverRule"},
	"Create AWS::Route53Resolver::FirewallRuleGroupAssociation": {"route53resolver", "AssociateFirewallRuleGroup"},
	"Delete AWS::Route53Resolver::FirewallRuleGroupAssociation": {"route53resolver", "DisassociateFirewallRuleGroup"},
	"Create AWS::Route53Profiles::ProfileAssociation":           {"route53profiles", "AssociateProfile"},
	"Delete AWS::Route53Profiles::ProfileAssociation":           {"route53profiles", "DisassociateProfile"},
	"Create AWS::Route53Profiles::ProfileResourceAssociation":   {"route53profiles", "AssociateResourceToProfile"},
	"Create AWS::IAM::Policy":                                   {"iam", "PutRolePolicy"},
	"Modify AWS::IAM::Policy":                                   {"iam", "PutRolePolicy"},
	"Delete AWS::IAM::Policy":                                   {"iam", "DeleteRolePolicy"},
	"Modify AWS::IAM::Role":                                     {"iam", "UpdateAssumeRolePolicy"},
}

// globalHome is the Region in which the calls of global services are told, and the services
// (repost.aws/knowledge-center/eventbridge-rule-triggers-iam-single-region).
const globalHome = "us-east-1"

func isGlobal(service string) bool { return service == "iam" || service == "route53" }

// tell tells of the call that a change of a resource was made by, if somebody is told.
func (x *drifting) tell(verb, typ, id string, properties map[string]any) {
	if x.By == "" {
		return
	}
	if name, ofEC2 := strings.CutPrefix(typ, "AWS::EC2::"); ofEC2 {
		call, ok := ec2Calls[verb+" "+name]
		if !ok {
			call = verb + name
		}
		x.region.Called("ec2", call, x.By, nil)
		return
	}
	other, ok := otherCalls[verb+" "+typ]
	if name, _ := x.region.Place(); !ok || isGlobal(other.service) && name != globalHome {
		return
	}
	if other.service != "iam" {
		x.region.Called(other.service, other.call, x.By, nil)
		return
	}
	roles := []any{id}
	if list, ok := properties["Roles"].([]any); ok {
		roles = list
	}
	for _, role := range roles {
		x.region.Called(other.service, other.call, x.By, map[string]any{"roleName": fmt.Sprint(role)})
	}
}
