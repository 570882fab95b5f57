package endpoint

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"provenendpoints/internal/known"
)

// serviceTraits are what a service's name implies.
type serviceTraits struct {
	// aws is true for a service of AWS's own, false for an endpoint service.
	aws bool
	// privateDNS is true if the service has a private DNS name by default.
	privateDNS bool
	// short is what follows the Region in its name.
	short string
	// host is the beginning of its default DNS name: cloudformation for
	// cloudformation.REGION.amazonaws.com. Empty if unknown.
	host string
	// token is the name, as a token if it is one, and port is the TCP port.
	token string
	port  float64
	// name is the name as far as it is known at synthesis; see readableName.
	name string
}

// traitsOf reads the traits of a service from its name.
func traitsOf(stack awscdk.Stack, s ec2.IInterfaceVpcEndpointService) serviceTraits {
	token := *s.Name()
	name := readableName(known.Resolved(stack, token))
	traits := serviceTraits{token: token, port: *s.Port(), name: name, aws: isAWS(name)}
	if traits.aws {
		traits.short = lastPart(name)
		traits.host = defaultHosts[traits.short]
	}
	if private := s.PrivateDnsDefault(); private != nil {
		traits.privateDNS = *private && !slices.Contains(gatewayServices, traits.short)
	}
	return traits
}

// gatewayServices are those that gateway endpoints lead to, too. An interface endpoint
// takes over their default names only where that is asked for
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
var gatewayServices = []string{"dynamodb", "s3"}

// isAWS reports whether a name is that of a service of AWS's own. The names of
// endpoint services are com.amazonaws.vpce.REGION.vpce-svc-….
func isAWS(name string) bool {
	return !strings.Contains(name, ".vpce.") && !strings.Contains(name, "vpce-svc-")
}

// defaultHosts are the beginnings of default DNS names, by the last part of the
// service's name. Names of endpoint services:
// docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html;
// default DNS names:
// docs.aws.amazon.com/general/latest/gr/aws-service-information.html.
var defaultHosts = map[string]string{
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

// regionMark replaces the Region in a name, and anything else that is known at
// deployment only.
const regionMark = "REGION"

// readableName writes a resolved name as text: a literal as it is, a join of
// literals and references with regionMark in place of each reference.
func readableName(resolved any) string {
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
			texts = append(texts, readableName(part))
		}
		return strings.Join(texts, separator)
	}
	return regionMark
}

// lastPart returns what follows the Region in the name of a service:
// com.amazonaws.REGION.ecr.api (in China with cn. before it) gives ecr.api.
func lastPart(name string) string {
	_, rest, _ := strings.Cut(name, "amazonaws.")
	_, last, _ := strings.Cut(rest, ".")
	return last
}

// shortName returns lastPart of a resolved name.
func shortName(resolved any) string { return lastPart(readableName(resolved)) }
