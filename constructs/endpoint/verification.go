package endpoint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/proof"
)

// VerificationProps say how an endpoint is verified.
type VerificationProps struct {
	// Disabled leaves the verification out. Default: false.
	Disabled bool
	// Set proves the endpoint together with the others of the set, with one resource.
	// Default: none; the endpoint has a resource of its own.
	Set verification.Set
	// VantagePoints are the places to measure from. Default: one in each subnet
	// that the endpoint serves, named after the subnet's construct.
	VantagePoints []verification.VantagePoint
	// Call is a call to prove the path with: allowed through the endpoint, denied
	// from outside. Default: none, and no claim about calls.
	Call *Call
	// Isolated claims that the isolated subnets have no way out but the VPC's
	// declared endpoints: every route in effect there is declared, and so are all
	// endpoints of the VPC, all routes of its other subnets to other networks, all
	// that has a public address in it, and all that decides about names in it; another
	// public name is not reachable. Default: false; there may be other paths.
	Isolated bool
	// IsolatedSubnets are the subnets that Isolated is about. It needs Isolated.
	// Default: those of the vantage points.
	IsolatedSubnets []ec2.ISubnet
	// OtherEndpoints are the other endpoints of the VPC that are wanted, besides those
	// that are proved in the same stack. Default: none. An endpoint to the same
	// service that is not among them refutes the proof, and with Isolated any other.
	OtherEndpoints []ec2.IVpcEndpoint
	// Ways are the ids of gateways and connections that routes of the isolated
	// subnets may lead to, such as a transit gateway to your own network, and of those
	// to other networks (peering connections, transit gateways, virtual private
	// gateways, …) that routes of other subnets of the VPC lead to. It needs Isolated.
	// Default: none.
	Ways []string
	// Public are those that may have a public address in the VPC, or let others in:
	// instances, network interfaces, NAT gateways, allocations of Elastic IP addresses and
	// endpoint services by their ids, load balancers by their ARNs, interfaces of AWS's
	// services by their type, such as api_gateway_managed. It needs Isolated.
	// Default: none.
	Public []string
	// Zones are those that may decide about names in the VPC: private hosted zones
	// by their ids or names, resolver rules, DNS Firewall rule groups and Route 53
	// profiles by their ids, DNS servers by their addresses. It needs Isolated.
	// Default: none.
	Zones []string
	// NetworkAcls are network ACLs that may filter at the vantage points. Default:
	// none; one that stops anything there refutes the proof, because it could hide
	// a path from the probers.
	NetworkAcls []ec2.INetworkAcl
	// OtherHost is a public DNS name that must not be reachable on TCP 443. It
	// needs Isolated. Default: that of AWS STS in the Region, or of SQS, SNS or KMS
	// where an endpoint leads to the one before. Where OtherEndpoints are imported,
	// nobody knows at synthesis what they lead to: give a name to which none does.
	OtherHost string
	// AllowedSources are those that the endpoint's security groups may admit besides the
	// VPC: CIDR blocks, such as a peered network's, and ids of security groups, prefix
	// lists and VPCs. Default: none; whoever is outside the VPC refutes the proof.
	AllowedSources []string
	// Omit are the ids of claims of the pattern that are left out, such as Sole. The
	// claims about the probers themselves stay. Default: none.
	Omit []string
	// Claims are further claims. Their ids must differ from the pattern's own.
	// Default: none.
	Claims []proof.Claim
	// TimeLimit is how long claims are tried again. A failing proof often ends
	// earlier. Default and limits: those of [verification.Props].
	TimeLimit time.Duration
	// SkipUnchanged leaves the proof out of updates in which the app's templates have not
	// changed; see [verification.Props], which says what is lost. In a set, the set's own
	// decides. Default: false; every update of the stack runs the proof.
	SkipUnchanged bool
	// Schedule runs the proof again after the deployment, for as long as the stack lives;
	// see [verification.Schedule]. Default: none.
	Schedule *verification.Schedule
}

// Call is a signed AWS call that changes nothing, with the resource that IAM
// must allow it on.
type Call struct {
	proof.Call
	// EndpointPath is the request path where an interface endpoint is called by its own
	// name, which begins with no bucket. Default: Path.
	EndpointPath string
	// Host is the service's default DNS name. Required.
	Host string
	// Resource is the ARN that the call is about. Required.
	Resource string
}

// ListBucket is the call that lists (one key of) a bucket. It panics without one.
func ListBucket(bucket awss3.IBucket) *Call {
	must(required("bucket", isNil(bucket)))
	return &Call{
		Call: proof.Call{Service: "s3", Action: "s3:ListBucket", Path: "/?list-type=2&max-keys=1"},
		// An interface endpoint is asked by path
		// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
		EndpointPath: "/" + *bucket.BucketName() + "?list-type=2&max-keys=1",
		Host:         *bucket.BucketName() + "." + regionalName("s3"),
		Resource:     *bucket.BucketArn(),
	}
}

// GetStackPolicy is the call that reads the policy of a stack. It succeeds for a
// stack without a policy, too. It panics without a stack.
func GetStackPolicy(stack awscdk.Stack) *Call {
	must(required("stack", isNil(stack)))
	return &Call{
		Call: proof.Call{
			Service: "cloudformation", Action: "cloudformation:GetStackPolicy", Method: "POST",
			Body: "Action=GetStackPolicy&Version=2010-05-15&StackName=" + *stack.StackName(),
		},
		Host: regionalName("cloudformation"),
		// The ARN ends with an id that a caller by name does not know.
		Resource: *stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("cloudformation"), Resource: jsii.String("stack"),
			ResourceName: jsii.String(*stack.StackName() + "/*"),
		}),
	}
}

// regionalName returns the default DNS name of a service in the stack's Region.
func regionalName(service string) string {
	return service + "." + *awscdk.Aws_REGION() + "." + *awscdk.Aws_URL_SUFFIX()
}

// regionalNameIn is regionalName where the stack is known.
func regionalNameIn(stack awscdk.Stack, service string) string {
	return service + "." + known.Region(stack) + "." + known.Suffix(stack)
}

// atEndpoint is the call as it is made at an endpoint's own name.
func (c *Call) atEndpoint() *proof.Call {
	call := c.Call
	if c.EndpointPath != "" {
		call.Path = c.EndpointPath
	}
	return &call
}

// grant returns the prober's permission for the call, nil without a call.
func (c *Call) grant(endpoint string) *verification.Grant {
	if c == nil {
		return nil
	}
	return &verification.Grant{Action: c.Action, Resource: c.Resource, Endpoint: endpoint}
}

// newVerification makes the verification of an endpoint.
func newVerification(scope constructs.Construct, props *VerificationProps, subject string, points []verification.VantagePoint,
	grant *verification.Grant, claims []proof.Claim,
) verification.Verification {
	kept, err := props.kept(claims)
	must(err)
	described := &verification.Props{
		Subject:       subject,
		Claims:        append(kept, props.Claims...),
		VantagePoints: points,
		Grant:         grant,
		TimeLimit:     props.TimeLimit,
		SkipUnchanged: props.SkipUnchanged,
		Schedule:      props.Schedule,
	}
	if props.Set != nil {
		return props.Set.Add(scope, "Verification", *scope.Node().Id(), described)
	}
	return verification.New(scope, "Verification", described)
}

// kept are the claims that are not left out.
func (p *VerificationProps) kept(claims []proof.Claim) ([]proof.Claim, error) {
	var kept []proof.Claim
	var ids []string
	for _, claim := range claims {
		ids = append(ids, claim.ID)
		if !slices.Contains(p.Omit, claim.ID) {
			kept = append(kept, claim)
		}
	}
	for _, id := range p.Omit {
		if !slices.Contains(ids, id) {
			return nil, fmt.Errorf("Verification.Omit: must be ids of the pattern's claims (%s), got %q", strings.Join(ids, ", "), id)
		}
	}
	return kept, nil
}

// vantagePoints returns the points inside, and the one outside if a call is proved.
func (p *VerificationProps) vantagePoints(vpc ec2.IVpc, subnets []ec2.ISubnet) []verification.VantagePoint {
	points := p.VantagePoints
	if len(points) == 0 {
		var ids []string
		for _, subnet := range subnets {
			path := known.Path(subnet)
			ids = append(ids, path[strings.LastIndex(path, "/")+1:])
		}
		for i, name := range pointNames(ids) {
			points = append(points, verification.VantagePoint{Name: name, Vpc: vpc, Subnet: subnets[i]})
		}
	}
	points = append([]verification.VantagePoint(nil), points...)
	for i := range points {
		if points[i].Subnet != nil && len(points[i].NetworkAcls) == 0 {
			points[i].NetworkAcls = p.NetworkAcls
		}
	}
	if p.Call != nil {
		points = append(points, verification.VantagePoint{Name: verification.Outside})
	}
	return points
}

// insideNames returns the names of the vantage points that lie in a subnet.
func insideNames(points []verification.VantagePoint) []string {
	var names []string
	for _, point := range points {
		if point.Subnet != nil {
			names = append(names, point.Name)
		}
	}
	return names
}

// orDefault returns the props, empty ones for nil.
func (p *VerificationProps) orDefault() *VerificationProps {
	if p == nil {
		return &VerificationProps{}
	}
	return p
}
