package endpoint

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/internal/lazy"
)

// sibling is an endpoint that these constructs make and prove.
type sibling struct {
	vpc      string // as it will be in the template
	endpoint string // the id, as a token
	service  string // the last part of the service's name
}

// siblings are those of each stack. They are declared to each other: an isolated
// VPC may have them all, in whatever order they are made. jsii is not safe for
// concurrent use; the lock is for apps that take turns.
var siblings = struct {
	sync.Mutex
	of map[awscdk.Stack][]sibling
}{of: map[awscdk.Stack][]sibling{}}

// addSibling records an endpoint that is proved.
func addSibling(scope constructs.Construct, vpc ec2.IVpc, endpoint ec2.IVpcEndpoint, service string) {
	siblings.Lock()
	defer siblings.Unlock()
	stack := awscdk.Stack_Of(scope)
	siblings.of[stack] = append(siblings.of[stack], sibling{vpcKey(stack, vpc), *endpoint.VpcEndpointId(), service})
}

// siblingsIn are the endpoints of the scope's stack that are proved in the VPC, as
// far as they have been made.
func siblingsIn(scope constructs.Construct, vpc ec2.IVpc) []sibling {
	siblings.Lock()
	defer siblings.Unlock()
	stack := awscdk.Stack_Of(scope)
	key := vpcKey(stack, vpc)
	return slices.DeleteFunc(slices.Clone(siblings.of[stack]), func(s sibling) bool { return s.vpc != key })
}

func vpcKey(stack awscdk.Stack, vpc ec2.IVpc) string { return fmt.Sprint(stack.Resolve(vpc.VpcId())) }

// sameService is the list with all endpoints that are proved in the VPC of the scope's
// stack and lead to the service, but for the endpoint's own id: an interface endpoint
// to S3 beside a gateway endpoint is what AWS recommends. The FIPS front of a service
// is the same service.
func sameService(scope constructs.Construct, vpc ec2.IVpc, service, own string, ids []string) []string {
	return lazy.List(func() []string {
		all := slices.Clone(ids)
		for _, s := range siblingsIn(scope, vpc) {
			same := s.service != "" && strings.TrimSuffix(s.service, "-fips") == strings.TrimSuffix(service, "-fips")
			if same && s.endpoint != own && !slices.Contains(all, s.endpoint) {
				all = append(all, s.endpoint)
			}
		}
		return all
	})
}

// withSiblings is the list with all endpoints that are proved in the VPC of the
// scope's stack, each once.
func withSiblings(scope constructs.Construct, vpc ec2.IVpc, ids ...string) []string {
	return lazy.List(func() []string {
		all := slices.Clone(ids)
		for _, s := range siblingsIn(scope, vpc) {
			if !slices.Contains(all, s.endpoint) {
				all = append(all, s.endpoint)
			}
		}
		return all
	})
}

// servicesOf are the services that endpoints of this app lead to, as far as their
// names tell.
func servicesOf(scope constructs.Construct, endpoints []ec2.IVpcEndpoint) []string {
	var services []string
	for _, endpoint := range endpoints {
		if resource, ok := endpoint.Node().DefaultChild().(ec2.CfnVPCEndpoint); ok && resource.ServiceName() != nil {
			services = append(services, shortName(awscdk.Stack_Of(scope).Resolve(resource.ServiceName())))
		}
	}
	return services
}

// controls are services with a public name in every Region, to none of which an
// isolated VPC may have a way without an endpoint.
var controls = []string{"sts", "sqs", "sns", "kms"}

// otherService is a service to which no endpoint that is proved in the VPC leads, and
// none of the others that are known there.
func otherService(scope constructs.Construct, vpc ec2.IVpc, others []string) string {
	return lazy.Text(func() string {
		for _, service := range controls {
			if !slices.Contains(others, service) && !slices.ContainsFunc(siblingsIn(scope, vpc), func(s sibling) bool { return s.service == service }) {
				return service
			}
		}
		return controls[0]
	})
}
