package cfn

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Options configure an [Engine]. The zero value supports nothing but
// CloudFormation's own resource types.
type Options struct {
	// Types are the resource types. Default: only CloudFormation's own.
	Types Types
	// Refused says why there is no resource type of a name; "" if there is nothing to say.
	// Default: nothing is said.
	Refused func(typeName string) string
	// Limits says of the reason for which a custom resource's function failed what the
	// function needed and is not here, where that moves no packet: the resource is then inert
	// and does not fail. Default: every failure is one.
	Limits func(reason string) string
	// Region, Account and Partition are where the stacks live.
	// Defaults: us-east-1, 123456789012, aws.
	Region, Account, Partition string
	// Zones are the values of Fn::GetAZs. Default: those of [awsid.Zones].
	Zones []string
	// Parameters finds the value of an SSM parameter; typ is the type inside
	// AWS::SSM::Parameter::Value<…>. Default: there are none.
	Parameters func(typ, name string) (any, error)
	// Secrets finds the value of a secret by a dynamic reference without its beginning,
	// {{resolve:secretsmanager:. Default: there are none.
	Secrets func(reference string) (string, error)
	// Elsewhere finds an output of a stack of another Region or account, for
	// Fn::GetStackOutput. Default: there are none.
	Elsewhere func(StackOutput) (value string, ok bool)
	// Stubs are the answers of custom resources whose functions cannot run here, by
	// STACK/LOGICALID or by resource type. Default: there are none.
	Stubs map[string]Stub
	// Fetch reads the template of a nested stack that is not among the stack's assets, by
	// its TemplateURL. Default: there are none.
	Fetch func(url string) ([]byte, error)
	// Signals carries invocations of custom resources and their responses.
	// Default: custom resources and wait conditions fail.
	Signals Signals
	// Clock measures time. Default: the wall clock.
	Clock proof.Clock
	// Pace is how long a step takes. Default: no time at all. With it the clock decides
	// the order of what is independent, so that equal paces make equal courses on
	// a clock whose timers fire one at a time.
	Pace func(Step) time.Duration
	// OnEvent receives every event, one at a time and in order. It may read from
	// the engine, but not deploy. Optional.
	OnEvent func(Event)
	// NewID makes the unique part of ids. Default: UUIDs by their number.
	NewID func() string
}

func (o *Options) setDefaults() {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Account == "" {
		o.Account = "123456789012"
	}
	if o.Partition == "" {
		o.Partition = "aws"
	}
	if o.Zones == nil {
		o.Zones = awsid.Zones(o.Region)
	}
	if o.Clock == nil {
		o.Clock = proof.SystemClock()
	}
	if o.NewID == nil {
		o.NewID = numberedIDs()
	}
}

// numberedIDs makes UUIDs that follow from nothing but their number, so that
// equal deployments have equal ids.
func numberedIDs() func() string {
	var n atomic.Uint64
	return func() string { return awsid.UUID("cloudformation", strconv.FormatUint(n.Add(1), 10)) }
}

// Engine deploys stacks into one Region of one account. Its methods may be
// called concurrently. A stack has one operation at a time.
type Engine struct {
	opts           Options
	builtIn        map[string]ResourceType
	customResource ResourceType
	waitHandles    waitHandles
	signals        signalBoxes

	events    sync.Mutex // serialises OnEvent
	mu        sync.Mutex // guards all below, and what is in a stack
	stacks    map[string]*stack
	deleted   []*stack
	operating map[string]bool   // names of the stacks with an operation under way
	templates map[string][]byte // of nested stacks, by URL
	steps     map[Step]int      // those made so far, with no count
	// inert are the resources that turned out to be inert, by stack and logical id.
	inert map[string]map[string]InertResource
}

// New makes an engine.
func New(o Options) *Engine {
	o.setDefaults()
	e := &Engine{
		opts: o, stacks: map[string]*stack{}, operating: map[string]bool{}, templates: map[string][]byte{}, steps: map[Step]int{}, inert: map[string]map[string]InertResource{},
		waitHandles: waitHandles{byURL: map[string]*waitHandle{}},
	}
	e.customResource = customType{e}
	e.builtIn = map[string]ResourceType{
		"AWS::CDK::Metadata":                       metadataType(e),
		"AWS::CloudFormation::CustomResource":      e.customResource,
		stackType:                                  nestedType{e},
		waitConditionName:                          e.waitConditionType(),
		"AWS::CloudFormation::WaitConditionHandle": e.waitHandleType(),
	}
	return e
}

// scope is the account and Region of the stacks' ARNs.
func (e *Engine) scope() awsid.Scope {
	return awsid.Scope{Partition: e.opts.Partition, Region: e.opts.Region, Account: e.opts.Account}
}

// typeOf finds a resource type by its name.
func (e *Engine) typeOf(name string) (ResourceType, bool) {
	if suffix, ok := strings.CutPrefix(name, "Custom::"); ok && suffix != "" {
		return e.customResource, true
	}
	if rt, ok := e.builtIn[name]; ok {
		return rt, true
	}
	if e.opts.Types == nil {
		return nil, false
	}
	return e.opts.Types(name)
}

// pseudoParameters returns the values of the pseudo parameters:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func (e *Engine) pseudoParameters(name, id string) map[string]any {
	suffix := "amazonaws.com"
	if e.opts.Partition == "aws-cn" {
		suffix = "amazonaws.com.cn"
	}
	return map[string]any{
		"AWS::AccountId": e.opts.Account, "AWS::NotificationARNs": []any{}, "AWS::Partition": e.opts.Partition,
		"AWS::Region": e.opts.Region, "AWS::StackId": id, "AWS::StackName": name, "AWS::URLSuffix": suffix,
	}
}

func (e *Engine) zones() []any {
	out := make([]any, len(e.opts.Zones))
	for i, z := range e.opts.Zones {
		out[i] = z
	}
	return out
}

// ssmParameter finds the value of a dynamic reference.
func (e *Engine) ssmParameter(name string) (any, error) {
	if e.opts.Parameters == nil {
		return nil, fmt.Errorf("there are no SSM parameters here")
	}
	return e.opts.Parameters("String", name)
}
