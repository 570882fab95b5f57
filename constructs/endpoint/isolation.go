package endpoint

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/proof"
)

// Isolation says which subnets have no way out but their endpoints, and what is
// there besides and wanted. It means the same for every pattern.
type Isolation struct {
	// Of begins the ids of the claims, where there is more than one isolation.
	// Default: nothing.
	Of string
	// Subnets are the ids of the isolated subnets. Required, at least one.
	Subnets []string
	// From are the names of the vantage points in these subnets.
	From []string
	// Endpoints are the ids of the endpoints of the VPC that are wanted. Default: none.
	Endpoints []string
	// Ways are what routes may lead to: gateway endpoints, and what else is declared.
	// Default: none.
	Ways []string
	// Networks are the ids of what routes of any subnet of the VPC may lead to beyond
	// it, such as peering connections. Default: none.
	Networks []string
	// Public and Zones are as in VerificationProps. Default: none.
	Public, Zones []string
	// OtherHost is a public name that must not be reachable. Default: none, and no
	// claim about one.
	OtherHost string
}

// claims are those of isolation: every route that is in effect leads to the VPC
// or to a declared way, every endpoint and every way to another network is declared,
// nobody comes into the VPC from outside, names mean what they mean elsewhere, and
// another public name is not reachable. None without isolation.
func (i *Isolation) claims() []proof.Claim {
	if i == nil {
		return nil
	}
	var claims []proof.Claim
	if i.OtherHost != "" {
		for _, from := range i.From {
			claims = append(claims, proof.Claim{ID: from + "OtherUnreachable", Kind: proof.Unreachable, From: from, Host: i.OtherHost, Port: tlsPort})
		}
	}
	return append(claims,
		proof.Claim{ID: i.Of + "Enclosed", Kind: proof.Enclosed, Subnets: i.Subnets, Ways: i.Ways},
		proof.Claim{ID: i.Of + "Accounted", Kind: proof.Accounted, Subnets: i.Subnets, Endpoints: i.Endpoints, Ways: i.Networks},
		proof.Claim{ID: i.Of + "Unaddressed", Kind: proof.Unaddressed, Subnets: i.Subnets, Public: i.Public},
		proof.Claim{ID: i.Of + "Unredirected", Kind: proof.Unredirected, Subnets: i.Subnets, Zones: i.Zones},
	)
}

// sole is the claim that no other endpoint leads to the same service, but for
// those that are wanted.
func sole(endpoint string, others []string) proof.Claim {
	return proof.Claim{ID: "Sole", Kind: proof.Sole, Endpoint: endpoint, Endpoints: others}
}

// isolation is what the properties say about isolation, nil if they say nothing.
func (p *VerificationProps) isolation(scope constructs.Construct, vpc ec2.IVpc, endpoint string, points []verification.VantagePoint) *Isolation {
	if !p.Isolated {
		return nil
	}
	return isolate(scope, vpc, []string{endpoint}, points, p.isolationProps(), "Verification.Isolated: must be false where a subnet has another way out, got %s, where %s; leave it out of IsolatedSubnets, or name the target in Ways")
}

// isolationProps are the properties about isolation, as one.
func (p *VerificationProps) isolationProps() IsolationProps {
	return IsolationProps{Subnets: p.IsolatedSubnets, OtherEndpoints: p.OtherEndpoints, Ways: p.Ways, Public: p.Public, Zones: p.Zones, OtherHost: p.OtherHost}
}

// isolate says what is isolated, as far as it is not given: the subnets of the vantage
// points, and what these constructs prove in the VPC. Endpoints are the ids of those that
// are proved there. Routes that lead out of the isolated subnets and are known at synthesis
// are refused then, in the words of refusal, which has a place for the subnet and one for
// the way.
func isolate(scope constructs.Construct, vpc ec2.IVpc, endpoints []string, points []verification.VantagePoint, p IsolationProps, refusal string) *Isolation {
	if len(p.Subnets) == 0 {
		p.Subnets = subnetsOf(points)
	}
	others := idsOf(p.OtherEndpoints)
	declared := slices.Concat(endpoints, others)
	isolation := &Isolation{
		Endpoints: withSiblings(scope, vpc, declared...), Ways: withSiblings(scope, vpc, slices.Concat(declared, p.Ways)...),
		Networks: p.Ways, Public: p.Public, Zones: p.Zones, OtherHost: p.OtherHost,
	}
	var isolated []string
	for _, subnet := range p.Subnets {
		isolation.Subnets = append(isolation.Subnets, known.SubnetID(subnet))
		isolated = append(isolated, known.Path(subnet))
	}
	for _, point := range points {
		if point.Subnet != nil && slices.Contains(isolated, known.Path(point.Subnet)) {
			isolation.From = append(isolation.From, point.Name)
		}
	}
	if isolation.OtherHost == "" {
		isolation.OtherHost = regionalNameIn(known.Stack(scope), otherService(scope, vpc, servicesOf(scope, p.OtherEndpoints)))
	}
	scope.Node().AddValidation(newWaysOut(known.Stack(scope), p.Subnets, slices.Concat(others, p.Ways), refusal))
	return isolation
}

// otherEndpoints are the ids of OtherEndpoints.
func (p *VerificationProps) otherEndpoints() []string { return idsOf(p.OtherEndpoints) }

// idsOf are the ids of endpoints.
func idsOf(endpoints []ec2.IVpcEndpoint) []string {
	var ids []string
	for _, endpoint := range endpoints {
		ids = append(ids, known.EndpointID(endpoint))
	}
	return ids
}

// subnetsOf returns the subnets of the vantage points, each once.
func subnetsOf(points []verification.VantagePoint) []ec2.ISubnet {
	var subnets []ec2.ISubnet
	var paths []string
	for _, point := range points {
		if point.Subnet == nil || slices.Contains(paths, known.Path(point.Subnet)) {
			continue
		}
		paths = append(paths, known.Path(point.Subnet))
		subnets = append(subnets, point.Subnet)
	}
	return subnets
}

// logicalID is the id of the subnet's resource in the template of its stack,
// empty where it is in no template.
func logicalID(subnet ec2.ISubnet) (awscdk.Stack, string) {
	resource, ok := subnet.Node().DefaultChild().(ec2.CfnSubnet)
	if !ok {
		return nil, ""
	}
	stack := resource.Stack()
	id, _ := stack.Resolve(resource.LogicalId()).(string)
	return stack, id
}
