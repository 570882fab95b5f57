package reach

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

// nestedType is the type of a nested stack, whose physical id is its ARN.
const nestedType = "AWS::CloudFormation::Stack"

// names are what the things of the stacks are called.
type names struct {
	byID map[string]string   // the name, by the physical id
	keys map[string][]string // what a person may call it, by the physical id
}

// hash is the end of a logical id that CDK made, and of one that changes with
// what the resource is made of.
var hash = regexp.MustCompile(`[0-9A-F]{8}([0-9a-f]{16})?$`)

// namesOf gives the stacks' resources their logical ids as names, without CDK's
// hashes. The first of several that share a physical id names it, as a bucket does
// and not its policy.
func namesOf(r *region.Region, prefix string, stacks []string) names {
	n := names{byID: map[string]string{}, keys: map[string][]string{}}
	for _, stack := range stacks {
		within := prefix
		if len(stacks) > 1 {
			within += stack + "/"
		}
		n.add(r, stack, within)
	}
	return n
}

func (n names) add(r *region.Region, stack, prefix string) {
	paths := r.ConstructPaths(stack)
	for _, res := range r.Resources(stack) {
		if res.PhysicalID == "" {
			continue
		}
		short := hash.ReplaceAllString(res.LogicalID, "")
		if res.Type == nestedType {
			n.add(r, res.PhysicalID, prefix+short+"/")
		}
		if n.byID[res.PhysicalID] == "" {
			n.byID[res.PhysicalID] = prefix + short
		}
		keys := []string{res.PhysicalID, res.LogicalID, short, prefix + res.LogicalID, prefix + short}
		if path := paths[res.LogicalID]; path != "" {
			keys = append(keys, path)
			// The construct is what people know, not the resource within it.
			if i := strings.LastIndexByte(path, '/'); i > 0 {
				keys = append(keys, path[:i])
			}
		}
		n.keys[res.PhysicalID] = append(n.keys[res.PhysicalID], keys...)
	}
	n.addInstances(r, stack, prefix)
}

// instanceLog is the name of the log of an instance: the logical id of the resource that
// started it, which may be an Auto Scaling group, and its id.
var instanceLog = regexp.MustCompile(`^(.*) \((i-[0-9a-f]+)\)$`)

// addInstances names the instances that are no resources of their own after the resource
// that started them; where it started several, they are numbered.
func (n names) addInstances(r *region.Region, stack, prefix string) {
	info, ok := r.Stack(stack)
	if !ok {
		return
	}
	running := map[string]bool{}
	for _, i := range r.Network.Interfaces().All() {
		running[i.Instance] = true
	}
	started := map[string][]string{} // ids, by the logical id
	for _, log := range r.Logs(info.Name) {
		if m := instanceLog.FindStringSubmatch(log.Name); m != nil && n.byID[m[2]] == "" && running[m[2]] {
			started[m[1]] = append(started[m[1]], m[2])
		}
	}
	for logical, ids := range started {
		short := hash.ReplaceAllString(logical, "")
		for i, id := range ids { // in the order of the logs' names
			number := ""
			if len(ids) > 1 {
				number = "/" + strconv.Itoa(i+1)
			}
			n.byID[id] = prefix + short + number
			n.keys[id] = append(n.keys[id], id, logical+number, short+number, prefix+short+number)
		}
	}
}

// Named returns the name of a thing by its physical id: the id itself if no stack
// has it.
func (s *Survey) Named(id string) string {
	if name, ok := s.names.byID[id]; ok {
		return name
	}
	return id
}

// Knows reports whether a stack has a resource with a physical id.
func (s *Survey) Knows(id string) bool { return s.names.byID[id] != "" }

// The kinds of things, which their names begin with.
const (
	KindSubnet   = "subnet"
	KindInstance = "instance"
	KindFunction = "function"
	KindEndpoint = "endpoint"
	KindBalancer = "balancer"
	// KindEndpointService is no target: it is reached by endpoints.
	KindEndpointService = "endpoint service"
)

// instanceConnect begins the description of the interface of an EC2 Instance Connect
// Endpoint, lambdaInterface that of a function's.
const (
	instanceConnect = "EC2 Instance Connect Endpoint "
	lambdaInterface = "AWS Lambda VPC ENI-"
)

// owned is what an interface belongs to.
type owned struct{ kind, id string }

// owner finds what an interface belongs to: the zero value if to nothing but itself.
func (s *Survey) owner(i vpc.Interface) owned {
	for _, e := range s.Region.PrivateLink.Endpoints() {
		if slices.Contains(e.Interfaces, i.ID) {
			return owned{KindEndpoint, e.ID}
		}
	}
	for _, b := range s.Region.LoadBalancing.LoadBalancers() {
		for _, node := range b.Nodes {
			if node.Interface == i.ID {
				return owned{KindBalancer, b.ID}
			}
		}
	}
	for _, g := range s.Region.Network.NatGateways().All() {
		if g.Interface == i.ID {
			return owned{"NAT gateway", g.ID}
		}
	}
	if name, ok := strings.CutPrefix(i.Description, lambdaInterface); ok {
		return owned{KindFunction, name}
	}
	if id, ok := strings.CutPrefix(i.Description, instanceConnect); ok {
		return owned{"instance connect endpoint", id}
	}
	if i.Instance != "" && i.Device == 0 {
		return owned{KindInstance, i.Instance}
	}
	return owned{}
}

// Owner names an interface after what it belongs to. What has one interface in each
// of several subnets is followed by the subnet.
func (s *Survey) Owner(i vpc.Interface) string {
	o := s.owner(i)
	switch o.kind {
	case "":
		return "interface " + s.Named(i.ID)
	case KindEndpoint, KindBalancer, KindFunction:
		return o.kind + " " + s.Named(o.id) + " in " + s.Named(i.Subnet)
	}
	return o.kind + " " + s.Named(o.id)
}
