package verifier

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"provenendpoints/proof"
)

// endpointOf leaves out the interfaces: they come from another call.
func endpointOf(endpoint types.VpcEndpoint) proof.Endpoint {
	result := proof.Endpoint{
		ID:      aws.ToString(endpoint.VpcEndpointId),
		VPC:     aws.ToString(endpoint.VpcId),
		Service: aws.ToString(endpoint.ServiceName),
		State:   string(endpoint.State),
		Type:    string(endpoint.VpcEndpointType),
		Policy:  aws.ToString(endpoint.PolicyDocument),
	}
	for _, entry := range endpoint.DnsEntries {
		if name := aws.ToString(entry.DnsName); name != "" {
			result.Names = append(result.Names, name)
		}
	}
	for _, group := range endpoint.Groups {
		result.Groups = append(result.Groups, aws.ToString(group.GroupId))
	}
	return result
}

// interfacesOf lists an endpoint's interfaces, one entry for each address that
// the endpoint's names have a record for. Which records there are is the
// endpoint's own choice
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html,
// "DNS record IP type"); without a word on it they are of IPv4.
func interfacesOf(interfaces []types.NetworkInterface, options *types.DnsOptions) ([]proof.Interface, error) {
	four, six := true, false
	if options != nil {
		four = options.DnsRecordIpType != types.DnsRecordIpTypeIpv6
		six = options.DnsRecordIpType == types.DnsRecordIpTypeIpv6 || options.DnsRecordIpType == types.DnsRecordIpTypeDualstack
	}
	var result []proof.Interface
	for _, eni := range interfaces {
		var texts []string
		if address := aws.ToString(eni.PrivateIpAddress); four && address != "" {
			texts = append(texts, address)
		}
		for _, address := range eni.Ipv6Addresses {
			if six {
				texts = append(texts, aws.ToString(address.Ipv6Address))
			}
		}
		for _, text := range texts {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("interface %s: %w", aws.ToString(eni.NetworkInterfaceId), err)
			}
			result = append(result, proof.Interface{
				ID:      aws.ToString(eni.NetworkInterfaceId),
				Subnet:  aws.ToString(eni.SubnetId),
				Zone:    aws.ToString(eni.AvailabilityZone),
				Address: address,
			})
		}
	}
	return result, nil
}

// blocksOf lists the CIDR blocks that are in use, IPv4 first.
func blocksOf(vpc types.Vpc) ([]netip.Prefix, error) {
	var texts []string
	for _, block := range vpc.CidrBlockAssociationSet {
		if block.CidrBlockState == nil || inUse(block.CidrBlockState.State) {
			texts = append(texts, aws.ToString(block.CidrBlock))
		}
	}
	if len(texts) == 0 && vpc.CidrBlock != nil {
		texts = append(texts, *vpc.CidrBlock)
	}
	for _, block := range vpc.Ipv6CidrBlockAssociationSet {
		if block.Ipv6CidrBlockState == nil || inUse(block.Ipv6CidrBlockState.State) {
			texts = append(texts, aws.ToString(block.Ipv6CidrBlock))
		}
	}
	return prefixes(texts)
}

func inUse(state types.VpcCidrBlockStateCode) bool {
	return state == types.VpcCidrBlockStateCodeAssociated || state == types.VpcCidrBlockStateCodeDisassociating || state == ""
}

func prefixes(texts []string) ([]netip.Prefix, error) {
	result := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		result = append(result, prefix)
	}
	return result, nil
}

func routeTableOf(table types.RouteTable) proof.RouteTable {
	result := proof.RouteTable{ID: aws.ToString(table.RouteTableId)}
	for _, route := range table.Routes {
		result.Routes = append(result.Routes, proof.Route{
			Destination: first(route.DestinationPrefixListId, route.DestinationCidrBlock, route.DestinationIpv6CidrBlock),
			Target:      targetOf(route),
			Active:      route.State != types.RouteStateBlackhole,
		})
	}
	for _, association := range table.Associations {
		result.Main = result.Main || aws.ToBool(association.Main)
		if subnet := aws.ToString(association.SubnetId); subnet != "" {
			result.Subnets = append(result.Subnets, subnet)
		}
	}
	return result
}

// targetOf names where a route leads. "local", internet and virtual private
// gateways and gateway endpoints are all told of as GatewayId; an interface
// comes with the instance it belongs to
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html). A kind of
// target that is newer than this code is not left out: it leads somewhere.
func targetOf(route types.Route) string {
	if target := first(
		route.GatewayId, route.NatGatewayId, route.NetworkInterfaceId, route.InstanceId, route.VpcPeeringConnectionId,
		route.TransitGatewayId, route.EgressOnlyInternetGatewayId, route.CarrierGatewayId, route.LocalGatewayId,
		route.CoreNetworkArn, route.OdbNetworkArn, route.IpAddress,
	); target != "" {
		return target
	}
	return "an unknown target"
}

// first is the first text that is there.
func first(texts ...*string) string {
	for _, text := range texts {
		if aws.ToString(text) != "" {
			return *text
		}
	}
	return ""
}

// groupOf makes one rule of each source of each permission.
func groupOf(group types.SecurityGroup) (proof.SecurityGroup, error) {
	result := proof.SecurityGroup{ID: aws.ToString(group.GroupId), VPC: aws.ToString(group.VpcId)}
	for _, permission := range group.IpPermissions {
		rule := proof.Rule{Protocol: aws.ToString(permission.IpProtocol), FromPort: 0, ToPort: 65535}
		if permission.FromPort != nil && permission.ToPort != nil && rule.Protocol != "-1" {
			rule.FromPort, rule.ToPort = int(*permission.FromPort), int(*permission.ToPort)
		}
		var blocks []string
		for _, source := range permission.IpRanges {
			blocks = append(blocks, aws.ToString(source.CidrIp))
		}
		for _, source := range permission.Ipv6Ranges {
			blocks = append(blocks, aws.ToString(source.CidrIpv6))
		}
		ranges, err := prefixes(blocks)
		if err != nil {
			return proof.SecurityGroup{}, fmt.Errorf("security group %s: %w", result.ID, err)
		}
		for _, block := range ranges {
			source := rule
			source.CIDR = block
			result.Ingress = append(result.Ingress, source)
		}
		for _, list := range permission.PrefixListIds {
			source := rule
			source.PrefixList = aws.ToString(list.PrefixListId)
			result.Ingress = append(result.Ingress, source)
		}
		for _, pair := range permission.UserIdGroupPairs {
			source := rule
			source.Group = aws.ToString(pair.GroupId)
			result.Ingress = append(result.Ingress, source)
		}
	}
	return result, nil
}

func targetsOf(descriptions []elbtypes.TargetHealthDescription) []proof.Target {
	var result []proof.Target
	for _, description := range descriptions {
		var target proof.Target
		if description.Target != nil {
			target.ID = aws.ToString(description.Target.Id)
			target.Port = int(aws.ToInt32(description.Target.Port))
		}
		if health := description.TargetHealth; health != nil {
			target.State = string(health.State)
			target.Reason = string(health.Reason)
			if text := aws.ToString(health.Description); text != "" {
				target.Reason = text
			}
		}
		result = append(result, target)
	}
	return result
}
