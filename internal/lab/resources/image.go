package resources

import (
	"fmt"
	"regexp"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// The images that the lab's instances can be made of: Amazon Linux 2023, whose
// standard commands lab/machine/commands has. The ids are made up.
var images = map[string]string{
	"arm64":  "ami-0a12023000000arm6",
	"x86_64": "ami-0a12023000000x866",
}

// imageParameter is how the SSM parameters of Amazon Linux 2023 begin
// (docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli); the name
// goes on with a kernel version and the architecture.
const imageParameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-"

// bootstrapParameter is the parameter that `cdk bootstrap` makes, with any qualifier,
// and by whose value templates refuse an account that is bootstrapped too early
// (docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html). The lab's accounts are
// bootstrapped; the value is a version of 2025.
var bootstrapParameter = regexp.MustCompile(`^/cdk-bootstrap/[A-Za-z0-9_-]{1,10}/version$`)

const bootstrapVersion = "30"

// Parameter finds the value of a public SSM parameter: the latest image of
// Amazon Linux 2023, standard edition, or the version of the bootstrap stack.
func Parameter(_, name string) (any, error) {
	if bootstrapParameter.MatchString(name) {
		return bootstrapVersion, nil
	}
	if rest, ok := strings.CutPrefix(name, imageParameter); ok {
		for architecture, id := range images {
			if strings.HasSuffix(rest, "-"+architecture) {
				return id, nil
			}
		}
	}
	return nil, fmt.Errorf("SSM parameter %s is not known: the lab has images of Amazon Linux 2023 (%s…) and the version of the bootstrap stack alone", name, imageParameter)
}

// checkImage refuses images whose software the lab does not have.
func checkImage(id string) error {
	for _, known := range images {
		if id == known {
			return nil
		}
	}
	return fmt.Errorf("image %s is not known: the lab has Amazon Linux 2023 alone, by its SSM parameter", id)
}

// graviton are the instance types with an ARM processor: a g behind the
// generation (t4g, c6gn), or the first of them
// (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
var graviton = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)\.`)

// checkArchitecture refuses an instance type on whose processor the image does not run.
// Where no type is given it is m1.small.
func checkArchitecture(instanceType, image string) error {
	has := "x86_64"
	if graviton.MatchString(instanceType) {
		has = "arm64"
	}
	for architecture, id := range images {
		if id == image && architecture != has {
			return awserr.New("InvalidParameterValue", "The architecture '%s' of the specified instance type does not match the architecture '%s' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.", has, architecture)
		}
	}
	return nil
}
