package ec2

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// The calls that say which route table, network ACL and DHCP options hold where
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html and its
// siblings).
func init() {
	ec2.Register(api.QueryOperation[account]{
		Name: "AssociateRouteTable", Parameters: []string{"RouteTableId", "SubnetId"}, Validate: needs("RouteTableId", "SubnetId"),
		Resource: arnOf("route-table", "RouteTableId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			table, subnet := r.Form.Get("RouteTableId"), r.Form.Get("SubnetId")
			if err := a.network.RouteTables().Associate(table, subnet); err != nil {
				return nil, err
			}
			return associated("associationId", tableAssociation(table, subnet)), nil
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "ReplaceRouteTableAssociation", Parameters: []string{"AssociationId", "RouteTableId"}, Validate: needs("AssociationId", "RouteTableId"),
		Resource: arnOf("route-table", "RouteTableId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			subnet, err := a.associatedSubnet(r.Form.Get("AssociationId"))
			if err != nil {
				return nil, err
			}
			table := r.Form.Get("RouteTableId")
			if err := a.network.RouteTables().ReplaceAssociation(table, subnet); err != nil {
				return nil, err
			}
			return associated("newAssociationId", tableAssociation(table, subnet)), nil
		},
	})
	deletes(deleting{
		name: "DisassociateRouteTable", id: "AssociationId", kind: "route-table",
		run: func(_ context.Context, a account, _ *api.Request, id string) error {
			subnet, err := a.associatedSubnet(id)
			if err != nil {
				return err
			}
			return a.network.RouteTables().Disassociate(subnet)
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "ReplaceNetworkAclAssociation", Parameters: []string{"AssociationId", "NetworkAclId"}, Validate: needs("AssociationId", "NetworkAclId"),
		Resource: arnOf("network-acl", "NetworkAclId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			for _, acl := range a.network.NetworkACLs().All() {
				for _, subnet := range acl.Subnets {
					if aclAssociation(acl.ID, subnet) == r.Form.Get("AssociationId") {
						if err := a.network.NetworkACLs().Associate(r.Form.Get("NetworkAclId"), subnet); err != nil {
							return nil, err
						}
						return element{"newAssociationId", aclAssociation(r.Form.Get("NetworkAclId"), subnet)}, nil
					}
				}
			}
			return nil, awserr.New("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", r.Form.Get("AssociationId"))
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "AssociateDhcpOptions", Parameters: []string{"DhcpOptionsId", "VpcId"}, Validate: needs("DhcpOptionsId", "VpcId"),
		Resource: arnOf("vpc", "VpcId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			// The id "default" leaves the VPC with none.
			return changed{}, a.network.DHCPOptions().Associate(r.Form.Get("DhcpOptionsId"), r.Form.Get("VpcId"))
		},
	})
	makes(making{
		name: "CreateDhcpOptions", typ: "AWS::EC2::DHCPOptions", kind: "dhcp-options",
		parameters: map[string]string{"DhcpConfiguration.": ""}, required: []string{"DhcpConfiguration.1.Key"},
		properties: dhcpConfigurations,
		answer:     described("dhcpOptions", dhcpOptionsItems),
	})
}

// dhcpProperties are the properties of the options, by their names. All but two are lists
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html).
var dhcpProperties = map[string]string{
	"domain-name": "DomainName", "domain-name-servers": "DomainNameServers", "ntp-servers": "NtpServers",
	"netbios-name-servers": "NetbiosNameServers", "netbios-node-type": "NetbiosNodeType",
}

// dhcpConfigurations reads DhcpConfiguration.N.Key and .Value.M.
func dhcpConfigurations(_ account, r *api.Request, properties map[string]any) error {
	for i := 1; ; i++ {
		at := fmt.Sprintf("DhcpConfiguration.%d.", i)
		key := r.Form.Get(at + "Key")
		if key == "" {
			return nil
		}
		property, ok := dhcpProperties[key]
		if !ok {
			return awserr.New("InvalidParameterValue", "Value (%s) for parameter key is invalid: there is no such DHCP option", key)
		}
		values := []any{}
		for _, v := range r.List(at + "Value") {
			values = append(values, v)
		}
		switch {
		case property != "DomainName" && property != "NetbiosNodeType":
			properties[property] = values
		case len(values) == 1:
			properties[property] = values[0]
		default:
			return awserr.New("InvalidParameterValue", "%s takes one value, not %d", key, len(values))
		}
	}
}

// associated is the answer about a route table's association.
func associated(name, id string) elements {
	return elements{{name, id}, {"associationState", struct {
		State string `xml:"state"`
	}{"associated"}}}
}

// tableAssociation is the id of a subnet's association with a route table, mainAssociation
// that of the main one's with its VPC, aclAssociation that of a subnet's with its ACL.
func tableAssociation(table, subnet string) string { return awsid.EC2("rtbassoc-", table, subnet) }
func mainAssociation(table string) string          { return awsid.EC2("rtbassoc-", table) }
func aclAssociation(acl, subnet string) string     { return awsid.EC2("aclassoc-", acl, subnet) }

// associatedSubnet is the subnet of an explicit association with a route table.
func (a account) associatedSubnet(id string) (string, error) {
	for _, t := range a.network.RouteTables().All() {
		for _, subnet := range t.Subnets {
			if tableAssociation(t.ID, subnet) == id {
				return subnet, nil
			}
		}
		if t.Main && mainAssociation(t.ID) == id {
			return "", awserr.New("InvalidParameterValue", "the lab does not change which route table is the main one")
		}
	}
	return "", awserr.New("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", id)
}
