package resources

import (
	"context"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// interfaceCalls are the EC2 calls that Lambda makes with a function's role to
// connect it to a VPC, in Lambda's order
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions).
// The page also has ec2:DescribeSubnets, but functions are made without it: the roles of
// awslabs/aws-solutions-constructs, whose integration tests deploy, do not have it.
var interfaceCalls = []string{"CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"}

// CloudFormation tries again for this long while a function's role does not allow
// what Lambda needs: roles and policies take effect late.
const (
	roleTimeout  = 2 * time.Minute
	roleInterval = 20 * time.Second
)

// roleTakesEffect waits until the function's role can be used.
func (r *Resources) roleTakesEffect(ctx context.Context, p functionProps) error {
	deadline := r.Clock.Now().Add(roleTimeout)
	for {
		err := r.checkRole(p)
		if err == nil || r.Clock.Now().After(deadline) || r.Clock.Sleep(ctx, roleInterval) != nil {
			return err
		}
	}
}

// checkRole returns an error unless Lambda may assume the role and, for a function
// in a VPC, has the permissions for its network interfaces.
func (r *Resources) checkRole(p functionProps) error {
	if r.Roles.MayAssume("lambda.amazonaws.com", p.Role) != nil {
		return badFunction("The role defined for the function cannot be assumed by Lambda.")
	}
	if !p.inVPC() {
		return nil
	}
	for _, call := range interfaceCalls {
		if !r.Cloud.Authorize(p.Role, "ec2:"+call, "*", nil).Allowed {
			return badFunction("The provided execution role does not have permissions to call %s on EC2", call)
		}
	}
	return nil
}

// badFunction is how Lambda refuses a function.
func badFunction(format string, args ...any) error {
	return awserr.New("InvalidParameterValueException", format, args...)
}
