package labtest

import (
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
)

// Option changes how an assembly is deployed.
type Option func(*options)

type options struct {
	lab        deployment.Options
	stacks     []string
	parameters map[string]map[string]string
	strict     bool
}

// Stacks deploys some stacks, by id or name, and those that they depend on. Default: all of
// the assembly.
func Stacks(names ...string) Option {
	return func(o *options) { o.stacks = append(o.stacks, names...) }
}

// Parameter sets a template's parameter, of one stack, or with stack "" of all that have
// it. Default: the parameter's default.
func Parameter(stack, name, value string) Option {
	return func(o *options) {
		if o.parameters[stack] == nil {
			o.parameters[stack] = map[string]string{}
		}
		o.parameters[stack][name] = value
	}
}

// Region is the Region of stacks that say none. Default: ap-northeast-2. An update keeps
// that of the first deployment.
func Region(name string) Option { return func(o *options) { o.lab.Region = name } }

// Account is the account of stacks that say none. Default: 123456789012. An update keeps
// that of the first deployment.
func Account(id string) Option { return func(o *options) { o.lab.Account = id } }

// Seed chooses another course of events: what takes how long, and what is done first where
// the templates leave it open. Default: 0. An update keeps that of the first deployment.
func Seed(n uint64) Option { return func(o *options) { o.lab.Seed = n } }

// Stub gives a custom resource, by STACK/LOGICALID, or all of a resource type, an answer
// in place of its function, which cannot run here: the attributes that Fn::GetAtt
// finds. It must be given with the first deployment.
func Stub(resource string, data map[string]any) Option {
	return func(o *options) {
		if o.lab.Stubs == nil {
			o.lab.Stubs = map[string]cfn.Stub{}
		}
		o.lab.Stubs[resource] = cfn.Stub{Data: data}
	}
}

// Accept takes a resource type that the lab does not have, such as
// AWS::NetworkFirewall::Firewall, as inert: its resources have ids and attributes, and nothing
// of them is there. On AWS packets may go other ways. It must be given with the first
// deployment; a type that the lab has, or that is none, fails the deployment.
func Accept(typeName string) Option {
	return func(o *options) { o.lab.Accept = append(o.lab.Accept, typeName) }
}

// Strict fails the test if an instance's user data fails or a load balancer's target is
// not healthy. Default: both are logged.
func Strict() Option { return func(o *options) { o.strict = true } }

func collect(given []Option) options {
	o := options{parameters: map[string]map[string]string{}}
	for _, option := range given {
		option(&o)
	}
	return o
}
