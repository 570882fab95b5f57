package ec2

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/privatelink"
)

// The calls of who offers an endpoint service
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpointServiceConfiguration.html
// and its siblings). Each is authorised on the service.
func init() {
	makes(making{
		name: "CreateVpcEndpointServiceConfiguration", typ: "AWS::EC2::VPCEndpointService", kind: "vpc-endpoint-service",
		required: []string{"NetworkLoadBalancerArn"},
		parameters: map[string]string{
			"NetworkLoadBalancerArn.": "NetworkLoadBalancerArns", "AcceptanceRequired": "AcceptanceRequired",
		},
		// Unlike a template, a call that says nothing wants connections accepted.
		properties: func(_ account, r *api.Request, properties map[string]any) error {
			properties["AcceptanceRequired"] = flag(r, "AcceptanceRequired", true)
			return nil
		},
		answer: described("serviceConfiguration", serviceItems),
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "StartVpcEndpointServicePrivateDnsVerification", Parameters: []string{"ServiceId"}, Validate: needs("ServiceId"),
		Resource: arnOf("vpc-endpoint-service", "ServiceId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			return element{"return", true}, a.link.VerifyDomain(r.Form.Get("ServiceId"))
		},
	})
	modifies("ModifyVpcEndpointServiceConfiguration", []string{
		"AcceptanceRequired", "AddNetworkLoadBalancerArn.", "RemoveNetworkLoadBalancerArn.", "PrivateDnsName", "RemovePrivateDnsName",
	}, func(r *api.Request, s *privatelink.EndpointService) {
		if name := r.Form.Get("PrivateDnsName"); name != "" {
			s.PrivateDNSName = name
		}
		if flag(r, "RemovePrivateDnsName", false) {
			s.PrivateDNSName = ""
		}
		s.AcceptanceRequired = flag(r, "AcceptanceRequired", s.AcceptanceRequired)
		s.LoadBalancers = edited(s.LoadBalancers, r.List("AddNetworkLoadBalancerArn"), r.List("RemoveNetworkLoadBalancerArn"))
	}, changed{})
	modifies("ModifyVpcEndpointServicePermissions", []string{"AddAllowedPrincipals.", "RemoveAllowedPrincipals."}, func(r *api.Request, s *privatelink.EndpointService) {
		s.Principals = edited(s.Principals, r.List("AddAllowedPrincipals"), r.List("RemoveAllowedPrincipals"))
	}, elements{{"addedPrincipalSet", struct{}{}}, {"return", true}})
	for name, settle := range map[string]func(account, string, ...string) error{
		"AcceptVpcEndpointConnections": func(a account, s string, e ...string) error { return a.link.AcceptConnections(s, e...) },
		"RejectVpcEndpointConnections": func(a account, s string, e ...string) error { return a.link.RejectConnections(s, e...) },
	} {
		ec2.Register(api.QueryOperation[account]{
			Name: name, Parameters: []string{"ServiceId", "VpcEndpointId."}, Validate: needs("ServiceId", "VpcEndpointId"),
			Resource: arnOf("vpc-endpoint-service", "ServiceId"),
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				return element{"unsuccessful", struct{}{}}, settle(a, r.Form.Get("ServiceId"), r.List("VpcEndpointId")...)
			},
		})
	}
	ec2.Register(api.QueryOperation[account]{
		Name: "DeleteVpcEndpointServiceConfigurations", Parameters: []string{"ServiceId."}, Validate: oneOfEach("ServiceId"),
		Resource: arnOf("vpc-endpoint-service", "ServiceId.1"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			return element{"unsuccessful", struct{}{}}, a.link.DeleteEndpointService(r.Form.Get("ServiceId.1"))
		},
	})
}

// modifies registers a call that changes a service.
func modifies(name string, parameters []string, change func(*api.Request, *privatelink.EndpointService), answer any) {
	ec2.Register(api.QueryOperation[account]{
		Name: name, Parameters: append(parameters, "ServiceId"), Validate: needs("ServiceId"),
		Resource: arnOf("vpc-endpoint-service", "ServiceId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			s, err := a.link.EndpointService(r.Form.Get("ServiceId"))
			if err != nil {
				return nil, err
			}
			change(r, &s)
			return answer, a.link.ModifyEndpointService(s)
		},
	})
}

// oneOfEach refuses a list that does not have one id: the lab deletes one object in a call.
func oneOfEach(list string) func(*api.Request) error {
	return func(r *api.Request) error {
		if n := len(r.List(list)); n != 1 {
			return awserr.New("InvalidParameterValue", "the lab takes one %s in a call, not %d", list, n)
		}
		return nil
	}
}

// edited is a list with some added and some removed, each once.
func edited(list, add, remove []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(remove, id) })
	for _, id := range add {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}
