package endpoint

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"provenendpoints/internal/template"
	"provenendpoints/proof"
)

// Here is what texts of properties look like. A text with a token in it is not examined,
// and an empty one is left out: whether it may be is said elsewhere.

var (
	regionForm  = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	// Names of AWS's services have at least three parts, as in com.amazonaws.eu-west-1.kms
	// and aws.sagemaker.eu-west-1.notebook.
	serviceForm  = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+){2,}$`)
	hostNameForm = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

// checkForm refuses a text that does not match.
func checkForm(field, value string, form *regexp.Regexp, allowed string) error {
	if value == "" || template.HasToken(value) || form.MatchString(value) {
		return nil
	}
	return fmt.Errorf("%s: must be %s, got %q", field, allowed, value)
}

func checkRegion(field, region string) error {
	return checkForm(field, region, regionForm, "a Region such as eu-west-1")
}

// checkARN refuses what is no ARN of a kind, which is a part of it.
func checkARN(field, arn, kind, allowed string) error {
	if arn == "" || template.HasToken(arn) || strings.HasPrefix(arn, "arn:") && strings.Contains(arn, kind) {
		return nil
	}
	return fmt.Errorf("%s: must be the ARN of %s, got %q", field, allowed, arn)
}

// checkOneOf refuses a value that is none of those that there are: CDK would refuse it in
// words about its own serialization.
func checkOneOf[T ~string](field string, value T, allowed ...T) error {
	if value == "" || template.HasToken(string(value)) || slices.Contains(allowed, value) {
		return nil
	}
	texts := make([]string, len(allowed))
	for i, a := range allowed {
		texts[i] = string(a)
	}
	return fmt.Errorf("%s: must be one of %s, got %q", field, strings.Join(texts, ", "), value)
}

// checkIPTypes checks how an endpoint has addresses and names.
func checkIPTypes(prefix string, address ec2.VpcEndpointIpAddressType, records ec2.VpcEndpointDnsRecordIpType) error {
	return errors.Join(
		checkOneOf(prefix+"IpAddressType", address, ec2.VpcEndpointIpAddressType_IPV4, ec2.VpcEndpointIpAddressType_IPV6, ec2.VpcEndpointIpAddressType_DUALSTACK),
		checkOneOf(prefix+"DnsRecordIpType", records, ec2.VpcEndpointDnsRecordIpType_IPV4, ec2.VpcEndpointDnsRecordIpType_IPV6,
			ec2.VpcEndpointDnsRecordIpType_DUALSTACK, ec2.VpcEndpointDnsRecordIpType_SERVICE_DEFINED),
	)
}

// checkUnique refuses a text that is there twice.
func checkUnique(field string, texts []string) error {
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			return fmt.Errorf("%s: must differ from each other, got %q twice", field, text)
		}
	}
	return nil
}

// checkItems refuses lists of constructs with nothing in a place.
func checkItems[T any](field string, items []T) error {
	for i, item := range items {
		if isNil(item) {
			return required(fmt.Sprintf("%s[%d]", field, i), true)
		}
	}
	return nil
}

// isNil reports whether an interface holds nothing, or a nil pointer.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// The limits of tags
// (docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html).
const maxTagKey, maxTagValue = 128, 256

func checkTags(field string, tags map[string]string) error {
	var errs []error
	for _, key := range sortedKeys(tags) {
		if !template.HasToken(key) && (key == "" || len([]rune(key)) > maxTagKey || strings.HasPrefix(strings.ToLower(key), "aws:")) {
			errs = append(errs, fmt.Errorf("%s: must have keys of 1 to %d characters that do not begin with aws:, got %q", field, maxTagKey, key))
		}
		if value := tags[key]; !template.HasToken(value) && len([]rune(value)) > maxTagValue {
			errs = append(errs, fmt.Errorf("%s[%q]: must have at most %d characters, got %d", field, key, maxTagValue, len([]rune(value))))
		}
	}
	return errors.Join(errs...)
}

// checkHostName refuses what is neither a DNS name nor an address, in the words of claims.
func checkHostName(field, host string) error {
	if host == "" {
		return nil
	}
	return asField(field, "Host", proof.Claim{ID: "Checked", Kind: proof.Unreachable, From: "Checked", Host: host, Port: tlsPort}.Validate())
}

// checkSources refuses what no rule of a security group could name.
func checkSources(field string, sources []string) error {
	if len(sources) == 0 {
		return nil
	}
	return asField(field, "Sources", proof.Claim{ID: "Checked", Kind: proof.Guarded, Endpoint: "vpce-checked", Port: tlsPort, Sources: sources}.Validate())
}

// asField is the error of a claim as that of a property, whose name begins with the
// claim's field, or is it.
func asField(field, claimField string, err error) error {
	if err == nil {
		return nil
	}
	var errs []error
	for _, line := range strings.Split(err.Error(), "\n") {
		line = strings.TrimPrefix(line, "claim Checked: ")
		errs = append(errs, errors.New(field+strings.TrimPrefix(line, claimField)))
	}
	return errors.Join(errs...)
}
