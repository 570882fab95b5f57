package ec2

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// The calls for further blocks of VPCs and subnets, and for customers' prefix lists
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html,
// …/API_AssociateSubnetCidrBlock.html, …/API_CreateManagedPrefixList.html,
// …/API_ModifyManagedPrefixList.html).
func init() {
	makes(
		making{
			name: "AssociateVpcCidrBlock", typ: "AWS::EC2::VPCCidrBlock", kind: "vpc", required: []string{"VpcId"},
			parameters: map[string]string{"VpcId": "VpcId", "CidrBlock": "CidrBlock", "AmazonProvidedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
			answer: func(a account, r *api.Request, id string, _ map[string]any) (any, error) {
				items, err := vpcItems(a)
				for _, i := range items {
					x := i.xml.(vpcXML)
					for _, block := range x.CIDRs {
						if block.AssociationID == id {
							return elements{{"vpcId", i.id}, {"cidrBlockAssociation", block}}, nil
						}
					}
					for _, block := range x.IPv6 {
						if block.AssociationID == id {
							return elements{{"vpcId", i.id}, {"ipv6CidrBlockAssociation", block}}, nil
						}
					}
				}
				return nil, err
			},
		},
		making{
			name: "AssociateSubnetCidrBlock", typ: "AWS::EC2::SubnetCidrBlock", kind: "subnet", required: []string{"SubnetId", "Ipv6CidrBlock"},
			parameters: map[string]string{"SubnetId": "SubnetId", "Ipv6CidrBlock": "Ipv6CidrBlock"},
			answer: func(_ account, r *api.Request, id string, _ map[string]any) (any, error) {
				return elements{{"subnetId", r.Form.Get("SubnetId")}, {"ipv6CidrBlockAssociation", ipv6BlockXML{id, r.Form.Get("Ipv6CidrBlock"), "associated"}}}, nil
			},
		},
		making{
			name: "CreateManagedPrefixList", typ: "AWS::EC2::PrefixList", kind: "prefix-list", required: []string{"PrefixListName", "MaxEntries", "AddressFamily"},
			parameters: map[string]string{"PrefixListName": "PrefixListName", "MaxEntries": "MaxEntries", "AddressFamily": "AddressFamily", "Entry.": ""},
			properties: func(_ account, r *api.Request, properties map[string]any) error {
				var entries []any
				for _, cidr := range members(r, "Entry", "Cidr") {
					entries = append(entries, map[string]any{"Cidr": cidr})
				}
				if entries != nil {
					properties["Entries"] = entries
				}
				return nil
			},
			answer: described("prefixList", managedPrefixListItems),
		},
	)
	ec2.Register(api.QueryOperation[account]{
		Name: "ModifyManagedPrefixList", Parameters: []string{"PrefixListId", "CurrentVersion", "PrefixListName", "MaxEntries", "AddEntry.", "RemoveEntry."}, Validate: needs("PrefixListId"),
		Resource: arnOf("prefix-list", "PrefixListId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			id := r.Form.Get("PrefixListId")
			if err := a.modifyPrefixList(r, id); err != nil {
				return nil, err
			}
			return described("prefixList", managedPrefixListItems)(a, r, id, nil)
		},
	})
	deletes(deleting{
		name: "DeleteManagedPrefixList", id: "PrefixListId", kind: "prefix-list",
		run: simply(func(a account, id string) error { return a.network.PrefixLists().Delete(id) }),
	})
}

// members are the values NAME of a list's structures: LIST.1.NAME and so on.
func members(r *api.Request, list, name string) []string {
	var out []string
	for i := 1; r.Form.Has(fmt.Sprintf("%s.%d.%s", list, i, name)); i++ {
		out = append(out, r.Form.Get(fmt.Sprintf("%s.%d.%s", list, i, name)))
	}
	return out
}

// modifyPrefixList changes the entries of a customer's list, and its name.
func (a account) modifyPrefixList(r *api.Request, id string) error {
	lists := a.network.PrefixLists().All()
	at := slices.IndexFunc(lists, func(l vpc.PrefixList) bool { return l.ID == id })
	if at < 0 || lists[at].MaxEntries == 0 {
		return awserr.New("InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist", id)
	}
	l := lists[at]
	if version := r.Form.Get("CurrentVersion"); version != "" && version != fmt.Sprint(l.Version) {
		return awserr.New("PrefixListVersionMismatch", "The prefix list has the version %d, not %s", l.Version, version)
	}
	for _, text := range members(r, "RemoveEntry", "Cidr") {
		block, err := blockOf(text)
		if err != nil {
			return err
		}
		l.Entries = slices.DeleteFunc(slices.Clone(l.Entries), func(e netip.Prefix) bool { return e == block })
	}
	for _, text := range members(r, "AddEntry", "Cidr") {
		block, err := blockOf(text)
		if err != nil {
			return err
		}
		l.Entries = append(slices.Clip(l.Entries), block)
	}
	if name := r.Form.Get("PrefixListName"); name != "" {
		l.Name = name
	}
	most := l.MaxEntries
	if text := r.Form.Get("MaxEntries"); text != "" {
		if _, err := fmt.Sscan(text, &most); err != nil {
			return awserr.New("InvalidParameterValue", "Value (%s) for parameter MaxEntries is invalid", text)
		}
	}
	return a.network.PrefixLists().Modify(id, l.Name, l.Entries, most)
}
