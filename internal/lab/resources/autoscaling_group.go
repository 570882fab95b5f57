package resources

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() { register("AWS::AutoScaling::AutoScalingGroup", (*Resources).autoScalingGroupType) }

// groupTemplateRef names a version of a launch template.
type groupTemplateRef struct {
	LaunchTemplateId   string
	LaunchTemplateName string
	Version            string `cfn:"required"`
}

type mixedInstances struct {
	LaunchTemplate struct {
		LaunchTemplateSpecification groupTemplateRef `cfn:"required"`
		Overrides                   any              `cfn:"inert"` // which hardware, and what it costs
	} `cfn:"required"`
	InstancesDistribution any `cfn:"inert"` // what they cost
}

type autoScalingGroupProps struct {
	AutoScalingGroupName    string `cfn:"replace"`
	MinSize                 int    `cfn:"required"`
	MaxSize                 int    `cfn:"required"`
	DesiredCapacity         *int
	VPCZoneIdentifier       []string
	LaunchTemplate          *groupTemplateRef
	LaunchConfigurationName string
	MixedInstancesPolicy    *mixedInstances
	TargetGroupARNs         []string

	AvailabilityZones                []string `cfn:"inert"` // the subnets decide
	AvailabilityZoneDistribution     any      `cfn:"inert"` // the subnets decide
	AvailabilityZoneImpairmentPolicy any      `cfn:"inert"` // no zone is impaired
	SkipZonalShiftValidation         *bool    `cfn:"inert"` // no zone is shifted away from
	CapacityReservationSpecification any      `cfn:"inert"` // there is room for everything
	Context                          string   `cfn:"inert"` // nothing reads it
	DesiredCapacityType              string   `cfn:"inert"` // capacity is in instances
	InstanceLifecyclePolicy          any      `cfn:"inert"` // nothing scales
	Cooldown                         string   `cfn:"inert"` // nothing scales
	CapacityRebalance                *bool    `cfn:"inert"` // nothing scales
	DefaultInstanceWarmup            *int     `cfn:"inert"` // nothing scales
	HealthCheckGracePeriod           *int     `cfn:"inert"` // instances that fail are not replaced
	HealthCheckType                  string   `cfn:"inert"` // instances that fail are not replaced
	MaxInstanceLifetime              *int     `cfn:"inert"` // nothing in the lab lives for a day
	InstanceMaintenancePolicy        any      `cfn:"inert"` // instances are not replaced
	LifecycleHookSpecificationList   any      `cfn:"inert"` // nothing scales
	MetricsCollection                any      `cfn:"inert"` // there are no metrics
	NewInstancesProtectedFromScaleIn *bool    `cfn:"inert"` // nothing scales
	NotificationConfigurations       any      `cfn:"inert"` // no messages are delivered
	NotificationConfiguration        any      `cfn:"inert"` // no messages are delivered
	PlacementGroup                   string   `cfn:"inert"` // the hardware is not modelled
	ServiceLinkedRoleARN             string   `cfn:"inert"` // the service has its permissions
	TerminationPolicies              any      `cfn:"inert"` // the last one goes first
	Tags                             any      `cfn:"inert"` // names for people
}

// capacity is how many instances are wanted.
func (p autoScalingGroupProps) capacity() int { return valueOr(p.DesiredCapacity, p.MinSize) }

// scalingGroup is an Auto Scaling group.
type scalingGroup struct {
	instances []string // ids, the oldest first
	made      int      // instances so far
}

// autoScalingGroupType is AWS::AutoScaling::AutoScalingGroup: as many instances as are
// wanted, one subnet after the other, as members of the target groups. Nothing scales, and
// instances that fail are not replaced. An update changes how many there are; those that
// run stay as they are
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html),
// even where an UpdatePolicy says otherwise.
func (r *Resources) autoScalingGroupType() cfn.Definition[autoScalingGroupProps] {
	return cfn.Definition[autoScalingGroupProps]{
		Attributes: []string{"AutoScalingGroupARN"},
		Validate: func(p map[string]any) cfn.Findings {
			if countGiven(p, "LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy") != 1 {
				return cfn.Findings{"exactly one of LaunchTemplate, LaunchConfigurationName and MixedInstancesPolicy is needed (InstanceId is not supported)"}
			}
			return nil
		},
		Create: func(ctx context.Context, c cfn.TypedRequest[autoScalingGroupProps]) (cfn.Result, error) {
			name := c.Props.AutoScalingGroupName
			if name == "" {
				name = r.name(c.Request, 255)
			}
			r.mu.Lock()
			if r.scalingGroups[name] != nil {
				r.mu.Unlock()
				return cfn.Result{}, awserr.New("AlreadyExists", "AutoScalingGroup by this name already exists - A group with the name %s already exists", name)
			}
			g := &scalingGroup{}
			r.scalingGroups[name] = g
			r.mu.Unlock()
			out := cfn.Result{PhysicalID: name, Attributes: map[string]any{
				"AutoScalingGroupARN": r.Scope.ARN("autoscaling", "autoScalingGroup:"+awsid.UUID(name)+":autoScalingGroupName/"+name),
			}}
			return out, r.scale(ctx, g, name, c)
		},
		Update: func(ctx context.Context, c cfn.TypedRequest[autoScalingGroupProps]) (cfn.Result, error) {
			g := r.scalingGroup(c.PhysicalID)
			if g == nil {
				return cfn.Result{}, awserr.New("ValidationError", "AutoScalingGroup name not found - %s", c.PhysicalID)
			}
			for _, arn := range c.Old.TargetGroupARNs {
				if !slices.Contains(c.Props.TargetGroupARNs, arn) {
					if err := r.leave(arn, g.instances); err != nil {
						return cfn.Result{}, err
					}
				}
			}
			return cfn.Result{}, r.scale(ctx, g, c.PhysicalID, c)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[autoScalingGroupProps]) error {
			g := r.scalingGroup(c.PhysicalID)
			if g == nil {
				return nil
			}
			err := r.shrink(ctx, g, c.Props.TargetGroupARNs, 0)
			if err == nil {
				r.mu.Lock()
				delete(r.scalingGroups, c.PhysicalID)
				r.mu.Unlock()
			}
			return err
		},
	}
}

func (r *Resources) scalingGroup(name string) *scalingGroup {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.scalingGroups[name]
}

// spec is an instance of the group, in one of its subnets.
func (r *Resources) spec(p autoScalingGroupProps, subnet string) (instanceProps, error) {
	own := instanceProps{SubnetId: subnet}
	switch {
	case p.LaunchTemplate != nil:
		own.LaunchTemplate = (*launchTemplateRef)(p.LaunchTemplate)
	case p.MixedInstancesPolicy != nil:
		own.LaunchTemplate = (*launchTemplateRef)(&p.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification)
	default:
		data, err := r.launchConfiguration(p.LaunchConfigurationName)
		if err != nil {
			return own, err
		}
		return data.fill(own)
	}
	return r.withTemplate(own)
}

// scale brings a group to its size, and its instances into its target groups.
func (r *Resources) scale(ctx context.Context, g *scalingGroup, name string, c cfn.TypedRequest[autoScalingGroupProps]) error {
	p := c.Props
	want := p.capacity()
	switch {
	case p.MinSize > p.MaxSize, want < p.MinSize, want > p.MaxSize:
		return awserr.New("ValidationError", "Desired capacity:%d must be between the specified min size:%d and max size:%d", want, p.MinSize, p.MaxSize)
	case len(p.VPCZoneIdentifier) == 0:
		return awserr.New("ValidationError", "No default VPC for this user: the group needs subnets, in VPCZoneIdentifier")
	}
	if err := r.shrink(ctx, g, c.Old.TargetGroupARNs, want); err != nil {
		return err
	}
	for len(g.instances) < want {
		subnet := p.VPCZoneIdentifier[g.made%len(p.VPCZoneIdentifier)]
		spec, err := r.spec(p, subnet)
		if err != nil {
			return err
		}
		g.made++
		id := awsid.EC2("i-", c.StackID, name, strconv.Itoa(g.made))
		if _, err := r.startInstance(id, c.Request, spec); err != nil {
			return err
		}
		g.instances = append(g.instances, id)
	}
	for _, arn := range p.TargetGroupARNs {
		if err := r.join(arn, g.instances); err != nil {
			return err
		}
	}
	return nil
}

// shrink ends the youngest instances until there are no more than want.
func (r *Resources) shrink(ctx context.Context, g *scalingGroup, targetGroups []string, want int) error {
	for len(g.instances) > want {
		last := g.instances[len(g.instances)-1:]
		for _, arn := range targetGroups {
			if err := r.leave(arn, last); err != nil {
				return err
			}
		}
		if err := r.terminate(ctx, last[0]); err != nil {
			return err
		}
		g.instances = g.instances[:len(g.instances)-1]
	}
	return nil
}

// join registers instances as targets.
func (r *Resources) join(arn string, instances []string) error {
	g, err := r.LoadBalancing.TargetGroup(arn)
	if err != nil {
		return err
	}
	if g.Type != elb.TargetInstance {
		return awserr.New("ValidationError", "Provided Target Groups may not be valid. The target group %s takes targets of type %s", arn, g.Type)
	}
	var members []elb.Target
	for _, id := range instances {
		at, err := r.InterfaceOf(id)
		if err != nil {
			return err
		}
		members = append(members, elb.Target{ID: id, Interface: at})
	}
	return r.LoadBalancing.RegisterTargets(arn, members...)
}

// leave takes instances out of a target group. One that is gone has no members.
func (r *Resources) leave(arn string, instances []string) error {
	var errs []error
	for _, id := range instances {
		errs = append(errs, ignoreGone(r.LoadBalancing.DeregisterTargets(arn, elb.Target{ID: id})))
	}
	return errors.Join(errs...)
}
