package resources

import (
	"fmt"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

// The values of inert resources have AWS's forms. Where a form has no rule it is here
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/, each type's "Return
// values"; docs.aws.amazon.com/service-authorization/latest/reference/, each service's
// "Resource types").

// idPrefixes are the beginnings of the ids of types without names; "" is a UUID.
var idPrefixes = map[string]string{
	"AWS::EC2::CapacityReservation": "cr-", "AWS::EC2::FlowLog": "fl-", "AWS::EC2::Host": "h-", "AWS::EC2::Volume": "vol-",
	"AWS::EC2::NetworkInsightsPath": "nip-", "AWS::EC2::NetworkInsightsAnalysis": "nia-", "AWS::EFS::FileSystem": "fs-", "AWS::EFS::AccessPoint": "fsap-", "AWS::EFS::MountTarget": "fsmt-",
	"AWS::FSx::FileSystem": "fs-", "AWS::KMS::Key": "", "AWS::CertificateManager::Certificate": "", "AWS::WAFv2::LoggingConfiguration": "",
	"AWS::ServiceDiscovery::HttpNamespace": "ns-", "AWS::ServiceDiscovery::Service": "srv-", "AWS::Route53::HealthCheck": "", "AWS::Lambda::EventSourceMapping": "",
}

// arnRefs are types whose Ref is the ARN, though the library names it otherwise.
var arnRefs = map[string]bool{
	"AWS::SecretsManager::Secret": true, "AWS::SNS::Subscription": true, "AWS::CertificateManager::Certificate": true,
	"AWS::IAM::OIDCProvider": true, "AWS::IAM::SAMLProvider": true, "AWS::StepFunctions::StateMachine": true, "AWS::StepFunctions::Activity": true, "AWS::ECS::TaskDefinition": true, "AWS::ECS::Service": true,
	"AWS::Batch::JobDefinition": true, "AWS::Batch::JobQueue": true, "AWS::Batch::ComputeEnvironment": true,
}

// secretRefs are types whose Ref is the ARN of their secret.
var secretRefs = map[string]bool{"AWS::SecretsManager::SecretTargetAttachment": true, "AWS::SecretsManager::RotationSchedule": true, "AWS::SecretsManager::ResourcePolicy": true}

// refURLs are types whose Ref is a URL.
var refURLs = map[string]string{"AWS::SQS::Queue": "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"}

// lowerNames are the services whose names have small letters only.
var lowerNames = map[string]bool{"rds": true, "elasticache": true, "es": true, "ecr": true, "redshift": true, "redshift-serverless": true, "memorydb": true, "aoss": true}

// arnKinds are what stands before the name in ARNs. Default: the type's name in lower case
// and a slash.
var arnKinds = map[string]string{
	"AWS::SNS::Topic": "", "AWS::SQS::Queue": "", "AWS::SNS::Subscription": "", "AWS::CloudWatch::Alarm": "alarm:", "AWS::CloudWatch::CompositeAlarm": "alarm:", "AWS::SecretsManager::Secret": "secret:",
	"AWS::Events::EventBus": "event-bus/", "AWS::Config::ConfigRule": "config-rule/", "AWS::RDS::DBInstance": "db:", "AWS::RDS::DBCluster": "cluster:", "AWS::RDS::DBSubnetGroup": "subgrp:",
	"AWS::StepFunctions::StateMachine": "stateMachine:", "AWS::StepFunctions::Activity": "activity:", "AWS::KinesisFirehose::DeliveryStream": "deliverystream/", "AWS::EFS::FileSystem": "file-system/",
	"AWS::ECS::TaskDefinition": "task-definition/", "AWS::ECR::Repository": "repository/", "AWS::Elasticsearch::Domain": "domain/", "AWS::OpenSearchService::Domain": "domain/", "AWS::Lambda::Url": "function:",
	"AWS::IAM::OIDCProvider": "oidc-provider/", "AWS::IAM::SAMLProvider": "saml-provider/", "AWS::SSM::Parameter": "parameter/", "AWS::CodeBuild::Project": "project/", "AWS::CodePipeline::Pipeline": "",
}

// globalServices have no Region in their ARNs.
var globalServices = map[string]bool{"iam": true, "cloudfront": true, "budgets": true, "organizations": true, "waf": true, "shield": true}

func (t inertType) arn(name string) string {
	kind, ok := arnKinds[t.Name]
	if !ok {
		kind = strings.ToLower(t.last()) + "/"
	}
	switch {
	case t.Name == "AWS::SNS::Subscription" || t.Name == "AWS::SecretsManager::Secret":
		name += arnSeparators[t.Name] + awsid.Alphanumeric(6, name)
	case t.Name == "AWS::ECS::TaskDefinition":
		name += ":1"
	case globalServices[t.service.arn]:
		return t.r.Scope.GlobalARN(t.service.arn, kind+name)
	}
	return t.r.Scope.ARN(t.service.arn, kind+strings.TrimPrefix(name, "/"))
}

// arnSeparators stand before the random end of ARNs.
var arnSeparators = map[string]string{"AWS::SNS::Subscription": ":", "AWS::SecretsManager::Secret": "-"}

// attribute is the value of an attribute: a property of the same name, or what its name
// says that it is.
func (t inertType) attribute(attribute, name string, properties map[string]any) any {
	if given, ok := properties[attribute]; ok {
		return given
	}
	whole := strings.ToLower(attribute)
	part := whole[strings.LastIndex(whole, ".")+1:]
	host := fmt.Sprintf("%s.%s.%s.%s.amazonaws.com", strings.ToLower(name), awsid.Lower(12, t.Name, name), t.r.Scope.Region, t.service.arn)
	switch {
	case attribute == "RepositoryUri":
		return t.r.Scope.Account + ".dkr.ecr." + t.r.Scope.Region + ".amazonaws.com/" + name
	case strings.HasSuffix(part, "arn"):
		return t.arn(name)
	case strings.HasSuffix(part, "arns"), strings.HasSuffix(part, "nameservers"):
		return []any{}
	case strings.HasSuffix(part, "ports"), strings.HasSuffix(part, "addresses"):
		return []any{}
	case strings.HasSuffix(part, "port"):
		return port(t.Name, properties)
	case strings.HasSuffix(part, "url"), strings.HasSuffix(part, "uri"), strings.HasSuffix(part, "issuer"):
		return "https://" + host
	case strings.HasSuffix(part, "address"), strings.HasSuffix(part, "endpoint"), strings.HasSuffix(part, "domainname"), strings.HasSuffix(part, "hostname"), strings.HasSuffix(part, "dnsname"):
		return host
	case strings.HasSuffix(part, "version"), strings.HasSuffix(part, "versionnumber"), strings.HasSuffix(part, "revision"), strings.HasSuffix(part, "count"):
		return "1"
	case strings.HasSuffix(part, "status"), strings.HasSuffix(part, "state"):
		return "ACTIVE"
	case strings.HasSuffix(part, "name"), part == "id", part == strings.ToLower(t.last())+"id":
		return name
	}
	return awsid.Lower(20, t.Name, name, attribute)
}

// ports are the ports of servers by their engines' names, as databases and caches call
// them (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/, "Port" of each engine).
var ports = []struct{ engine, port string }{
	{"postgres", "5432"}, {"mysql", "3306"}, {"mariadb", "3306"}, {"oracle", "1521"}, {"sqlserver", "1433"}, {"aurora", "3306"},
	{"docdb", "27017"}, {"neptune", "8182"}, {"redshift", "5439"}, {"memcached", "11211"}, {"redis", "6379"}, {"valkey", "6379"}, {"elasticache", "6379"}, {"memorydb", "6379"}, {"dax", "8111"}, {"rds", "3306"},
}

// port is the port of a server: the one given, or its engine's.
func port(typ string, properties map[string]any) string {
	if p, ok := cfn.Literal(properties["Port"]); ok {
		return p
	}
	engine, _ := cfn.Literal(properties["Engine"])
	text := strings.ToLower(engine + " " + typ)
	for _, p := range ports {
		if strings.Contains(text, p.engine) {
			return p.port
		}
	}
	return "443"
}
