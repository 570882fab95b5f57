package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"

	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

func checkGateway(props *GatewayProps) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	return errors.Join(
		required("Vpc", props.Vpc == nil),
		required("Service", props.Service == nil),
		checkPrincipals(statementPrincipals(props.Policy)),
		checkCall(props.Verification.orDefault()),
	)
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
