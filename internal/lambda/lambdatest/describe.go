package lambdatest

import (
	"fmt"
	"net/url"
	"strings"
)

// The ids that [AWS] answers with.
const (
	Region      = "ap-northeast-2"
	Stack       = "arn:aws:cloudformation:ap-northeast-2:111122223333:stack/InterfaceEndpoint/0a1b2c3d-0000-1111-2222-333344445555"
	Endpoint    = "vpce-0123456789abcdef0"
	VPC         = "vpc-0123456789abcdef0"
	Policy      = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"cloudformation:GetStackPolicy","Resource":"*"}]}`
	Group       = "sg-0123456789abcdef0"
	Role        = "arn:aws:iam::111122223333:role/prober"
	RouteTable  = "rtb-0123456789abcdef0"
	PrefixList  = "com.amazonaws.ap-northeast-2.s3"
	Service     = "vpce-svc-0123456789abcdef0"
	Balancer    = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/net/web/0123456789abcdef"
	TargetGroup = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/web/0123456789abcdef"
)

// describe answers a call of one of the query APIs. Some answers come in two
// pages: a caller that does not ask for the second misses something.
func (a *AWS) describe(action string, form url.Values) (string, bool) {
	second := form.Get("NextToken") != ""
	switch action {
	case "DescribeStacks":
		status := a.Status
		if status == "" {
			status = "CREATE_IN_PROGRESS"
		}
		return fmt.Sprintf(`<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
			<StackName>InterfaceEndpoint</StackName><StackId>%s</StackId><StackStatus>%s</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
			</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, Stack, status), true
	case "GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies":
		return a.describeRole(action, form), true
	case "DescribeTargetHealth":
		return `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions>
			<member><Target><Id>i-1</Id><Port>80</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>
			<member><Target><Id>i-2</Id><Port>80</Port></Target><TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description></TargetHealth></member>
			</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`, true
	case "DescribeLoadBalancers":
		return elb(action, `<LoadBalancers><member><LoadBalancerArn>`+Balancer+`</LoadBalancerArn><Type>network</Type><Scheme>internal</Scheme><VpcId>`+VPC+`</VpcId>
			<IpAddressType>ipv4</IpAddressType><SecurityGroups><member>`+Group+`</member></SecurityGroups>
			<EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic>on</EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic></member></LoadBalancers>`), true
	case "DescribeTargetGroups":
		if form.Get("Marker") != "" {
			return elb(action, `<TargetGroups>`+group("ip", VPC, Balancer)+group("alb", VPC, Balancer)+group("lambda", VPC, Balancer)+`</TargetGroups>`), true
		}
		return elb(action, `<TargetGroups>`+group("instance", VPC, Balancer)+group("instance", "vpc-other", Balancer)+group("instance", VPC, "")+`</TargetGroups><NextMarker>more</NextMarker>`), true
	case "DescribeLoadBalancerAttributes":
		return elb(action, `<Attributes><member><Key>load_balancing.cross_zone.enabled</Key><Value>true</Value></member></Attributes>`), true
	case "DescribeListeners":
		if form.Get("Marker") != "" {
			return elb(action, `<Listeners>`+listener("443", "TLS")+`</Listeners>`), true
		}
		return elb(action, `<Listeners>`+listener("80", "TCP")+`</Listeners><NextMarker>more</NextMarker>`), true
	case "DescribeVpcEndpointServiceConfigurations":
		if second {
			return ec2(action, "serviceConfigurationSet", service("vpce-svc-2", "Available", Balancer)+service("vpce-svc-3", "Deleted", Balancer), ""), true
		}
		return ec2(action, "serviceConfigurationSet", service(Service, "Available", Balancer)+service("vpce-svc-1", "Available", "arn:other"), "more"), true
	case "DescribeVpcEndpoints":
		return ec2(action, "vpcEndpointSet", `<item><vpcEndpointId>`+Endpoint+`</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><vpcId>`+VPC+`</vpcId>
			<serviceName>com.amazonaws.ap-northeast-2.cloudformation</serviceName><state>available</state><policyDocument>`+Policy+`</policyDocument>
			<networkInterfaceIdSet><item>eni-a</item><item>eni-b</item></networkInterfaceIdSet>
			<groupSet><item><groupId>`+Group+`</groupId><groupName>g</groupName></item></groupSet>
			<dnsEntrySet><item><dnsName>`+Endpoint+`-abcdefgh.cloudformation.ap-northeast-2.vpce.amazonaws.com</dnsName><hostedZoneId>Z1</hostedZoneId></item>
			<item><dnsName>`+Endpoint+`-abcdefgh-ap-northeast-2a.cloudformation.ap-northeast-2.vpce.amazonaws.com</dnsName><hostedZoneId>Z1</hostedZoneId></item></dnsEntrySet></item>`, ""), true
	case "DescribeNetworkInterfaces":
		if second {
			return ec2(action, "networkInterfaceSet", eni("b", "10.0.1.142"), ""), true
		}
		return ec2(action, "networkInterfaceSet", eni("a", "10.0.0.115"), "more"), true
	case "DescribeVpcs":
		return ec2(action, "vpcSet", `<item><vpcId>`+VPC+`</vpcId><dhcpOptionsId>dopt-1</dhcpOptionsId><cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockAssociationSet>
			<item><cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>
			<item><cidrBlock>10.9.0.0/16</cidrBlock><cidrBlockState><state>disassociated</state></cidrBlockState></item></cidrBlockAssociationSet></item>`, ""), true
	case "DescribeDhcpOptions":
		return ec2(action, "dhcpOptionsSet", `<item><dhcpOptionsId>dopt-1</dhcpOptionsId><dhcpConfigurationSet>
			<item><key>domain-name</key><valueSet><item><value>ap-northeast-2.compute.internal</value></item></valueSet></item>
			<item><key>domain-name-servers</key><valueSet><item><value>AmazonProvidedDNS</value></item></valueSet></item></dhcpConfigurationSet></item>`, ""), true
	case "DescribeSubnets":
		return ec2(action, "subnetSet", `<item><subnetId>subnet-a</subnetId><vpcId>`+VPC+`</vpcId><availabilityZone>ap-northeast-2a</availabilityZone><cidrBlock>10.0.0.0/24</cidrBlock>
			<ipv6CidrBlockAssociationSet><item><ipv6CidrBlock>2600:1f18::/64</ipv6CidrBlock></item></ipv6CidrBlockAssociationSet></item>`, ""), true
	case "DescribePrefixLists":
		return ec2(action, "prefixListSet", `<item><prefixListId>pl-78a54011</prefixListId><prefixListName>`+PrefixList+`</prefixListName>
			<cidrSet><item>52.219.60.0/23</item><item>3.5.140.0/22</item></cidrSet></item>`, ""), true
	case "DescribeRouteTables":
		if second {
			return ec2(action, "routeTableSet", table(RouteTable, route("destinationPrefixListId", "pl-78a54011", "gatewayId", Endpoint, "active")), ""), true
		}
		return ec2(action, "routeTableSet", table("rtb-00000000000000001",
			route("destinationCidrBlock", "10.0.0.0/16", "gatewayId", "local", "active"),
			route("destinationCidrBlock", "0.0.0.0/0", "natGatewayId", "nat-1", "blackhole")), "more"), true
	case "DescribeSecurityGroups":
		return ec2(action, "securityGroupInfo", `<item><groupId>`+Group+`</groupId><vpcId>`+VPC+`</vpcId><ipPermissions>
			<item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><ipRanges><item><cidrIp>10.0.0.0/16</cidrIp></item></ipRanges></item>
			</ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissionsEgress></item>`, ""), true
	case "DescribeNetworkAcls":
		if second {
			return ec2(action, "networkAclSet", `<item><networkAclId>acl-2</networkAclId><associationSet/><entrySet>`+
				`<item><ruleNumber>1</ruleNumber><protocol>58</protocol><ruleAction>deny</ruleAction><egress>false</egress><ipv6CidrBlock>::/0</ipv6CidrBlock><icmpTypeCode><type>8</type><code>-1</code></icmpTypeCode></item></entrySet></item>`, ""), true
		}
		return ec2(action, "networkAclSet", `<item><networkAclId>acl-1</networkAclId><associationSet><item><subnetId>subnet-a</subnetId></item></associationSet><entrySet>
			<item><ruleNumber>100</ruleNumber><protocol>-1</protocol><ruleAction>allow</ruleAction><egress>true</egress><cidrBlock>0.0.0.0/0</cidrBlock></item>
			<item><ruleNumber>99</ruleNumber><protocol>6</protocol><ruleAction>deny</ruleAction><egress>true</egress><cidrBlock>10.0.0.0/16</cidrBlock><portRange><from>443</from><to>444</to></portRange></item>
			</entrySet></item>`, "more"), true
	case "DescribeVpcEndpointServicePermissions":
		if second {
			return ec2(action, "allowedPrincipals", `<item><principalType>Role</principalType><principal>`+Role+`</principal><serviceId>`+Service+`</serviceId></item>`, ""), true
		}
		return ec2(action, "allowedPrincipals", `<item><principalType>Account</principalType><principal>arn:aws:iam::123456789012:root</principal><serviceId>`+Service+`</serviceId></item>`, "more"), true
	case "DescribeVpcEndpointConnections":
		return ec2(action, "vpcEndpointConnectionSet", `<item><serviceId>`+Service+`</serviceId><vpcEndpointId>`+Endpoint+`</vpcEndpointId><vpcEndpointOwner>111122223333</vpcEndpointOwner><vpcEndpointState>available</vpcEndpointState></item>`, ""), true
	}
	return "", false
}

func ec2(action, set, items, next string) string {
	if next != "" {
		next = "<nextToken>" + next + "</nextToken>"
	}
	return fmt.Sprintf(`<%[1]sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><%[2]s>%[3]s</%[2]s>%[4]s</%[1]sResponse>`, action, set, items, next)
}

func elb(action, result string) string {
	return fmt.Sprintf(`<%[1]sResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, action, result)
}

// listener forwards to the target group, which is told of twice, as AWS does.
func listener(port, protocol string) string {
	return `<member><ListenerArn>listener-` + port + `</ListenerArn><Port>` + port + `</Port><Protocol>` + protocol + `</Protocol><DefaultActions><member>
		<Type>forward</Type><TargetGroupArn>` + TargetGroup + `</TargetGroupArn>
		<ForwardConfig><TargetGroups><member><TargetGroupArn>` + TargetGroup + `</TargetGroupArn></member></TargetGroups></ForwardConfig></member></DefaultActions></member>`
}

func group(kind, vpc, balancer string) string {
	if balancer != "" {
		balancer = "<member>" + balancer + "</member>"
	}
	return `<member><TargetGroupArn>` + kind + `</TargetGroupArn><TargetType>` + kind + `</TargetType><VpcId>` + vpc + `</VpcId><LoadBalancerArns>` + balancer + `</LoadBalancerArns></member>`
}

func service(id, state, balancer string) string {
	return `<item><serviceId>` + id + `</serviceId><serviceState>` + state + `</serviceState><acceptanceRequired>true</acceptanceRequired>
		<networkLoadBalancerArnSet><item>` + balancer + `</item></networkLoadBalancerArnSet></item>`
}

func eni(zone, address string) string {
	return fmt.Sprintf(`<item><networkInterfaceId>eni-%s</networkInterfaceId><subnetId>subnet-%[1]s</subnetId><vpcId>%s</vpcId>
		<availabilityZone>ap-northeast-2%[1]s</availabilityZone><privateIpAddress>%[3]s</privateIpAddress></item>`, zone, VPC, address)
}

func table(id string, routes ...string) string {
	return `<item><routeTableId>` + id + `</routeTableId><vpcId>` + VPC + `</vpcId><routeSet>` + strings.Join(routes, "") + `</routeSet>
		<associationSet><item><routeTableId>` + id + `</routeTableId><subnetId>subnet-a</subnetId><main>false</main></item></associationSet></item>`
}

func route(kind, destination, by, target, state string) string {
	return fmt.Sprintf("<item><%[1]s>%[2]s</%[1]s><%[3]s>%[4]s</%[3]s><state>%[5]s</state></item>", kind, destination, by, target, state)
}
