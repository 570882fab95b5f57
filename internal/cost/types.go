package cost

import (
	"fmt"
	"strconv"
	"strings"
)

// counters are what costs by the hour, by the type of resource.
var counters = map[string]func(c *counter, properties map[string]any){
	"AWS::EC2::VPCEndpoint": func(c *counter, p map[string]any) {
		// A gateway endpoint, the default, is free.
		if kind, _ := p["VpcEndpointType"].(string); kind != "" && kind != "Gateway" {
			c.add("endpoint interfaces", length(p["SubnetIds"]), c.prices.Endpoint)
		}
	},
	"AWS::ElasticLoadBalancingV2::LoadBalancer": func(c *counter, p map[string]any) {
		switch p["Type"] {
		case "network":
			c.add("Network Load Balancers", 1, c.prices.Balancer)
		case "gateway":
			c.add("Gateway Load Balancers", 1, c.prices.Gateway)
		default:
			c.add("Application Load Balancers", 1, c.prices.Balancer)
		}
		if p["Scheme"] != "internal" && p["Type"] != "gateway" {
			c.add("public addresses", length(p["Subnets"])+length(p["SubnetMappings"]), everywhere.address)
		}
	},
	"AWS::EC2::NatGateway": func(c *counter, _ map[string]any) { c.add("NAT gateways", 1, c.prices.NAT) },
	"AWS::EC2::EIP":        func(c *counter, _ map[string]any) { c.add("public addresses", 1, everywhere.address) },
	"AWS::Route53Resolver::ResolverEndpoint": func(c *counter, p map[string]any) {
		c.add("resolver interfaces", length(p["IpAddresses"]), everywhere.resolver)
	},
	"AWS::Route53Profiles::ProfileAssociation":  func(c *counter, _ map[string]any) { c.add("Route 53 profiles", 1, everywhere.profile) },
	"AWS::Route53::HostedZone":                  func(c *counter, _ map[string]any) { c.add("hosted zones", 1, everywhere.zone) },
	"AWS::EC2::TransitGatewayAttachment":        attachment,
	"AWS::EC2::TransitGatewayVpcAttachment":     attachment,
	"AWS::EC2::TransitGatewayPeeringAttachment": attachment,
	"AWS::EC2::VPNConnection":                   func(c *counter, _ map[string]any) { c.add("VPN connections", 1, c.prices.VPN) },
	"AWS::EC2::Instance": func(c *counter, p map[string]any) {
		data := c.launchData(p["LaunchTemplate"])
		kind, _ := p["InstanceType"].(string)
		if kind == "" {
			kind, _ = data["InstanceType"].(string)
		}
		volumes := p["BlockDeviceMappings"]
		if volumes == nil {
			volumes = data["BlockDeviceMappings"]
		}
		c.instances(1, kind, volumes)
	},
	"AWS::AutoScaling::AutoScalingGroup": func(c *counter, p map[string]any) {
		count, known := number(p["DesiredCapacity"])
		if !known {
			count, known = number(p["MinSize"])
		}
		data := c.launchData(p["LaunchTemplate"])
		kind, _ := data["InstanceType"].(string)
		if !known || kind == "" {
			c.unpriced["AWS::AutoScaling::AutoScalingGroup"] = true
			return
		}
		c.instances(count, kind, data["BlockDeviceMappings"])
	},
	"AWS::CloudWatch::Alarm":      func(c *counter, _ map[string]any) { c.add("alarms", 1, everywhere.alarm) },
	"AWS::CloudWatch::Dashboard":  func(c *counter, _ map[string]any) { c.add("dashboards", 1, everywhere.dashboard) },
	"AWS::KMS::Key":               func(c *counter, _ map[string]any) { c.add("keys", 1, everywhere.key) },
	"AWS::SecretsManager::Secret": func(c *counter, _ map[string]any) { c.add("secrets", 1, everywhere.secret) },
	"AWS::NetworkFirewall::Firewall": func(c *counter, p map[string]any) {
		c.add("firewall endpoints", length(p["SubnetMappings"])+length(p["AvailabilityZoneMappings"]), everywhere.firewall)
	},
	"AWS::NetworkFirewall::VpcEndpointAssociation": func(c *counter, _ map[string]any) {
		c.unpriced["AWS::NetworkFirewall::VpcEndpointAssociation"] = true
	},
	"AWS::DynamoDB::Table":       capacity,
	"AWS::DynamoDB::GlobalTable": capacity,
}

// capacity is that of a table of DynamoDB, which costs by the hour unless it is paid by
// requests. That of indexes and replicas would count, too.
func capacity(c *counter, p map[string]any) {
	if p["BillingMode"] != "PAY_PER_REQUEST" {
		c.unpriced["provisioned capacity of DynamoDB"] = true
	}
}

func attachment(c *counter, _ map[string]any) {
	c.add("attachments of transit gateways", 1, c.prices.Attachment)
}

// instances adds instances of a type with their volumes.
func (c *counter) instances(count float64, kind string, mappings any) {
	if each, known := c.prices.Instances[kind]; known {
		c.add(kind, count, each)
	} else if count > 0 {
		c.unpriced["instances of the type "+kind] = true
	}
	c.add("gigabytes of volumes", count*volumes(mappings), c.prices.Volume)
}

// launchData is what the launch template says that something refers to, if it is in the
// same template.
func (c *counter) launchData(reference any) map[string]any {
	object, _ := reference.(map[string]any)
	target, _ := object["LaunchTemplateId"].(map[string]any)
	id, _ := target["Ref"].(string)
	data, _ := c.template.Resource(id).Properties()["LaunchTemplateData"].(map[string]any)
	return data
}

// volumes are the gigabytes of an instance's volumes: those that are declared, or what
// the images of Amazon Linux have.
func volumes(mappings any) float64 {
	const image = 8
	list, _ := mappings.([]any)
	sum := 0.0
	for _, item := range list {
		mapping, _ := item.(map[string]any)
		volume, _ := mapping["Ebs"].(map[string]any)
		size, _ := number(volume["VolumeSize"])
		sum += size
	}
	if sum == 0 {
		return image
	}
	return sum
}

// number is a number, or a text that is one.
func number(value any) (float64, bool) {
	n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	return n, err == nil
}

// length is how many items a list has; one where it is a reference.
func length(value any) float64 {
	switch value := value.(type) {
	case nil:
		return 0
	case []any:
		return float64(len(value))
	}
	return 1
}

// byUse are types that cost nothing while nothing uses them: what is free, and what is paid
// by requests, data or time of computing. A name that ends with :: is that of a service.
// What is in none of the lists is named as not priced.
var byUse = []string{
	"AWS::ApiGatewayV2::VpcLink", "AWS::CDK::", "AWS::CertificateManager::Certificate", "AWS::CloudFormation::", "AWS::EC2::CustomerGateway", "AWS::EC2::DHCPOptions", "AWS::EC2::EIPAssociation",
	"AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::FlowLog", "AWS::EC2::GatewayRouteTableAssociation", "AWS::EC2::InstanceConnectEndpoint",
	"AWS::EC2::InternetGateway", "AWS::EC2::IPAM", "AWS::EC2::IPAMAllocation", "AWS::EC2::IPAMPool", "AWS::EC2::IPAMPoolCidr", "AWS::EC2::IPAMScope",
	"AWS::EC2::KeyPair", "AWS::EC2::LaunchTemplate", "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry",
	"AWS::EC2::NetworkInterface", "AWS::EC2::NetworkInterfaceAttachment", "AWS::EC2::PrefixList", "AWS::EC2::Route", "AWS::EC2::RouteTable",
	"AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet", "AWS::EC2::SubnetCidrBlock",
	"AWS::EC2::SubnetNetworkAclAssociation", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayRoute",
	"AWS::EC2::TransitGatewayRouteTable", "AWS::EC2::TransitGatewayRouteTableAssociation", "AWS::EC2::TransitGatewayRouteTablePropagation",
	"AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::EC2::VPCEndpointConnectionNotification",
	"AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCPeeringConnection",
	"AWS::EC2::VPNConnectionRoute", "AWS::EC2::VPNGateway", "AWS::EC2::VPNGatewayRoutePropagation", "AWS::AutoScaling::LaunchConfiguration",
	"AWS::AutoScaling::LifecycleHook", "AWS::AutoScaling::ScalingPolicy", "AWS::ECS::Cluster", "AWS::ECS::TaskDefinition",
	"AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerCertificate", "AWS::ElasticLoadBalancingV2::ListenerRule",
	"AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::Events::", "AWS::IAM::", "AWS::KMS::Alias", "AWS::Lambda::", "AWS::Logs::",
	"AWS::NetworkFirewall::FirewallPolicy", "AWS::NetworkFirewall::RuleGroup", "AWS::Route53::RecordSet",
	"AWS::Route53::RecordSetGroup", "AWS::Route53Profiles::Profile", "AWS::Route53Profiles::ProfileResourceAssociation", "AWS::Route53Resolver::FirewallDomainList",
	"AWS::Route53Resolver::FirewallRuleGroup", "AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::Route53Resolver::ResolverRule",
	"AWS::Route53Resolver::ResolverRuleAssociation", "AWS::S3::", "AWS::SNS::", "AWS::SQS::", "AWS::SSM::", "AWS::Scheduler::", "AWS::StepFunctions::", "Custom::",
}

// isByUse reports whether a type costs nothing while nothing uses it.
func isByUse(kind string) bool {
	for _, name := range byUse {
		if kind == name || strings.HasSuffix(name, "::") && strings.HasPrefix(kind, name) {
			return true
		}
	}
	return false
}
