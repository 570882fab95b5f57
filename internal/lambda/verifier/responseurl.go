package verifier

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/awsapi"
)

// responseBucket is the name of the bucket in which CloudFormation waits for
// answers, up to the Region, which follows without its dashes
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html).
// AWS owns these buckets. Others can begin with the same words, so the whole
// name must match.
const responseBucket = "cloudformation-custom-resource-response-"

// parseResponseURL reads a response URL and refuses all but https to
// CloudFormation's own bucket in the Region: whoever may invoke the function could
// otherwise have reports sent anywhere. CloudFormation sends requests to functions
// in the Region of the stack alone
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html, ServiceToken).
// Errors hold nothing of the URL but its scheme and host.
func parseResponseURL(target, region string) (*url.URL, error) {
	parsed, err := url.Parse(target)
	if err != nil || parsed.Host == "" {
		return nil, errors.New("the event's ResponseURL is not a URL with a host, so there is nowhere to send the answer")
	}
	bucket := responseBucket + strings.ReplaceAll(region, "-", "")
	host, path := strings.ToLower(parsed.Hostname()), parsed.EscapedPath()
	ours := false
	for _, endpoint := range s3Endpoints(region) {
		ours = ours || host == bucket+"."+endpoint || host == endpoint && strings.HasPrefix(path, "/"+bucket+"/")
	}
	if region == "" || parsed.Scheme != "https" || parsed.User != nil || parsed.Port() != "" && parsed.Port() != "443" || !ours {
		return nil, fmt.Errorf("the event's ResponseURL is not CloudFormation's: want https and the bucket %s, got %s and the host %s: nothing is sent there",
			bucket, shorten(parsed.Scheme, 20), shorten(parsed.Hostname(), 200))
	}
	return parsed, nil
}

// s3Endpoints are the names of S3 in the Region, with a dash as in old URLs too
// (docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html and
// docs.aws.amazon.com/general/latest/gr/s3.html).
func s3Endpoints(region string) []string {
	suffix := awsapi.DNSSuffix(region)
	return []string{
		"s3." + suffix, "s3." + region + "." + suffix, "s3-" + region + "." + suffix,
		"s3.dualstack." + region + "." + suffix, "s3-fips." + region + "." + suffix, "s3-fips.dualstack." + region + "." + suffix,
	}
}

// fieldForm matches a text field of an event, wherever it stands.
var fieldForm = regexp.MustCompile(`"(RequestType|ResponseURL|StackId|RequestId|LogicalResourceId|PhysicalResourceId|ResourceType)"\s*:\s*("(?:[^"\\]|\\.)*")`)

// salvage reads out of an event that is not valid JSON what an answer needs, as far
// as it is there. The first of several fields of the same name counts.
func salvage(payload []byte) (event cfn.Event) {
	fields := map[string]*string{
		"ResponseURL": &event.ResponseURL, "StackId": &event.StackID, "RequestId": &event.RequestID, "ResourceType": &event.ResourceType,
		"LogicalResourceId": &event.LogicalResourceID, "PhysicalResourceId": &event.PhysicalResourceID, "RequestType": (*string)(&event.RequestType),
	}
	for _, found := range fieldForm.FindAllSubmatch(payload, -1) {
		into := fields[string(found[1])]
		if *into == "" {
			*into = unquote(found[2])
		}
	}
	return event
}

// unquote reads a JSON string, and returns nothing for what is none.
func unquote(quoted []byte) (text string) {
	_ = json.Unmarshal(quoted, &text)
	return text
}
