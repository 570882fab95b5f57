package resources

import (
	"fmt"
	"regexp"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// images are the first images that the lab's instances can be made of: Amazon Linux
// 2023, whose standard commands lab/machine/commands has. The ids are made up.
var images = map[string]string{
	"arm64":  "ami-0a12023000000arm6",
	"x86_64": "ami-0a12023000000x866",
}

// released is the id of an image after a number of further releases.
func released(first string, release int) string {
	return fmt.Sprintf("ami-0a12023%06d%s", release, first[len(first)-4:])
}

// releasedForm is what released returns.
var releasedForm = regexp.MustCompile(`^ami-0a12023[0-9]{6}(arm6|x866)$`)

// architectureOf finds the processor that an image is for.
func architectureOf(image string) (string, bool) {
	for architecture, first := range images {
		if releasedForm.MatchString(image) && strings.HasSuffix(image, first[len(first)-4:]) {
			return architecture, true
		}
	}
	return "", false
}

// ReleaseImages makes new images the latest ones, as AWS does every two weeks
// (docs.aws.amazon.com/linux/al2023/ug/release-cadence.html). The older ones stay.
func (r *Resources) ReleaseImages() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.imageRelease++
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
func (r *Resources) Parameter(_, name string) (any, error) {
	if bootstrapParameter.MatchString(name) {
		return bootstrapVersion, nil
	}
	if rest, ok := strings.CutPrefix(name, imageParameter); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		for architecture, first := range images {
			if strings.HasSuffix(rest, "-"+architecture) {
				return released(first, r.imageRelease), nil
			}
		}
	}
	return nil, fmt.Errorf("SSM parameter %s is not known: the lab has images of Amazon Linux 2023 (%s…) and the version of the bootstrap stack alone", name, imageParameter)
}

// atLaunch begins an ImageId that names an SSM parameter, which EC2 reads when an
// instance is launched
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/finding-an-ami.html#using-systems-manager-parameter-to-find-AMI).
// The template stays the same when the parameter's value changes, and so does the
// instance. That CloudFormation hands it on is what CDK relies on
// (github.com/aws/aws-cdk/pull/26273, with an integration test).
const atLaunch = "resolve:ssm:"

// imageAtLaunch is the image that an ImageId stands for at this moment. It refuses
// images whose software the lab does not have.
func (r *Resources) imageAtLaunch(id string) (string, error) {
	if name, byParameter := strings.CutPrefix(id, atLaunch); byParameter {
		value, err := r.Parameters.Value("", name)
		if err != nil {
			return "", err
		}
		id, _ = value.(string)
	}
	if _, known := architectureOf(id); !known {
		return "", fmt.Errorf("image %s is not known: the lab has Amazon Linux 2023 alone, by its SSM parameter", id)
	}
	return id, nil
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
	if architecture, known := architectureOf(image); known && architecture != has {
		return awserr.New("InvalidParameterValue", "The architecture '%s' of the specified instance type does not match the architecture '%s' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.", has, architecture)
	}
	return nil
}
