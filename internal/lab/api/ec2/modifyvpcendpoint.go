package ec2

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/privatelink"
)

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html,
// …/API_DeleteVpcEndpoints.html
func init() {
	ec2.Register(api.QueryOperation[account]{
		Name: "ModifyVpcEndpoint",
		Parameters: []string{
			"VpcEndpointId", "ResetPolicy", "PolicyDocument", "AddRouteTableId.", "RemoveRouteTableId.",
			"AddSubnetId.", "RemoveSubnetId.", "AddSecurityGroupId.", "RemoveSecurityGroupId.", "PrivateDnsEnabled",
		},
		Resource: arnOf("vpc-endpoint", "VpcEndpointId"),
		Run:      modifyEndpoint,
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "DeleteVpcEndpoints", Parameters: []string{"VpcEndpointId."},
		Resource: arnOf("vpc-endpoint", "VpcEndpointId.1"),
		Validate: oneOfEach("VpcEndpointId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			if err := a.link.DeleteEndpoint(r.Form.Get("VpcEndpointId.1")); err != nil {
				return nil, err
			}
			return set{XMLName: name("unsuccessful")}, nil
		},
	})
}

// modifyEndpoint changes what the request names and leaves the rest.
func modifyEndpoint(_ context.Context, a account, r *api.Request) (any, error) {
	e, err := a.link.Endpoint(r.Form.Get("VpcEndpointId"))
	if err != nil {
		return nil, err
	}
	if r.Form.Get("ResetPolicy") == "true" {
		e.Policy = ""
	}
	if text := r.Form.Get("PolicyDocument"); text != "" {
		if _, err := iam.Parse(text); err != nil {
			return nil, awserr.New("InvalidPolicyDocument", "%v", err)
		}
		e.Policy = text
	}
	change := func(list []string, add, remove string) []string { return edited(list, r.List(add), r.List(remove)) }
	if e.Type == privatelink.GatewayType {
		tables := change(e.RouteTables, "AddRouteTableId", "RemoveRouteTableId")
		return changed{}, a.link.ModifyGatewayEndpoint(e.ID, e.Policy, tables)
	}
	e.Subnets = change(e.Subnets, "AddSubnetId", "RemoveSubnetId")
	e.Groups = change(e.Groups, "AddSecurityGroupId", "RemoveSecurityGroupId")
	if on := r.Form.Get("PrivateDnsEnabled"); on != "" {
		e.PrivateDNS = on == "true"
	}
	_, err = a.link.ModifyInterfaceEndpoint(e)
	return changed{}, err
}
