package region

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/api/cloudformation"
	cloudwatchapi "provenendpoints/internal/lab/api/cloudwatch"
	dynamodbapi "provenendpoints/internal/lab/api/dynamodb"
	"provenendpoints/internal/lab/api/ec2"
	"provenendpoints/internal/lab/api/elbv2"
	"provenendpoints/internal/lab/api/events"
	"provenendpoints/internal/lab/api/iam"
	"provenendpoints/internal/lab/api/lambda"
	"provenendpoints/internal/lab/api/logs"
	"provenendpoints/internal/lab/api/readcalls"
	route53api "provenendpoints/internal/lab/api/route53"
	"provenendpoints/internal/lab/api/route53profiles"
	"provenendpoints/internal/lab/api/route53resolver"
	"provenendpoints/internal/lab/api/s3"
	"provenendpoints/internal/lab/api/scheduler"
	"provenendpoints/internal/lab/api/secretsmanager"
	snsapi "provenendpoints/internal/lab/api/sns"
	sqsapi "provenendpoints/internal/lab/api/sqs"
	"provenendpoints/internal/lab/api/ssm"
	statesapi "provenendpoints/internal/lab/api/states"
	"provenendpoints/internal/lab/api/sts"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/changeset"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/firewall"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/replicas"
	"provenendpoints/internal/lab/resources"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/route53"
	"provenendpoints/internal/lab/vpc"
)

// Options describe a Region. The zero value is useful.
type Options struct {
	// Name is the Region's name. Default: ap-northeast-2.
	Name string
	// Account is the account that everything belongs to. Default: 123456789012.
	Account string
	// Roles are the account's roles, where other Regions have them, too. Default: the
	// Region's own.
	Roles *roles.Store
	// Clock is the time of everything in the Region; the caller stops it.
	// Default: a stepping clock of the Region's own.
	Clock *clock.Clock
	// Elsewhere finds an output of a stack of another Region or account. Default:
	// there are none.
	Elsewhere func(cfn.StackOutput) (value string, ok bool)
	// Stubs are those of [cfn.Options].
	Stubs map[string]cfn.Stub
	// Accept are those of [resources.Options].
	Accept []string
	// OnEvent is called with every event of the stacks, one at a time and in
	// order. It must not deploy. Optional.
	OnEvent func(cfn.Event)
	// Seed chooses how long everything takes, within the bounds of package latency, and
	// with that the order of what is independent. One seed, one course of events.
	Seed uint64
	// Concurrency is how many invocations of functions may run at once. Default: 10, as
	// in a new account.
	Concurrency int
	// Trail is there if a trail logs management events: the bus is told of the calls that
	// clients outside of the lab make and that change something. Those of global services are
	// told in another Region, which it finds by its name; nil: there is none. Default: there is
	// no trail.
	Trail func(region string) *Region
	// Traces keeps the ways of the packets that verdicts rest on; see [Region.Traces].
	Traces bool
	// Captures is a folder that gets a capture file for each interface; see package pcap.
	// Default: none.
	Captures string
	// Faults disturb the Region. The zero value disturbs nothing.
	Faults Faults
}

// Faults disturb a Region, for tests of what must hold then. The functions are
// called concurrently.
type Faults struct {
	// Network disturbs packets and DNS.
	Network vpc.Faults
	// EndpointDelay is for how long a new VPC endpoint drops packets although it
	// is available. Default: 0.
	EndpointDelay func(privatelink.Endpoint) time.Duration
	// Function disturbs invocations.
	Function func(functions.Invocation) functions.Fault
	// Reads is for how long read calls of EC2, Elastic Load Balancing and IAM do not show a
	// change. Default: as the seed says, by package latency.
	Reads time.Duration
	// Cloud disturbs calls of AWS's APIs and delays policies.
	Cloud cloud.Faults
}

// newAccountConcurrency is the number of invocations at once that a new account has
// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const newAccountConcurrency = 10

// Log is a function's log group or an instance's console.
type Log = resources.Log

// Region is one Region of one account. Its methods may be called concurrently;
// one stack has one operation at a time.
type Region struct {
	// Engine is CloudFormation: it deploys, describes and deletes the stacks.
	*cfn.Engine
	// Network, Cloud, Buckets and Functions are what the stacks are made of, for
	// tests that look closer or change something behind CloudFormation's back.
	Network       *vpc.Network
	LoadBalancing *elb.LoadBalancing
	PrivateLink   *privatelink.PrivateLink
	Firewalls     *firewall.Firewalls
	Names         *route53.Names
	Cloud         *cloud.Cloud
	Buckets       *s3.Store
	Functions     *functions.Service
	Parameters    *ssm.Store
	LogGroups     *logs.Groups
	// Changes are CloudFormation's change sets and operations, as its API has them.
	Changes *changeset.Manager
	// Observation has the metrics, alarms, events, schedules and topics.
	resources.Observation

	clock     *clock.Clock
	ownClock  bool
	resources *resources.Resources
	traces    *traces // nil: not wanted
	captures  *captures
	adopted   map[string]bool // what exists before the stacks, by id
}

// New makes a Region without stacks. Close it.
func New(o Options) (*Region, error) {
	if o.Name == "" {
		o.Name = "ap-northeast-2"
	}
	if o.Account == "" {
		o.Account = "123456789012"
	}
	late := latency.New(o.Seed)
	scope := awsid.Scope{Region: o.Name, Account: o.Account}
	r := &Region{clock: o.Clock, adopted: map[string]bool{}}
	if r.clock == nil {
		r.clock, r.ownClock = clock.NewStepping(), true
	}
	r.Network = vpc.New(vpc.Options{Clock: r.clock, Region: o.Name, Faults: o.Faults.Network})
	if o.Traces {
		r.traces = newTraces(r)
	}
	var err error
	if r.captures, err = r.capture(o.Captures); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.LoadBalancing = elb.New(r.Network)
	r.LoadBalancing.Registration = func(t elb.Target) time.Duration { return late.Of(latency.TargetRegisters, t.ID) }
	if o.Faults.EndpointDelay == nil {
		o.Faults.EndpointDelay = func(e privatelink.Endpoint) time.Duration {
			if e.Type != privatelink.InterfaceType {
				return 0
			}
			return late.Of(latency.EndpointAnswers, e.ID)
		}
	}
	if o.Faults.Cloud.PolicyDelay == 0 {
		o.Faults.Cloud.PolicyDelay = late.Of(latency.PolicyEffect)
	}
	if o.Concurrency == 0 {
		o.Concurrency = newAccountConcurrency
	}
	r.PrivateLink = privatelink.New(privatelink.Options{Network: r.Network, LoadBalancing: r.LoadBalancing, Delay: o.Faults.EndpointDelay,
		Unready: func(s privatelink.EndpointService) time.Duration { return late.Of(latency.ServiceTakesEndpoints, s.ID) },
		Takes:   func(s privatelink.EndpointService) bool { return takesProvisioning(o.Seed, late, s.ID) },
		Texts:   func(name string) []string { return r.Names.PublicTexts(name) },
	})
	r.Names = route53.New(r.Network)
	r.Firewalls = firewall.New(r.Network)
	r.Cloud, err = cloud.New(cloud.Options{
		Network: r.Network, PrivateLink: r.PrivateLink, Account: o.Account, Clock: r.clock, Faults: o.Faults.Cloud,
		Roles: o.Roles, Work: r.clock.Work, Told: r.told(o),
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start region %s: %w", o.Name, err), r.Close())
	}
	r.Buckets = s3.New(s3.Options{Scope: scope, Clock: r.clock, PolicyDelay: o.Faults.Cloud.PolicyDelay})
	r.LogGroups = logs.NewGroups(scope)
	r.Parameters = ssm.New(ssm.Options{Scope: scope, Clock: r.clock, Public: func(typ, name string) (any, error) { return r.resources.Parameter(typ, name) }})
	r.Functions = functions.New(functions.Options{
		Scope: scope, Clock: r.clock, Roots: r.Cloud.Roots(), RootsPEM: r.Cloud.RootsPEM(),
		OnLog: r.onLog,
		Fault: o.Faults.Function, Concurrency: o.Concurrency,
	})
	r.Observation = r.observe(scope)
	reads := replicas.New(replicas.Options{Clock: r.clock, Late: late, Always: o.Faults.Reads})
	r.resources = resources.New(resources.Options{
		Observation: r.Observation, Accept: o.Accept,
		Network: r.Network, LoadBalancing: r.LoadBalancing, PrivateLink: r.PrivateLink, Firewalls: r.Firewalls, Cloud: r.Cloud, Roles: r.Cloud.Roles, Buckets: r.Buckets, Functions: r.Functions, Names: r.Names, Parameters: r.Parameters, Groups: r.LogGroups, Programs: programs,
		Clock: r.clock, Late: late, Reads: reads, Roots: r.Cloud.Roots(), Scope: scope,
	})
	r.LoadBalancing.InterfaceOf = r.resources.InterfaceOf
	r.Engine = cfn.New(cfn.Options{
		Types: r.resources.Type, Refused: resources.Refused, Limits: api.Limit, Region: o.Name, Account: o.Account, Zones: r.Network.Zones(),
		Parameters: r.Parameters.Value, Secrets: r.resources.Secret, Signals: signals{r.Buckets, r.Functions},
		Clock: r.clock, Pace: pace(late, o.Seed), Elsewhere: o.Elsewhere, Stubs: o.Stubs, Fetch: r.fetch,
		OnEvent: r.tellingOf(func(e cfn.Event) {
			r.captures.event(e)
			r.Changes.OnEvent(e)
			if o.OnEvent != nil {
				o.OnEvent(e)
			}
		}),
	})
	r.Changes = changeset.New(changeset.Options{Engine: r.Engine, Scope: scope, Clock: r.clock, Work: r.clock.Work, Settle: o.Faults.Cloud.PolicyDelay, Fetch: r.fetch})
	services := []api.Service{
		r.Buckets.Service(), reads.With(ec2.Service(r.Network, r.PrivateLink, r.resources, scope, reads)), reads.With(elbv2.Service(r.LoadBalancing, reads)), sts.Service(r.Cloud.Roles, scope, r.clock), iam.Service(r.Cloud.Roles, scope, reads),
		cloudformation.Service(stacks{r.Engine, r.Changes, r.clock}, r.Changes, scope), r.Parameters.Service(), logs.Service(r.resources, r.LogGroups, scope), lambda.Service(r.Functions, scope),
		route53api.Service(r.Names, r.PrivateLink, scope), route53resolver.Service(r.Names, scope), route53profiles.Service(r.Names, scope),
		events.Service(r.Bus, scope), scheduler.Service(r.Schedules, scope), statesapi.Service(r.Machines),
		sqsapi.Service(r.Queues, scope), snsapi.Service(r.Topics, r.clock.Now), secretsmanager.Service(r.resources), cloudwatchapi.Service(r.Metrics, scope),
		dynamodbapi.Service(r.Tables, scope),
	}
	for i := range services {
		services[i] = readcalls.With(services[i], scope)
	}
	r.Cloud.Handle(append(services, readcalls.Services(scope, r.Cloud.Protocol, services)...)...)
	return r, nil
}

// takesProvisioning decides whether an endpoint service takes a load balancer that is still
// provisioning. What EC2 does is not known: API Gateway refuses such a load balancer
// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951), and CDK's own
// construct for endpoint services, which many have deployed, does not wait for it. So both
// happen: the first course lets it pass, and of the others one in two refuses it.
func takesProvisioning(seed uint64, late *latency.Late, service string) bool {
	return seed == 0 || late.Choice(2, "an endpoint service of a load balancer that is provisioning", service) == 0
}

// Close ends everything in the Region, without deleting the stacks first.
func (r *Region) Close() error {
	var err error
	if r.Changes != nil {
		r.Changes.Close()
	}
	if r.Engine != nil {
		r.Engine.Close()
		r.Machines.Close()
		r.Schedules.Close()
		r.Bus.Close()
		r.Metrics.Close()
		r.Functions.Close()
		r.resources.Close()
	}
	if r.Cloud != nil {
		err = r.Cloud.Close()
	}
	if r.Buckets != nil {
		r.Buckets.Close()
	}
	if r.Names != nil {
		r.Names.Close()
	}
	r.Network.Close()
	err = errors.Join(err, r.captures.close())
	if r.ownClock {
		r.clock.Stop()
	}
	return err
}

// Logs returns the functions' logs and the instances' consoles of a stack, those of
// deleted resources included.
func (r *Region) Logs(stack string) []Log { return r.resources.Logs(stack) }

// AllLogs returns the logs of a stack and of the stacks that are nested in it.
func (r *Region) AllLogs(stack string) []Log {
	var out []Log
	for _, name := range r.WithNested(stack) {
		out = append(out, r.Logs(name)...)
	}
	return out
}

// Boot is the first start of an instance.
type Boot = resources.Boot

// Boots waits until the user data of a stack's instances has ended or ctx has, and
// returns how, by name.
func (r *Region) Boots(ctx context.Context, stack string) []Boot {
	return r.resources.Boots(ctx, stack)
}

// Instances returns the ids of the instances that run, in order.
func (r *Region) Instances() []string {
	var out []string
	for _, i := range r.resources.Instances() {
		out = append(out, i.ID)
	}
	return out
}

// ShellTime is for how long a command of [Region.Exec] may run, by the Region's clock.
const ShellTime = time.Minute

// Exec runs a shell script on an instance as root, for [ShellTime] at most. Its output goes to
// out; what it only waits for takes no time of the wall's.
func (r *Region) Exec(ctx context.Context, instance, script string, out io.Writer) (status int, err error) {
	defer r.clock.Work()()
	ctx, cancel := r.clock.WithTimeout(ctx, ShellTime)
	defer cancel()
	return r.resources.Exec(ctx, instance, script, out)
}

// ReleaseImages makes new images of Amazon Linux the latest ones, as happens between two
// deployments on AWS.
func (r *Region) ReleaseImages() { r.resources.ReleaseImages() }

// nestedType is the type of a nested stack, whose physical id is its ARN.
const nestedType = "AWS::CloudFormation::Stack"

// WithNested returns the names of a stack and of the stacks that are nested in it.
func (r *Region) WithNested(stack string) []string {
	info, ok := r.Stack(stack)
	if !ok {
		return nil
	}
	out := []string{info.Name}
	for _, resource := range r.Resources(stack) {
		if resource.Type == nestedType && resource.PhysicalID != "" {
			out = append(out, r.WithNested(resource.PhysicalID)...)
		}
	}
	return out
}

// Place returns the Region's name and the account's id.
func (r *Region) Place() (region, account string) {
	return r.Network.Region(), r.Cloud.Scope().Account
}

// Now returns the Region's time.
func (r *Region) Now() time.Time { return r.clock.Now() }
