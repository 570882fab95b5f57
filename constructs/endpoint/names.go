package endpoint

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
)

// service is what a service's name tells about it.
type service struct {
	// aws says that it is one of AWS's own, not somebody's endpoint service.
	aws bool
	// privateDNS says that it has a private DNS name by default.
	privateDNS bool
	// host begins its default DNS name: cloudformation for
	// cloudformation.REGION.amazonaws.com. Empty if not known.
	host string
	// name is the name as far as it can be read at synthesis.
	name string
}

func serviceOf(stack awscdk.Stack, s ec2.IInterfaceVpcEndpointService) service {
	name := readable(stack.Resolve(s.Name()))
	known := service{name: name, aws: isAWS(name)}
	if private := s.PrivateDnsDefault(); private != nil {
		known.privateDNS = *private
	}
	if known.aws {
		known.host = hosts[lastPart(name)]
	}
	return known
}

// isAWS tells AWS's own services from endpoint services, whose names are
// com.amazonaws.vpce.REGION.vpce-svc-….
func isAWS(name string) bool {
	return !strings.Contains(name, ".vpce.") && !strings.Contains(name, "vpce-svc-")
}

// hosts begin the default DNS names of services whose endpoint's name ends with
// the key (docs.aws.amazon.com/general/latest/gr/aws-service-information.html).
var hosts = map[string]string{
	"athena":               "athena",
	"autoscaling":          "autoscaling",
	"cloudformation":       "cloudformation",
	"cloudtrail":           "cloudtrail",
	"codebuild":            "codebuild",
	"codepipeline":         "codepipeline",
	"config":               "config",
	"dynamodb":             "dynamodb",
	"ec2":                  "ec2",
	"ec2messages":          "ec2messages",
	"ecr.api":              "api.ecr",
	"ecs":                  "ecs",
	"elasticloadbalancing": "elasticloadbalancing",
	"events":               "events",
	"glue":                 "glue",
	"kinesis-firehose":     "firehose",
	"kinesis-streams":      "kinesis",
	"kms":                  "kms",
	"lambda":               "lambda",
	"logs":                 "logs",
	"monitoring":           "monitoring",
	"rds":                  "rds",
	"secretsmanager":       "secretsmanager",
	"sns":                  "sns",
	"sqs":                  "sqs",
	"ssm":                  "ssm",
	"ssmmessages":          "ssmmessages",
	"states":               "states",
	"sts":                  "sts",
}

// regionMark stands where a name has the Region, or anything else that is known
// at deployment only.
const regionMark = "REGION"

// readable writes a resolved name as text: a literal as it is, a join of
// literals and references with regionMark in place of each reference.
func readable(resolved any) string {
	switch v := resolved.(type) {
	case string:
		return v
	case map[string]any:
		join, _ := v["Fn::Join"].([]any)
		if len(join) != 2 {
			return regionMark
		}
		separator, _ := join[0].(string)
		parts, _ := join[1].([]any)
		texts := make([]string, 0, len(parts))
		for _, part := range parts {
			texts = append(texts, readable(part))
		}
		return strings.Join(texts, separator)
	}
	return regionMark
}

// lastPart is what follows the Region in the name of a service:
// com.amazonaws.REGION.ecr.api (in China with cn. before it) gives ecr.api.
func lastPart(name string) string {
	_, rest, _ := strings.Cut(name, "amazonaws.")
	_, last, _ := strings.Cut(rest, ".")
	return last
}

// shortName is lastPart of a name as it stands in the template.
func shortName(resolved any) string { return lastPart(readable(resolved)) }
