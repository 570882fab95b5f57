package template

import (
	"fmt"
	"slices"
)

// ProofType is the type of the resources that are proofs.
const ProofType = "Custom::EndpointProof"

// loosening are the types whose deletion opens something: a subnet falls back to
// the VPC's main route table or default network ACL, a VPC to other DNS servers,
// and a statement that denies is gone.
var loosening = []string{
	"AWS::EC2::NetworkAclEntry",
	"AWS::EC2::SubnetNetworkAclAssociation",
	"AWS::EC2::SubnetRouteTableAssociation",
	"AWS::EC2::VPCDHCPOptionsAssociation",
	"AWS::IAM::ManagedPolicy",
	"AWS::IAM::Policy",
	"AWS::IAM::RolePolicy",
	"AWS::Route53Resolver::FirewallRuleGroupAssociation",
	"AWS::S3::BucketPolicy",
}

// Loosens reports whether to delete a resource of the type can let somebody
// reach what nobody reached before. Of types that are not known it can be
// assumed that a deletion takes something away, and the proof has seen the rest.
func Loosens(name string) bool { return slices.Contains(loosening, name) }

// A follower is a resource that waits for a proof: the proof cannot see it. Most
// often it is the application, which is to start only where the network was
// proved. It must not be able to change who reaches whom.
//
// followers are the types that may follow. Each has a check of the resource,
// which returns why this one may not; nil allows all. What is not listed may
// not follow, because it may be anything.
var followers = map[string]func(t *Template, resource Resource, own []string) string{
	"AWS::CDK::Metadata":                       nil,
	"AWS::CloudFormation::WaitCondition":       nil,
	"AWS::CloudFormation::WaitConditionHandle": nil,
	"AWS::CloudWatch::Alarm":                   nil,
	"AWS::CloudWatch::CompositeAlarm":          nil,
	"AWS::CloudWatch::Dashboard":               nil,
	"AWS::DynamoDB::GlobalTable":               nil,
	"AWS::DynamoDB::Table":                     nil,
	"AWS::ECR::Repository":                     nil,
	"AWS::ECS::Cluster":                        nil,
	"AWS::ECS::TaskDefinition":                 nil,
	"AWS::Events::Rule":                        nil,
	"AWS::KMS::Alias":                          nil,
	"AWS::KMS::Key":                            nil,
	"AWS::Lambda::Alias":                       nil,
	"AWS::Lambda::EventSourceMapping":          nil,
	"AWS::Lambda::Function":                    nil,
	"AWS::Lambda::LayerVersion":                nil,
	"AWS::Lambda::Version":                     nil,
	"AWS::Logs::LogGroup":                      nil,
	"AWS::Logs::MetricFilter":                  nil,
	"AWS::Logs::SubscriptionFilter":            nil,
	"AWS::S3::Bucket":                          nil,
	"AWS::SNS::Subscription":                   nil,
	"AWS::SNS::Topic":                          nil,
	"AWS::SNS::TopicPolicy":                    nil,
	"AWS::SQS::Queue":                          nil,
	"AWS::SQS::QueuePolicy":                    nil,
	"AWS::SSM::Parameter":                      nil,
	"AWS::Scheduler::Schedule":                 nil,
	"AWS::SecretsManager::Secret":              nil,
	"AWS::StepFunctions::StateMachine":         nil,

	"AWS::EC2::Instance":             withoutPublicAddress,
	"AWS::ECS::Service":              unreachableService,
	"AWS::IAM::InstanceProfile":      foreign,
	"AWS::IAM::ManagedPolicy":        foreign,
	"AWS::IAM::Policy":               foreign,
	"AWS::IAM::Role":                 foreign,
	"AWS::IAM::RolePolicy":           foreign,
	"AWS::Lambda::EventInvokeConfig": foreign,
	"AWS::Lambda::Permission":        foreign,
	"AWS::RDS::DBInstance":           privateDatabase,
}

// Unseen returns, for each resource that waits for one of the proofs and must
// not, the logical id with the reason. The proofs are resources of the type.
func (t *Template) Unseen(proof string) map[string]string {
	proofs := t.OfType(proof)
	own := t.verification(proofs)
	unseen := map[string]string{}
	for _, id := range t.After(proofs...) {
		if reason := t.mayFollow(id, proof, own); reason != "" {
			unseen[id] = reason
		}
	}
	return unseen
}

func (t *Template) mayFollow(id, proof string, own []string) string {
	resource := t.resources[id]
	if resource.Type() == proof {
		return ""
	}
	check, listed := followers[resource.Type()]
	switch {
	case !listed:
		return fmt.Sprintf("a resource of the type %s can change who reaches whom", resource.Type())
	case check == nil:
		return ""
	}
	return check(t, resource, own)
}

// verification are the resources that proofs measure and judge with: their
// functions, and what those wait for that is of IAM.
func (t *Template) verification(proofs []string) []string {
	var own []string
	for _, proof := range proofs {
		for _, id := range t.waits[proof] {
			if t.resources[id].Type() != "AWS::Lambda::Function" {
				continue
			}
			own = append(own, id)
			for _, role := range t.waits[id] {
				if t.resources[role].Type() == "AWS::IAM::Role" {
					own = append(own, role)
				}
			}
		}
	}
	return own
}

// foreign refuses what is attached to the functions and roles of a proof.
func foreign(t *Template, resource Resource, own []string) string {
	for _, id := range t.references("", map[string]any{"Properties": resource["Properties"]}) {
		if slices.Contains(own, id) {
			return fmt.Sprintf("it changes %s, which the proof was made with", id)
		}
	}
	return ""
}

// withoutPublicAddress wants every interface of an instance to say that it gets
// no public address: where nothing is said, the subnet decides
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html).
func withoutPublicAddress(_ *Template, resource Resource, _ []string) string {
	interfaces := items(resource.Properties()["NetworkInterfaces"])
	for _, item := range interfaces {
		fields, _ := item.(map[string]any)
		if !isFalse(fields["AssociatePublicIpAddress"]) {
			interfaces = nil
			break
		}
	}
	if len(interfaces) == 0 {
		return "an instance may get a public address, unless each of its NetworkInterfaces has AssociatePublicIpAddress false"
	}
	return ""
}

// unreachableService wants tasks that get no public address and are targets of
// no load balancer.
func unreachableService(_ *Template, resource Resource, _ []string) string {
	properties := resource.Properties()
	if len(items(properties["LoadBalancers"])) > 0 {
		return "a service with LoadBalancers changes who is behind them"
	}
	network, _ := properties["NetworkConfiguration"].(map[string]any)
	vpc, _ := network["AwsvpcConfiguration"].(map[string]any)
	if public, said := vpc["AssignPublicIp"]; len(vpc) == 0 || said && public != "DISABLED" {
		return "its tasks may get public addresses, unless AwsvpcConfiguration has AssignPublicIp DISABLED"
	}
	return ""
}

// privateDatabase wants a database that says that it is not public: by default
// the subnets decide
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-rds-dbinstance.html).
func privateDatabase(_ *Template, resource Resource, _ []string) string {
	if !isFalse(resource.Properties()["PubliclyAccessible"]) {
		return "a database may get a public address, unless PubliclyAccessible is false"
	}
	return ""
}

// isFalse reports whether the value is false, as JSON or as text.
func isFalse(value any) bool { return value == false || value == "false" }
