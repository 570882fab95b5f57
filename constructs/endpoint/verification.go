package endpoint

import (
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

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
	// Isolated says that nothing public is to be reachable from the vantage
	// points by any other way, and has that proved. Default: false.
	Isolated bool
	// Claims are further claims. Their ids must differ from the pattern's own.
	// Default: none.
	Claims []proof.Claim
	// Watch are further constructs that the proof rests on, besides the endpoint,
	// its VPC and its subnets; see verification.Props. Default: none.
	Watch []constructs.IConstruct
	// TimeLimit is how long claims are tried again. Default and limits: those of
	// verification.Props.
	TimeLimit time.Duration
}

// Call is a signed AWS call that changes nothing, with what IAM must know to
// allow it.
type Call struct {
	proof.Call
	// Host is the service's default name to call. Required.
	Host string
	// Resource is the ARN that the call is about. Required.
	Resource string
}

// ListBucket is the call that lists (one key of) a bucket.
func ListBucket(bucket awss3.IBucket) *Call {
	return &Call{
		Call:     proof.Call{Service: "s3", Action: "s3:ListBucket", Path: "/?list-type=2&max-keys=1"},
		Host:     *bucket.BucketName() + "." + regional("s3"),
		Resource: *bucket.BucketArn(),
	}
}

// GetStackPolicy is the call that reads the policy of a stack, which most often
// has none: that too is an answer.
func GetStackPolicy(stack awscdk.Stack) *Call {
	return &Call{
		Call: proof.Call{
			Service: "cloudformation", Action: "cloudformation:GetStackPolicy", Method: "POST",
			Body: "Action=GetStackPolicy&Version=2010-05-15&StackName=" + *stack.StackName(),
		},
		Host: regional("cloudformation"),
		// The id that ends the ARN is not known to the caller who gives the name.
		Resource: *stack.FormatArn(&awscdk.ArnComponents{
			Service: text("cloudformation"), Resource: text("stack"),
			ResourceName: text(*stack.StackName() + "/*"),
		}),
	}
}

// regional is the default DNS name of a service in the stack's Region.
func regional(service string) string {
	return service + "." + *awscdk.Aws_REGION() + "." + *awscdk.Aws_URL_SUFFIX()
}

// grant is the prober's permission for the call, nil without one.
func (c *Call) grant(endpoint string) *verification.Grant {
	if c == nil {
		return nil
	}
	return &verification.Grant{Action: c.Action, Resource: c.Resource, Endpoint: endpoint}
}

// verify makes the verification of an endpoint.
func verify(scope constructs.Construct, props *VerificationProps, subject string, points []verification.VantagePoint,
	grant *verification.Grant, watch []constructs.IConstruct, claims []proof.Claim,
) verification.Verification {
	return verification.New(scope, "Verification", &verification.Props{
		Subject:       subject,
		Claims:        append(claims, props.Claims...),
		VantagePoints: points,
		Grant:         grant,
		Watch:         append(watch, props.Watch...),
		TimeLimit:     props.TimeLimit,
	})
}

// vantagePoints are the points inside, and the one outside if a call is proved.
func (p *VerificationProps) vantagePoints(vpc ec2.IVpc, subnets []ec2.ISubnet) []verification.VantagePoint {
	points := p.VantagePoints
	if len(points) == 0 {
		for _, subnet := range subnets {
			points = append(points, verification.VantagePoint{Name: pointName(*subnet.Node().Id()), Vpc: vpc, Subnet: subnet})
		}
	}
	points = append([]verification.VantagePoint(nil), points...)
	if p.Call != nil {
		points = append(points, verification.VantagePoint{Name: verification.Outside})
	}
	return points
}

// inside are the names of the vantage points that lie in a subnet.
func inside(points []verification.VantagePoint) []string {
	var names []string
	for _, point := range points {
		if point.Subnet != nil {
			names = append(names, point.Name)
		}
	}
	return names
}

var notName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// pointName makes letters and digits of a construct's id.
func pointName(id string) string { return notName.ReplaceAllString(id, "") }

// orDefault is the verification's props, never nil.
func (p *VerificationProps) orDefault() *VerificationProps {
	if p == nil {
		return &VerificationProps{}
	}
	return p
}

func text(s string) *string { return &s }
