// Package cost estimates what a stack costs per hour while nothing uses it, by its
// template and a dated table of prices.
//
// Counted is what costs by the hour whether it is used or not: endpoints, load balancers,
// NAT gateways, public addresses, instances and their volumes. What costs by use (data,
// requests, capacity units, logs, function calls) is not; for a verification that is next
// to nothing. What costs by the hour and has no price here is named.
package cost

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// Line is one kind of thing that costs.
type Line struct {
	// What it is, for people, and how many of it there are.
	What  string
	Count float64
	// Each is the price of one, in US dollars per hour.
	Each float64
}

// Estimate is what a stack costs.
type Estimate struct {
	// Region is the one whose prices they are, Date when those were read.
	Region, Date string
	// Lines are what costs, sorted. What is free is not there.
	Lines []Line
	// Unpriced is what costs by the hour, and has no price here: the types of resources,
	// or of instances.
	Unpriced []string
}

// PerHour is the sum, in US dollars per hour.
func (e Estimate) PerHour() float64 {
	sum := 0.0
	for _, line := range e.Lines {
		sum += line.Count * line.Each
	}
	return sum
}

// Text is the estimate in one line for people.
func (e Estimate) Text() string {
	var parts []string
	for _, line := range e.Lines {
		parts = append(parts, fmt.Sprintf("%g %s", line.Count, line.What))
	}
	text := fmt.Sprintf("about %.3f US dollars an hour in %s", e.PerHour(), e.Region)
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if len(e.Unpriced) > 0 {
		text += ", and what is not priced here: " + strings.Join(e.Unpriced, ", ")
	}
	return text + ", by prices of " + e.Date
}

// Regions are the Regions with prices, sorted.
func Regions() []string { return slices.Sorted(maps.Keys(table)) }

// Of estimates what the stack of a template costs in a Region. It fails where there are
// no prices of the Region.
func Of(t *template.Template, region string) (Estimate, error) {
	prices, known := table[region]
	if !known {
		return Estimate{}, fmt.Errorf("region: must be one with prices (%s), got %q", strings.Join(Regions(), ", "), region)
	}
	c := &counter{prices: prices, lines: map[string]*Line{}, unpriced: map[string]bool{}}
	for _, id := range t.IDs() {
		resource := t.Resource(id)
		if count := counters[resource.Type()]; count != nil {
			count(c, resource.Properties())
		} else if hourly[resource.Type()] {
			c.unpriced[resource.Type()] = true
		}
	}
	estimate := Estimate{Region: region, Date: Date, Unpriced: slices.Sorted(maps.Keys(c.unpriced))}
	for _, what := range slices.Sorted(maps.Keys(c.lines)) {
		estimate.Lines = append(estimate.Lines, *c.lines[what])
	}
	return estimate, nil
}

// counter adds up what costs.
type counter struct {
	prices   Prices
	lines    map[string]*Line
	unpriced map[string]bool
}

func (c *counter) add(what string, count, each float64) {
	if count == 0 {
		return
	}
	if c.lines[what] == nil {
		c.lines[what] = &Line{What: what, Each: each}
	}
	c.lines[what].Count += count
}

// counters are what costs, by the type of resource.
var counters = map[string]func(c *counter, properties map[string]any){
	"AWS::EC2::VPCEndpoint": func(c *counter, p map[string]any) {
		// A gateway endpoint, the default, is free.
		if kind, _ := p["VpcEndpointType"].(string); kind != "" && kind != "Gateway" {
			c.add("endpoint interfaces", length(p["SubnetIds"]), c.prices.Endpoint)
		}
	},
	"AWS::ElasticLoadBalancingV2::LoadBalancer": func(c *counter, p map[string]any) {
		each, what := c.prices.Application, "Application Load Balancers"
		switch p["Type"] {
		case "network":
			each, what = c.prices.Network, "Network Load Balancers"
		case "gateway":
			each, what = c.prices.Gateway, "Gateway Load Balancers"
		}
		c.add(what, 1, each)
		if p["Scheme"] != "internal" && p["Type"] != "gateway" {
			c.add("public addresses", length(p["Subnets"])+length(p["SubnetMappings"]), c.prices.Address)
		}
	},
	"AWS::EC2::NatGateway": func(c *counter, _ map[string]any) { c.add("NAT gateways", 1, c.prices.NAT) },
	"AWS::EC2::EIP":        func(c *counter, _ map[string]any) { c.add("public addresses", 1, c.prices.Address) },
	"AWS::Route53Resolver::ResolverEndpoint": func(c *counter, p map[string]any) {
		c.add("resolver interfaces", length(p["IpAddresses"]), c.prices.Resolver)
	},
	"AWS::EC2::Instance": func(c *counter, p map[string]any) {
		kind, _ := p["InstanceType"].(string)
		if each, known := c.prices.Instances[kind]; known {
			c.add(kind, 1, each)
		} else {
			c.unpriced["instances of the type "+kind] = true
		}
		c.add("gigabytes of volumes", volumes(p), c.prices.Volume)
	},
}

// volumes are the gigabytes of an instance's volumes: those that are declared, or what
// the images of Amazon Linux have.
func volumes(p map[string]any) float64 {
	const image = 8
	mappings, _ := p["BlockDeviceMappings"].([]any)
	sum := 0.0
	for _, item := range mappings {
		mapping, _ := item.(map[string]any)
		volume, _ := mapping["Ebs"].(map[string]any)
		if size, ok := volume["VolumeSize"].(float64); ok {
			sum += size
		}
	}
	if sum == 0 {
		return image
	}
	return sum
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

// hourly are types that cost by the hour and have no price here.
var hourly = map[string]bool{
	"AWS::AutoScaling::AutoScalingGroup": true, "AWS::EC2::ClientVpnEndpoint": true, "AWS::EC2::TransitGatewayAttachment": true,
	"AWS::EC2::TransitGatewayVpcAttachment": true, "AWS::EC2::VPNConnection": true, "AWS::ECS::Service": true, "AWS::EKS::Cluster": true,
	"AWS::ElastiCache::ReplicationGroup": true, "AWS::MSK::Cluster": true, "AWS::NetworkFirewall::Firewall": true,
	"AWS::OpenSearchService::Domain": true, "AWS::RDS::DBCluster": true, "AWS::RDS::DBInstance": true, "AWS::Redshift::Cluster": true,
	"AWS::VpcLattice::Service": true,
}
