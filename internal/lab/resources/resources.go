package resources

import (
	"crypto/x509"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"provenendpoints/internal/lab/api/logs"
	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/api/ssm"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/firewall"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/ipam"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/replicas"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/route53"
	"provenendpoints/internal/lab/tags"
	"provenendpoints/internal/lab/vpc"
)

// Options are the services that the resources are made in. All are required.
type Options struct {
	Network       *vpc.Network
	LoadBalancing *elb.LoadBalancing
	PrivateLink   *privatelink.PrivateLink
	Firewalls     *firewall.Firewalls
	Cloud         *cloud.Cloud
	Roles         *roles.Store
	Buckets       *s3.Store
	Functions     *functions.Service
	Names         *route53.Names
	Parameters    *ssm.Store
	// Observation are the services that watch. Default: their types are inert.
	Observation Observation
	// Accept are types that the lab does not have and that are inert all the same, because
	// whoever deploys says so. Default: none.
	Accept []string
	// Groups are the log groups. Required.
	Groups *logs.Groups
	// Late says how late things become stable. Default: they never are late.
	Late *latency.Late
	// Reads are told of what changes. Default: nobody is.
	Reads *replicas.Reads
	// Programs are the functions' programs.
	Programs functions.Programs
	Clock    *clock.Clock
	// Roots are the certificate authorities that instances trust.
	Roots *x509.CertPool
	// Scope is the Region and account that the resources belong to.
	Scope awsid.Scope
}

// Resources holds the resource types of one Region and the resources made by them.
type Resources struct {
	Options
	logbook logbook

	ipamPools *ipam.Pools
	tags      tags.Store

	services sync.Mutex // one change of an endpoint service at a time

	unpacking    sync.Mutex        // guards unpackedCode
	unpackedCode map[string]string // folders, by what is in them

	mu                   sync.Mutex
	defined              map[string]cfn.ResourceType
	generations          map[string]int
	addresses            map[string]*elasticAddress    // by allocation id
	instances            map[string]*instance          // by id
	launchTemplates      map[string]*launchTemplate    // by id
	launchConfigurations map[string]launchTemplateData // by name
	scalingGroups        map[string]*scalingGroup      // by name
	functionNetworks     map[string]*functionNetwork   // of functions, by name
	blocks               map[string]bool               // buckets: whether they refuse public policies
	profiles             map[string]string             // the roles of instance profiles, by name
	layers               map[string]string             // their folders, by ARN
	secrets              map[string]string             // their values, by ARN
	certificates         map[string][]string           // names of load balancers' certificates, by ARN
	nextPublic           netip.Addr
	imageRelease         int // how often there were new images
}

// New makes the resource types.
func New(o Options) *Resources {
	r := &Resources{
		Options:              o,
		logbook:              logbook{pages: map[string]*page{}},
		ipamPools:            ipam.New(),
		defined:              map[string]cfn.ResourceType{},
		generations:          map[string]int{},
		addresses:            map[string]*elasticAddress{},
		instances:            map[string]*instance{},
		launchTemplates:      map[string]*launchTemplate{},
		launchConfigurations: map[string]launchTemplateData{},
		scalingGroups:        map[string]*scalingGroup{},
		functionNetworks:     map[string]*functionNetwork{},
		blocks:               map[string]bool{},
		profiles:             map[string]string{},
		layers:               map[string]string{},
		secrets:              map[string]string{},
		certificates:         map[string][]string{},
	}
	if o.LoadBalancing != nil {
		o.LoadBalancing.Certificates, o.LoadBalancing.Invoke = r.certificate, r.invoke
	}
	return r
}

// Type finds a resource type by its name; it is a [cfn.Types].
func (r *Resources) Type(name string) (cfn.ResourceType, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.defined[name]; ok {
		return t, true
	}
	known, ok := supported[name]
	if !ok {
		inert, ok := r.inert(name)
		if !ok {
			return nil, false
		}
		return r.tagged(name, r.partly(name, inert)), true
	}
	t := r.tagged(name, known.define(r))
	if r.Reads != nil {
		t = seenType{t, r}
	}
	if r.Late != nil && latency.Known(latency.Stable(name)) {
		t = lateType{t, r}
	}
	r.defined[name] = t
	return t, true
}

// Close stops the instances that still run.
func (r *Resources) Close() {
	defer r.removeCode()
	r.mu.Lock()
	var running []*instance
	for _, i := range r.instances {
		running = append(running, i)
	}
	r.mu.Unlock()
	for _, i := range running {
		i.machine.Stop()
	}
}

// Left returns the ids of what was made here and is known neither to the network
// nor to another service, by type.
func (r *Resources) Left() map[string][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return map[string][]string{
		"elastic address":      slices.Sorted(maps.Keys(r.addresses)),
		"instance":             slices.Sorted(maps.Keys(r.instances)),
		"log group":            r.groupNames(),
		"launch template":      slices.Sorted(maps.Keys(r.launchTemplates)),
		"launch configuration": slices.Sorted(maps.Keys(r.launchConfigurations)),
		"auto scaling group":   slices.Sorted(maps.Keys(r.scalingGroups)),
		"instance profile":     slices.Sorted(maps.Keys(r.profiles)),
	}
}

// groupNames are the log groups that templates made. Those that functions make stay, as on
// AWS, whoever deletes the stack.
func (r *Resources) groupNames() []string {
	var out []string
	for _, g := range r.Groups.All() {
		if g.Template {
			out = append(out, g.Name)
		}
	}
	return out
}
