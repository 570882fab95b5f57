package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

func checkGateway(props *GatewayProps) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	return errors.Join(
		required("Vpc", props.Vpc == nil),
		required("Service", props.Service == nil),
		checkPolicy(props.Policy),
		checkIPTypes("", props.IpAddressType, props.DnsRecordIpType),
		checkTags("Tags", props.Tags),
		checkProving(props.Verification.orDefault(), false),
	)
}

// checkPolicy checks the statements of a gateway endpoint's policy.
func checkPolicy(statements []iam.PolicyStatement) error {
	if err := checkItems("Policy", statements); err != nil {
		return err
	}
	return checkPrincipals(statementPrincipals(statements))
}

// checkGatewayService refuses services to which no gateway endpoint leads
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html), where the name is
// known, and calls of others.
func checkGatewayService(props *GatewayProps, service string) error {
	if !strings.Contains(service, regionMark) && service != "s3express" && !slices.Contains(gatewayServices, service) {
		return fmt.Errorf("Service: must be S3, DynamoDB or S3 Express, to which gateway endpoints lead, got %s", service)
	}
	return checkCallTo(props.Verification.orDefault().Call, service)
}

// statementPrincipals returns the Principal elements of statements.
func statementPrincipals(statements []iam.PolicyStatement) []any {
	var found []any
	for _, statement := range statements {
		rendered, _ := statement.ToStatementJson().(map[string]any)
		found = append(found, rendered["Principal"])
	}
	return found
}

// checkPrincipals allows a gateway endpoint's policy the principal "*" only
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func checkPrincipals(principals []any) error {
	var errs []error
	for i, principal := range principals {
		object, _ := principal.(map[string]any)
		if principal != "*" && object["AWS"] != "*" {
			shown, _ := json.Marshal(principal)
			errs = append(errs, fmt.Errorf(`Policy[%d]: a gateway endpoint's statements must have the principal "*" (narrow them with aws:PrincipalArn), got %s`, i, shown))
		}
	}
	return errors.Join(errs...)
}
