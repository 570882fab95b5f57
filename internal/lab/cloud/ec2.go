package cloud

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"path"
	"slices"

	"provenendpoints/internal/lab/awserr"
)

const ec2Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/"

// ec2Call is a Describe call: a set of objects, some of them chosen by ids and
// filters.
type ec2Call struct {
	// set is the name of the answer's list, ids the parameter with ids.
	set, ids string
	// all returns every object that there is, or those of the ids.
	all func(c *Cloud, r *request) ([]ec2Item, error)
	// missing is the error code for an id that does not exist.
	missing string
	// filters are those that the items answer.
	filters []string
	// about is the parameter that says what the objects belong to. Required by
	// those calls that have one.
	about string
}

// ec2Item is an object of a Describe call's answer.
type ec2Item struct {
	id string
	// values are what filters are compared with.
	values map[string][]string
	// xml is what it looks like.
	xml any
}

// ec2Calls are the Describe calls that the lab has. None of them can be limited
// to a resource in a policy
// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
var ec2Calls = map[string]ec2Call{
	"DescribeVpcs": {
		set: "vpcSet", ids: "VpcId", all: vpcItems, missing: "InvalidVpcID.NotFound",
		filters: []string{"vpc-id", "cidr", "state"},
	},
	"DescribeSubnets": {
		set: "subnetSet", ids: "SubnetId", all: subnetItems, missing: "InvalidSubnetID.NotFound",
		filters: []string{"subnet-id", "vpc-id", "availability-zone", "cidr-block"},
	},
	"DescribeNetworkInterfaces": {
		set: "networkInterfaceSet", ids: "NetworkInterfaceId", all: interfaceItems, missing: "InvalidNetworkInterfaceID.NotFound",
		filters: []string{"network-interface-id", "vpc-id", "subnet-id", "group-id", "availability-zone", "description", "interface-type", "requester-managed", "addresses.private-ip-address", "private-ip-address", "association.public-ip"},
	},
	"DescribePrefixLists": {
		set: "prefixListSet", ids: "PrefixListId", all: prefixListItems, missing: "InvalidPrefixListID.NotFound",
		filters: []string{"prefix-list-id", "prefix-list-name"},
	},
	"DescribeRouteTables": {
		set: "routeTableSet", ids: "RouteTableId", all: routeTableItems, missing: "InvalidRouteTableID.NotFound",
		filters: []string{"route-table-id", "vpc-id", "association.subnet-id", "association.main", "route.gateway-id", "route.destination-cidr-block", "route.destination-prefix-list-id"},
	},
	"DescribeSecurityGroups": {
		set: "securityGroupInfo", ids: "GroupId", all: groupItems, missing: "InvalidGroup.NotFound",
		filters: []string{"group-id", "group-name", "vpc-id"},
	},
	"DescribeVpcEndpoints": {
		set: "vpcEndpointSet", ids: "VpcEndpointId", all: endpointItems, missing: "InvalidVpcEndpointId.NotFound",
		filters: []string{"vpc-endpoint-id", "vpc-id", "service-name", "vpc-endpoint-type", "vpc-endpoint-state"},
	},
	"DescribeVpcEndpointConnections": {
		set: "vpcEndpointConnectionSet", all: connectionItems,
		filters: []string{"service-id", "vpc-endpoint-id", "vpc-endpoint-state", "vpc-endpoint-owner"},
	},
	"DescribeVpcEndpointServicePermissions": {
		set: "allowedPrincipals", all: permissionItems, about: "ServiceId",
		filters: []string{"principal", "principal-type"},
	},
}

// planEC2 reads a Describe call.
func planEC2(c *Cloud, r *request) (*operation, error) {
	action, err := planQuery(r, "2016-11-15")
	if err != nil {
		return nil, err
	}
	call, ok := ec2Calls[action]
	if !ok {
		return nil, invalidAction(action)
	}
	known := []string{"Filter.", "MaxResults", "NextToken", "DryRun"}
	if call.ids != "" {
		known = append(known, call.ids+".")
	}
	if call.about != "" {
		known = append(known, call.about)
	}
	if err := r.refuseOthers(known...); err != nil {
		return nil, err
	}
	return &operation{action: "ec2:" + action, resource: "*", run: func(context.Context) (*reply, error) {
		if r.form.Get("DryRun") == "true" {
			return nil, awserr.WithStatus(http.StatusPreconditionFailed, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
		}
		return c.describeEC2(r, action, call)
	}}, nil
}

// ec2Filter is a filter: one of its values must match one of the item's.
type ec2Filter struct {
	name   string
	values []string
}

// filters reads the parameters Filter.N.Name and Filter.N.Value.M.
func (r *request) filters(known []string) ([]ec2Filter, error) {
	var out []ec2Filter
	for i := 1; ; i++ {
		name := r.form.Get(fmt.Sprintf("Filter.%d.Name", i))
		if name == "" {
			return out, nil
		}
		if !slices.Contains(known, name) {
			return nil, awserr.New("InvalidParameterValue", "The filter '%s' is invalid", name)
		}
		out = append(out, ec2Filter{name, r.list(fmt.Sprintf("Filter.%d.Value", i))})
	}
}

// matches compares as EC2 does: * and ? are wildcards.
func (f ec2Filter) matches(item ec2Item) bool {
	for _, want := range f.values {
		for _, got := range item.values[f.name] {
			if ok, err := path.Match(want, got); want == got || err == nil && ok {
				return true
			}
		}
	}
	return false
}

// describeEC2 answers in one page, whatever MaxResults says: a limit is only
// the most that an answer may hold for AWS, and a page may be of any size here.
func (c *Cloud) describeEC2(r *request, action string, call ec2Call) (*reply, error) {
	if r.form.Get("NextToken") != "" {
		return nil, awserr.New("InvalidNextToken", "The token is not valid: the lab answers in one page")
	}
	filters, err := r.filters(call.filters)
	if err != nil {
		return nil, err
	}
	if call.about != "" && r.form.Get(call.about) == "" {
		return nil, awserr.New("MissingParameter", "The request must contain the parameter %s", call.about)
	}
	items, err := call.all(c, r)
	if err != nil {
		return nil, err
	}
	var ids []string
	if call.ids != "" {
		ids = r.list(call.ids)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(items, func(i ec2Item) bool { return i.id == id }) {
			return nil, awserr.New(call.missing, "The ID '%s' does not exist", id)
		}
	}
	// encoding/xml names list elements by their field: the set's name differs
	// from call to call, so it is an element of its own.
	type set struct {
		XMLName xml.Name
		Items   []any `xml:"item"`
	}
	found := set{XMLName: xml.Name{Local: call.set}}
	for _, item := range items {
		if len(ids) > 0 && !slices.Contains(ids, item.id) {
			continue
		}
		if slices.ContainsFunc(filters, func(f ec2Filter) bool { return !f.matches(item) }) {
			continue
		}
		found.Items = append(found.Items, item.xml)
	}
	return replyXML(struct {
		XMLName   xml.Name
		RequestID string `xml:"requestId"`
		Set       set
	}{XMLName: xml.Name{Space: ec2Namespace, Local: action + "Response"}, RequestID: r.id, Set: found})
}
