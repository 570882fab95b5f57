package stacks

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// RegionContext is the context key that names the Region at synthesis, as in
// `cdk deploy -c region=cn-north-1`. Outside of China the scenarios need none. In China some
// names of endpoint services begin with cn.com.amazonaws, which ones differs between its two
// Regions, and CDK chooses them only where it knows the Region
// (docs.amazonaws.cn/en_us/vpc/latest/privatelink/aws-services-privatelink-support.html).
const RegionContext = "region"

var regionForm = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d+$`)

// environmentOf is the environment that the context names; nil, for any, if it names none. It
// panics with an error if that is no Region.
func environmentOf(scope constructs.Construct) *awscdk.Environment {
	given := scope.Node().TryGetContext(jsii.String(RegionContext))
	if given == nil {
		return nil
	}
	region := fmt.Sprint(given)
	if !regionForm.MatchString(region) {
		panic(fmt.Errorf("context %s: must be a Region such as cn-north-1, got %q", RegionContext, region))
	}
	return &awscdk.Environment{Region: &region}
}
