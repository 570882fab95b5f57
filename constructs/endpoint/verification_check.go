package endpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/internal/template"
	"provenendpoints/proof"
)

// checkProving checks what can be said of how an endpoint is verified without asking
// CDK. An endpoint without security groups has nobody to admit.
func checkProving(proving *VerificationProps, guarded bool) error {
	errs := []error{
		checkCall(proving.Call),
		checkPoints("Verification.VantagePoints", proving.VantagePoints),
		checkItems("Verification.IsolatedSubnets", proving.IsolatedSubnets),
		checkItems("Verification.NetworkAcls", proving.NetworkAcls),
		proving.isolationProps().checkWanted("Verification."),
		checkTexts("Verification.Omit", proving.Omit),
		checkSources("Verification.AllowedSources", proving.AllowedSources),
		checkIsolation(proving),
	}
	if !guarded && len(proving.AllowedSources) > 0 {
		errs = append(errs, fmt.Errorf("Verification.AllowedSources: used only by endpoints with security groups, which this one has not, got %q", proving.AllowedSources))
	}
	return errors.Join(errs...)
}

// checkWanted refuses what says nothing among what is wanted in an isolated VPC. The fields
// are named after a prefix.
func (p IsolationProps) checkWanted(prefix string) error {
	return errors.Join(
		checkItems(prefix+"OtherEndpoints", p.OtherEndpoints),
		checkHostName(prefix+"OtherHost", p.OtherHost),
		checkTexts(prefix+"Ways", p.Ways),
		checkTexts(prefix+"Public", p.Public),
		checkTexts(prefix+"Zones", p.Zones),
	)
}

// checkTexts refuses empty texts.
func checkTexts(field string, texts []string) error {
	if slices.Contains(texts, "") {
		return fmt.Errorf("%s: must have no empty texts, got one", field)
	}
	return nil
}

// checkCall checks the call that proves the path.
func checkCall(call *Call) error {
	if call == nil {
		return nil
	}
	errs := []error{
		required("Verification.Call.Action", call.Action == ""),
		required("Verification.Call.Host", call.Host == ""),
		required("Verification.Call.Resource", call.Resource == ""),
	}
	if r := call.Resource; r != "" && r != "*" && !template.HasToken(r) && !strings.HasPrefix(r, "arn:") {
		errs = append(errs, fmt.Errorf("Verification.Call.Resource: must be an ARN or *, got %q", r))
	}
	if call.Action != "" && call.Host != "" {
		errs = append(errs, asField("Verification.Call.", "Call.", proof.Claim{ID: "Checked", Kind: proof.Allowed, From: "Checked", Host: "a.example", Call: call.atEndpoint()}.Validate()))
		errs = append(errs, checkHostName("Verification.Call.Host", call.Host))
	}
	return errors.Join(errs...)
}

// checkCallTo refuses a call of another service than the one that the endpoint leads to,
// where both are known: through the endpoint it would reach nobody, and the proof would
// fail after minutes. The service is the beginning of its default DNS name; names of
// buckets and the like may stand before it.
func checkCallTo(call *Call, service string) error {
	if call == nil || service == "" || strings.Contains(service, regionMark) {
		return nil
	}
	service = strings.TrimSuffix(service, "-fips")
	if strings.HasPrefix(call.Host, service+".") || strings.HasPrefix(call.Host, service+"-fips.") || strings.Contains(call.Host, "."+service+".") || strings.HasPrefix(call.Host, "${Token[") && !strings.Contains(call.Host, "}.") {
		return nil
	}
	return fmt.Errorf("Verification.Call.Host: must be a name of the service that the endpoint leads to (%s.…), got %q, for calls to %s", service, template.Readable(call.Host), call.Service)
}

// checkPoints refuses vantage points without a place.
func checkPoints(field string, points []verification.VantagePoint) error {
	var errs []error
	var names []string
	for i, point := range points {
		at := fmt.Sprintf("%s[%d]", field, i)
		if point.Subnet == nil {
			errs = append(errs, fmt.Errorf("%s.Subnet: required, got none: the point outside is added where a call is proved", at))
		}
		errs = append(errs, required(at+".Vpc", point.Vpc == nil), checkItems(at+".NetworkAcls", point.NetworkAcls))
		if !pointForm.MatchString(point.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must be 1 to %d letters and digits, got %q", at, verification.MaxPointName, point.Name))
		}
		if slices.Contains(names, point.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must differ from the others, got %q twice", at, point.Name))
		}
		if point.Name == verification.Outside {
			errs = append(errs, fmt.Errorf("%s.Name: must not be %s, which is the point that a call is denied from", at, verification.Outside))
		}
		names = append(names, point.Name)
	}
	return errors.Join(errs...)
}

// checkSet refuses a set of another stack: its verifier and probers are there.
func checkSet(stack awscdk.Stack, proving *VerificationProps) error {
	if proving.Set == nil {
		return nil
	}
	if other := known.Stack(proving.Set); other != stack {
		return fmt.Errorf("Verification.Set: must be made in the endpoint's stack %s, got %s of the stack %s", known.Path(stack), known.Path(proving.Set), known.Path(other))
	}
	return nil
}
