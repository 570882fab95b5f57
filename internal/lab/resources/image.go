package resources

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// images are the first images whose software the lab has: Amazon Linux
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

// otherImages are the images of other software that parameters led to: their parameters'
// names by id. The ids follow from the names.
var otherImages sync.Map

// knownImage reports whether the lab has an image's software.
func knownImage(id string) bool { return releasedForm.MatchString(id) }

// imageName is an image as people know it: by the parameter that leads to it, or its id.
func imageName(id string) string {
	if name, ok := otherImages.Load(id); ok {
		return name.(string)
	}
	return id
}

// architectureOf finds the processor that an image is for. It reports false for an image
// that no parameter led to.
func architectureOf(image string) (string, bool) {
	for architecture, first := range images {
		if knownImage(image) && strings.HasSuffix(image, first[len(first)-4:]) {
			return architecture, true
		}
	}
	name, ok := otherImages.Load(image)
	switch {
	case !ok:
		return "", false
	case strings.Contains(name.(string), "arm64"), strings.Contains(name.(string), "aarch64"):
		return "arm64", true
	}
	return "x86_64", true
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

// imageParameters is how the SSM parameters begin that AWS publishes for images
// (docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html).
var imageParameters = regexp.MustCompile(`^/aws/service/(ami-|ecs/optimized-ami|eks/optimized-ami|bottlerocket|canonical|debian|marketplace|redhat|suse|deeplearning)`)

// Parameter finds the value of a public SSM parameter: the latest image of some
// software, or the version of the bootstrap stack.
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
	if imageParameters.MatchString(name) {
		id := awsid.EC2("ami-", name)
		otherImages.Store(id, name)
		return id, nil
	}
	return nil, fmt.Errorf("SSM parameter %s is not known: the lab has those of AWS's images and the version of the bootstrap stack alone", name)
}

// atLaunch begins an ImageId that names an SSM parameter, which EC2 reads when an
// instance is launched
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/finding-an-ami.html#using-systems-manager-parameter-to-find-AMI).
// The template stays the same when the parameter's value changes, and so does the
// instance. That CloudFormation hands it on is what CDK relies on
// (github.com/aws/aws-cdk/pull/26273, with an integration test).
const atLaunch = "resolve:ssm:"

// imageAtLaunch is the image that an ImageId stands for at this moment.
func (r *Resources) imageAtLaunch(id string) (string, error) {
	if name, byParameter := strings.CutPrefix(id, atLaunch); byParameter {
		value, err := r.Parameters.Value("", name)
		if err != nil {
			return "", err
		}
		id, _ = value.(string)
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
