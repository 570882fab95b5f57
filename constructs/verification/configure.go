package verification

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/internal/known"
)

// FunctionProps say how the functions of a stack's verifications keep what they log. What
// else an organisation wants of functions and roles, it says as of all others: by tags, by
// aspects, and by [awsiam.PermissionsBoundary_Of].
type FunctionProps struct {
	// LogRetention is how long what the functions log is kept. Default: one week.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the logs. CloudWatch Logs must be allowed to use it: CDK
	// adds that to the policy of a key that the app makes; an imported one needs it
	// already
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
	// Default: none; the service's own key.
	LogEncryptionKey awskms.IKey
	// LogRemovalPolicy is what becomes of the logs when the stack goes. Where a creation
	// fails, its reason points to them. Default: RETAIN; delete them by hand.
	LogRemovalPolicy awscdk.RemovalPolicy
}

// configured are the functions' properties, by the stack, stage or app that they hold for,
// and the scopes are looked through only where there are any. jsii is not safe for
// concurrent use; the lock is for apps that take turns.
var configured = struct {
	sync.Mutex
	props map[constructs.IConstruct]FunctionProps
}{props: map[constructs.IConstruct]FunctionProps{}}

// Configure says how the functions of verifications are, for all stacks of an app or a
// stage, or for one stack, which goes before. Call it before their first verification. It
// panics if it comes too late, or with every property that is wrong.
func Configure(scope constructs.Construct, props *FunctionProps) {
	if err := checkConfigure(scope, props); err != nil {
		panic(err)
	}
	configured.Lock()
	defer configured.Unlock()
	configured.props[scope] = *props
}

func checkConfigure(scope constructs.Construct, props *FunctionProps) error {
	if scope == nil {
		return errors.New("scope: required, got none")
	}
	if props == nil {
		return errors.New("props: required, got none")
	}
	var errs []error
	if r := props.LogRetention; r != "" && !slices.Contains(retentions, r) {
		errs = append(errs, fmt.Errorf("LogRetention: must be one of CDK's RetentionDays such as ONE_MONTH, got %q", r))
	}
	if p := props.LogRemovalPolicy; p != "" && p != awscdk.RemovalPolicy_RETAIN && p != awscdk.RemovalPolicy_DESTROY && p != awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE {
		errs = append(errs, fmt.Errorf("LogRemovalPolicy: must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got %q", p))
	}
	sharedBy.Lock()
	defer sharedBy.Unlock()
	for stack := range sharedBy.stacks {
		if slices.Contains(scopesOf(stack), constructs.IConstruct(scope)) {
			errs = append(errs, fmt.Errorf("scope: must have no verification yet, got %s, in which %s has one; call Configure before", path(scope), known.Path(stack)))
		}
	}
	return errors.Join(errs...)
}

// path is a construct's path, which the app has not.
func path(c constructs.IConstruct) string {
	if p := known.Path(c); p != "" {
		return p
	}
	return "the app"
}

// configurationOf are the properties that hold for a stack: those of the nearest scope.
func configurationOf(stack awscdk.Stack) FunctionProps {
	configured.Lock()
	defer configured.Unlock()
	if len(configured.props) == 0 {
		return FunctionProps{}
	}
	for _, scope := range slices.Backward(scopesOf(stack)) {
		if props, found := configured.props[scope]; found {
			return props
		}
	}
	return FunctionProps{}
}

// scopesOf are the app, the stages and stacks that a stack is in, and the stack.
func scopesOf(stack awscdk.Stack) []constructs.IConstruct { return *known.Node(stack).Scopes() }

// retentions are those that CDK has.
var retentions = []awslogs.RetentionDays{
	awslogs.RetentionDays_ONE_DAY, awslogs.RetentionDays_THREE_DAYS, awslogs.RetentionDays_FIVE_DAYS, awslogs.RetentionDays_ONE_WEEK,
	awslogs.RetentionDays_TWO_WEEKS, awslogs.RetentionDays_ONE_MONTH, awslogs.RetentionDays_TWO_MONTHS, awslogs.RetentionDays_THREE_MONTHS,
	awslogs.RetentionDays_FOUR_MONTHS, awslogs.RetentionDays_FIVE_MONTHS, awslogs.RetentionDays_SIX_MONTHS, awslogs.RetentionDays_ONE_YEAR,
	awslogs.RetentionDays_THIRTEEN_MONTHS, awslogs.RetentionDays_EIGHTEEN_MONTHS, awslogs.RetentionDays_TWO_YEARS, awslogs.RetentionDays_THREE_YEARS,
	awslogs.RetentionDays_FIVE_YEARS, awslogs.RetentionDays_SIX_YEARS, awslogs.RetentionDays_SEVEN_YEARS, awslogs.RetentionDays_EIGHT_YEARS,
	awslogs.RetentionDays_NINE_YEARS, awslogs.RetentionDays_TEN_YEARS, awslogs.RetentionDays_INFINITE,
}
