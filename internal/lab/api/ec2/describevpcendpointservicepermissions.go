package ec2

import (
	"strings"

	"provenendpoints/internal/lab/awsid"
)

func init() {
	describe(description{
		name: "DescribeVpcEndpointServicePermissions",
		set:  "allowedPrincipals", items: permissionItems, notFound: "InvalidVpcEndpointServiceId.NotFound",
		of: "ServiceId", owners: "DescribeVpcEndpointServiceConfigurations",
		resource: "vpc-endpoint-service/",
		filters:  []string{"principal", "principal-type"},
	})
}

type allowedXML struct {
	Type      string `xml:"principalType"`
	Principal string `xml:"principal"`
	ID        string `xml:"servicePermissionId"`
	Service   string `xml:"serviceId"`
}

// permissionItems are the principals that may connect to the endpoint services
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllowedPrincipal.html).
func permissionItems(a account) ([]item, error) {
	var items []item
	for _, service := range a.link.EndpointServices() {
		for _, principal := range service.Principals {
			kind := principalType(principal)
			permission := awsid.EC2("vpce-svc-perm-", service.ID, principal)
			items = append(items, item{
				permission, map[string][]string{"ServiceId": {service.ID}, "principal": {principal}, "principal-type": {kind}},
				allowedXML{kind, principal, permission, service.ID},
			})
		}
	}
	return items, nil
}

// principalType is EC2's word for the principal with this ARN.
func principalType(principal string) string {
	_, resource, _ := strings.Cut(principal, "::")
	_, resource, _ = strings.Cut(resource, ":")
	switch kind, _, _ := strings.Cut(resource, "/"); {
	case principal == "*":
		return "All"
	case kind == "role":
		return "Role"
	case kind == "user":
		return "User"
	}
	return "Account"
}
