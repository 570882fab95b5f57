package ec2

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// The calls that read and change single attributes
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html,
// …/API_DescribeVpcAttribute.html, …/API_ModifySubnetAttribute.html,
// …/API_ModifyNetworkInterfaceAttribute.html, …/API_ModifyInstanceAttribute.html).
func init() {
	ec2.Register(api.QueryOperation[account]{
		Name: "DescribeVpcAttribute", Parameters: []string{"VpcId", "Attribute"}, Validate: needs("VpcId", "Attribute"),
		Resource: arnOf("vpc", "VpcId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			v, err := a.network.VPCs().Get(r.Form.Get("VpcId"))
			if err != nil {
				return nil, err
			}
			name := r.Form.Get("Attribute")
			value, ok := map[string]bool{"enableDnsSupport": v.DNSSupport, "enableDnsHostnames": v.DNSHostnames, "enableNetworkAddressUsageMetrics": false}[name]
			if !ok {
				return nil, awserr.New("InvalidParameterValue", "Value (%s) for parameter attribute is invalid", name)
			}
			return elements{{"vpcId", v.ID}, {name, struct {
				Value bool `xml:"value"`
			}{value}}}, nil
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "ModifyVpcAttribute", Parameters: []string{"VpcId", "EnableDnsSupport.Value", "EnableDnsHostnames.Value"}, Validate: needs("VpcId"),
		Resource: arnOf("vpc", "VpcId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			v, err := a.network.VPCs().Get(r.Form.Get("VpcId"))
			if err != nil {
				return nil, err
			}
			return changed{}, a.network.VPCs().Modify(v.ID, flag(r, "EnableDnsSupport.Value", v.DNSSupport), flag(r, "EnableDnsHostnames.Value", v.DNSHostnames))
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "ModifySubnetAttribute", Parameters: []string{"SubnetId", "MapPublicIpOnLaunch.Value", "AssignIpv6AddressOnCreation.Value"}, Validate: needs("SubnetId"),
		Resource: arnOf("subnet", "SubnetId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			s, err := a.network.Subnets().Get(r.Form.Get("SubnetId"))
			if err != nil {
				return nil, err
			}
			return changed{}, a.network.Subnets().Modify(s.ID, flag(r, "MapPublicIpOnLaunch.Value", s.MapPublic), flag(r, "AssignIpv6AddressOnCreation.Value", s.AssignIPv6))
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "ModifyNetworkInterfaceAttribute", Parameters: []string{"NetworkInterfaceId", "SecurityGroupId.", "SourceDestCheck.Value"}, Validate: needs("NetworkInterfaceId"),
		Resource: arnOf("network-interface", "NetworkInterfaceId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			return changed{}, a.modifyInterface(r, r.Form.Get("NetworkInterfaceId"), r.List("SecurityGroupId"))
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "ModifyInstanceAttribute", Parameters: []string{"InstanceId", "GroupId.", "SourceDestCheck.Value"}, Validate: needs("InstanceId"),
		Resource: arnOf("instance", "InstanceId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			for _, i := range a.running() {
				if i.ID == r.Form.Get("InstanceId") {
					return changed{}, a.modifyInterface(r, i.Interface, r.List("GroupId"))
				}
			}
			return nil, awserr.New("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", r.Form.Get("InstanceId"))
		},
	})
}

// arnOf authorises on the object that a parameter names.
func arnOf(kind, parameter string) func(account, *api.Request) string {
	return func(a account, r *api.Request) string { return a.scope.ARN("ec2", kind+"/"+r.Form.Get(parameter)) }
}

// flag is a parameter that is true or false, or what there was.
func flag(r *api.Request, parameter string, was bool) bool {
	if v := r.Form.Get(parameter); v != "" {
		return v == "true"
	}
	return was
}

// modifyInterface gives an interface other groups, or another check of its packets.
func (a account) modifyInterface(r *api.Request, id string, groups []string) error {
	check := r.Form.Get("SourceDestCheck.Value")
	if len(groups) == 0 && check == "" {
		return awserr.New("InvalidParameterCombination", "No attributes specified.")
	}
	if len(groups) > 0 {
		if err := a.network.Interfaces().Modify(id, groups); err != nil {
			return err
		}
	}
	if check == "" {
		return nil
	}
	return a.network.Interfaces().Check(id, check == "true")
}
