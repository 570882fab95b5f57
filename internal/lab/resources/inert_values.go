package resources

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/registry"
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
	"AWS::Events::EventBus": "event-bus/", "AWS::Config::ConfigRule": "config-rule/", "AWS::RDS::DBInstance": "db:", "AWS::RDS::DBCluster": "cluster:", "AWS::RDS::DBSubnetGroup": "subgrp:", "AWS::RDS::DBProxy": "db-proxy:",
	"AWS::StepFunctions::StateMachine": "stateMachine:", "AWS::StepFunctions::Activity": "activity:", "AWS::KinesisFirehose::DeliveryStream": "deliverystream/", "AWS::EFS::FileSystem": "file-system/",
	"AWS::ECS::TaskDefinition": "task-definition/", "AWS::ECR::Repository": "repository/", "AWS::Elasticsearch::Domain": "domain/", "AWS::OpenSearchService::Domain": "domain/", "AWS::Lambda::Url": "function:",
	"AWS::IAM::OIDCProvider": "oidc-provider/", "AWS::IAM::SAMLProvider": "saml-provider/", "AWS::SSM::Parameter": "parameter/", "AWS::CodeBuild::Project": "project/", "AWS::CodePipeline::Pipeline": "",
}

// globalServices have no Region in their ARNs.
var globalServices = map[string]bool{"iam": true, "cloudfront": true, "budgets": true, "organizations": true, "waf": true, "shield": true}

func (t inertType) arn(name string) string {
	kind, ok := arnKinds[t.Name]
	if !ok && t.ARN != "" {
		return t.filledARN(name)
	}
	if !ok {
		kind = strings.ToLower(t.last()) + "/"
	}
	switch {
	case t.Name == "AWS::SNS::Subscription" || t.Name == "AWS::SecretsManager::Secret":
		name += arnSeparators[t.Name] + awsid.Alphanumeric(6, name)
	case t.Name == "AWS::ECS::TaskDefinition":
		name += ":1"
	case t.Name == "AWS::RDS::DBProxy": // by an id that is not its name, which policies are cut out of
		name = "prx-" + awsid.Hex(17, name)
	case globalServices[t.service.arn]:
		return t.r.Scope.GlobalARN(t.service.arn, kind+name)
	}
	return t.r.Scope.ARN(t.service.arn, kind+strings.TrimPrefix(name, "/"))
}

// arnVariable is a variable of a form of ARNs.
var arnVariable = regexp.MustCompile(`\$\{(\w+)\}`)

// filledARN is the ARN by the type's form.
func (t inertType) filledARN(name string) string {
	return arnVariable.ReplaceAllStringFunc(t.ARN, func(variable string) string {
		switch variable {
		case "${Partition}":
			return cmp.Or(t.r.Scope.Partition, "aws")
		case "${Region}":
			return t.r.Scope.Region
		case "${Account}":
			return t.r.Scope.Account
		}
		return name
	})
}

// arnSeparators stand before the random end of ARNs.
var arnSeparators = map[string]string{"AWS::SNS::Subscription": ":", "AWS::SecretsManager::Secret": "-"}

// attribute is the value of an attribute: a property of the same name, or what its form and
// its name say that it is.
func (t inertType) attribute(attribute, name string, properties map[string]any) any {
	if given, ok := properties[attribute]; ok {
		return given
	}
	switch t.Forms[attribute] {
	case registry.List:
		return t.list(attribute, name, properties)
	case registry.Object:
		if isFlag(attribute) {
			return "false"
		}
		return map[string]any{}
	case registry.Number:
		if part := lastPart(attribute); !strings.HasSuffix(part, "port") {
			return "1"
		}
	}
	return t.text(attribute, name, properties)
}

// list is the value of a list: as many as there are subnets, and the four servers of a zone.
func (t inertType) list(attribute, name string, properties map[string]any) []any {
	count := 1
	if subnets, ok := properties["SubnetIds"].([]any); ok && len(subnets) > 0 {
		count = len(subnets)
	}
	if strings.HasSuffix(lastPart(attribute), "nameservers") {
		count = 4
	}
	out := make([]any, count)
	for i := range out {
		out[i] = t.text(strings.TrimSuffix(attribute, "s"), fmt.Sprintf("%s-%d", name, i+1), properties)
	}
	return out
}

// lastPart is what an attribute is called behind its last dot, in small letters.
func lastPart(attribute string) string {
	return strings.ToLower(attribute[strings.LastIndex(attribute, ".")+1:])
}

// isFlag reports whether an attribute is a boolean value by its name.
func isFlag(attribute string) bool {
	part := attribute[strings.LastIndex(attribute, ".")+1:]
	return strings.HasPrefix(part, "Is") || strings.HasSuffix(part, "Enabled") || strings.HasSuffix(part, "Available")
}

// text is the value of an attribute that is text, or a number as text.
func (t inertType) text(attribute, name string, properties map[string]any) string {
	part := lastPart(attribute)
	host := fmt.Sprintf("%s.%s.%s.%s.amazonaws.com", strings.ToLower(name), awsid.Lower(12, t.Name, name), t.r.Scope.Region, t.service.arn)
	has := func(ends ...string) bool {
		return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(part, end) })
	}
	switch {
	case attribute == "RepositoryUri":
		return t.r.Scope.Account + ".dkr.ecr." + t.r.Scope.Region + ".amazonaws.com/" + name
	case has("rolearn"):
		return t.r.Scope.GlobalARN("iam", "role/"+name)
	case has("secretarn"):
		return t.r.Scope.ARN("secretsmanager", "secret:"+name+"-"+awsid.Alphanumeric(6, name))
	case has("arn"):
		return t.arn(name)
	case has("ipaddress", "ip"):
		return inertAddress(t.Name, name, attribute)
	case has("port"):
		return port(t.Name, properties)
	case has("url", "uri", "issuer"):
		return "https://" + host
	case has("nameserver"):
		return "ns-" + host
	case has("address", "endpoint", "domainname", "hostname", "dnsname", "fqdn"):
		return host
	case has("version", "versionnumber", "revision", "count"):
		return "1"
	case has("status", "state"):
		return "ACTIVE"
	case has("accountid", "ownerid", "owneraccount", "awsaccount"), part == "account", part == "owner":
		return t.r.Scope.Account
	case part == "region":
		return t.r.Scope.Region
	case has("createdat", "updatedat", "modifiedat", "creationtime", "createdtime", "creationdate", "time", "timestamp", "datetime"):
		return "1970-01-01T00:00:00Z" // when the lab was built or run must not show
	case has("name"), part == "id", part == strings.ToLower(t.last())+"id":
		return name
	}
	return awsid.Lower(20, t.Name, name, attribute)
}

// inertAddress is an address that no host has: of a block for documentation (RFC 5737).
func inertAddress(parts ...string) string {
	n, _ := strconv.ParseUint(awsid.Hex(2, parts...), 16, 8) // hex always parses
	return fmt.Sprintf("203.0.113.%d", n%254+1)
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
