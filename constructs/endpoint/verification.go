package endpoint

import (
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// VerificationProps say how an endpoint is verified.
type VerificationProps struct {
	// Disabled leaves the verification out. Default: false.
	Disabled bool
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
	// OtherEndpoints are the other endpoints of the VPC that are wanted. Default:
	// none. An endpoint to the same service that is not among them refutes the
	// proof, and with Isolated any other.
	OtherEndpoints []ec2.IVpcEndpoint
	// Ways are the ids of gateways and connections that routes of the isolated
	// subnets may lead to, such as a transit gateway to your own network, and of those
	// to other networks (peering connections, transit gateways, virtual private
	// gateways, …) that routes of other subnets of the VPC lead to. It needs Isolated.
	// Default: none.
	Ways []string
	// Public are those that may have a public address in the VPC: instances,
	// network interfaces, NAT gateways and allocations of Elastic IP addresses by
	// their ids, load balancers by their ARNs. It needs Isolated. Default: none.
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
	// needs Isolated. Default: that of AWS STS in the Region, or of SQS where the
	// endpoint leads to STS.
	OtherHost string
	// Claims are further claims. Their ids must differ from the pattern's own.
	// Default: none.
	Claims []proof.Claim
	// TimeLimit is how long claims are tried again. A failing proof often ends
	// earlier. Default and limits: those of [verification.Props].
	TimeLimit time.Duration
}

// Call is a signed AWS call that changes nothing, with the resource that IAM
// must allow it on.
type Call struct {
	proof.Call
	// Host is the service's default DNS name. Required.
	Host string
	// Resource is the ARN that the call is about. Required.
	Resource string
}

// ListBucket is the call that lists (one key of) a bucket.
func ListBucket(bucket awss3.IBucket) *Call {
	return &Call{
		Call:     proof.Call{Service: "s3", Action: "s3:ListBucket", Path: "/?list-type=2&max-keys=1"},
		Host:     *bucket.BucketName() + "." + regionalName("s3"),
		Resource: *bucket.BucketArn(),
	}
}

// GetStackPolicy is the call that reads the policy of a stack. It succeeds for a
// stack without a policy, too.
func GetStackPolicy(stack awscdk.Stack) *Call {
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
	return verification.New(scope, "Verification", &verification.Props{
		Subject:       subject,
		Claims:        append(claims, props.Claims...),
		VantagePoints: points,
		Grant:         grant,
		TimeLimit:     props.TimeLimit,
	})
}

// vantagePoints returns the points inside, and the one outside if a call is proved.
func (p *VerificationProps) vantagePoints(vpc ec2.IVpc, subnets []ec2.ISubnet) []verification.VantagePoint {
	points := p.VantagePoints
	if len(points) == 0 {
		for _, subnet := range subnets {
			points = append(points, verification.VantagePoint{Name: pointName(*subnet.Node().Id()), Vpc: vpc, Subnet: subnet})
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

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]+`)

// pointName removes all but letters and digits from a construct's id.
func pointName(id string) string { return notAlphanumeric.ReplaceAllString(id, "") }

// orDefault returns the props, empty ones for nil.
func (p *VerificationProps) orDefault() *VerificationProps {
	if p == nil {
		return &VerificationProps{}
	}
	return p
}
