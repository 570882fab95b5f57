package endpoint

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/internal/known"
	"provenendpoints/internal/lazy"
)

// siblings are the endpoints that these constructs make and prove in a VPC, and the last
// parts of the names of their services. They are declared to each other: an isolated VPC
// may have them all, in whatever order they are made.
type siblings struct {
	endpoints, services lazy.Set
	to                  map[string]lazy.Set // the endpoints to a service
}

// siblingsBy are those of each VPC, as each stack has it. jsii is not safe for concurrent
// use; the lock is for apps that take turns.
var siblingsBy = struct {
	sync.Mutex
	known map[vpcOfStack]siblings
}{known: map[vpcOfStack]siblings{}}

// vpcOfStack is a VPC by its id as it will be in the stack's template.
type vpcOfStack struct {
	stack awscdk.Stack
	vpc   string
}

// vpcOf is a VPC as the scope's stack has it.
func vpcOf(scope constructs.Construct, vpc ec2.IVpc) vpcOfStack {
	stack := known.Stack(scope)
	return vpcOfStack{stack, fmt.Sprint(known.Resolved(stack, known.VpcID(vpc)))}
}

// siblingsOf are those of the VPC in the scope's stack.
func siblingsOf(scope constructs.Construct, vpc ec2.IVpc) siblings {
	key := vpcOf(scope, vpc)
	siblingsBy.Lock()
	defer siblingsBy.Unlock()
	all, ok := siblingsBy.known[key]
	if !ok {
		all = siblings{lazy.NewSet(), lazy.NewSet(), map[string]lazy.Set{}}
		siblingsBy.known[key] = all
	}
	return all
}

// addSibling records an endpoint that is proved.
func addSibling(scope constructs.Construct, vpc ec2.IVpc, endpoint ec2.IVpcEndpoint, service string) {
	all := siblingsOf(scope, vpc)
	id := known.EndpointID(endpoint)
	all.endpoints.Add(id)
	all.services.Add(service)
	if service != "" {
		all.leadingTo(service).Add(id)
	}
}

// sameService is the list with all endpoints that are proved in the VPC of the scope's
// stack and lead to the service, but for the endpoint's own id: an interface endpoint
// to S3 beside a gateway endpoint is what AWS recommends. The FIPS front of a service
// is the same service.
func sameService(scope constructs.Construct, vpc ec2.IVpc, service, own string, ids []string) []string {
	return siblingsOf(scope, vpc).leadingTo(service).WithOthers(own, ids...)
}

// leadingTo are the endpoints that lead to a service. Where its name is unknown, none do.
func (s siblings) leadingTo(service string) lazy.Set {
	service = strings.TrimSuffix(service, "-fips")
	set, ok := s.to[service]
	if !ok {
		set = lazy.NewSet()
		s.to[service] = set
	}
	return set
}

// withSiblings is the list with all endpoints that are proved in the VPC of the
// scope's stack, each once.
func withSiblings(scope constructs.Construct, vpc ec2.IVpc, ids ...string) []string {
	return siblingsOf(scope, vpc).endpoints.With(ids...)
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
	free := slices.DeleteFunc(slices.Clone(controls), func(service string) bool { return slices.Contains(others, service) })
	if len(free) == 0 {
		free = controls
	}
	return siblingsOf(scope, vpc).services.Free(free...)
}
