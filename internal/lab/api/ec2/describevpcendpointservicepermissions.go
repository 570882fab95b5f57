package ec2

import (
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

func init() {
	describe(description{
		name: "DescribeVpcEndpointServicePermissions",
		set:  "allowedPrincipals", items: permissionItems, of: "ServiceId",
		filters: []string{"principal", "principal-type"},
	})
}

type allowedXML struct {
	Type      string `xml:"principalType"`
	Principal string `xml:"principal"`
	ID        string `xml:"servicePermissionId"`
	Service   string `xml:"serviceId"`
}

// permissionItems are the principals that may connect to one endpoint service (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllowedPrincipal.html).
func permissionItems(a account, r *api.Request) ([]item, error) {
	id := r.Form.Get("ServiceId")
	service, err := a.link.EndpointService(id)
	if err != nil {
		return nil, awserr.New("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '%s' does not exist", id)
	}
	var items []item
	for _, principal := range service.Principals {
		kind := principalType(principal)
		permission := awsid.EC2("vpce-svc-perm-", id, principal)
		items = append(items, item{permission, map[string][]string{"principal": {principal}, "principal-type": {kind}}, allowedXML{kind, principal, permission, id}})
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
