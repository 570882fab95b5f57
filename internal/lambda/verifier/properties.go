package verifier

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/proof"
)

// The default of TimeLimit, and its upper bound in seconds: a Lambda function
// runs no longer (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const (
	defaultTimeLimit = 5 * time.Minute
	maxTimeLimit     = 900
)

// properties are those of a Custom::EndpointProof that the verifier reads.
// ServiceToken, ServiceTimeout, Watched and Run mean something to CloudFormation
// alone: a change of them makes it run the verification again.
type properties struct {
	// Subject says for people what is verified.
	Subject string
	// TimeLimit is how long claims may be tried again. Default: 5 minutes.
	TimeLimit time.Duration
	// VantagePoints are the probers' function ARNs by the name of the vantage point.
	VantagePoints map[string]string
	// Claims are what must be true. At least one. Property Count, if there is
	// one, says how many there must be, so that a claim which got lost on the way
	// into the template is noticed.
	Claims []proof.Claim
}

// decodeProperties reads the properties of a resource. Its error names every
// property that is wrong, its value and what is allowed.
func decodeProperties(raw map[string]any) (properties, error) {
	var p properties
	var errs [5]error
	p.Subject, errs[0] = decodeSubject(raw["Subject"])
	p.TimeLimit, errs[1] = decodeTimeLimit(raw["TimeLimit"])
	p.VantagePoints, errs[2] = decodeVantagePoints(raw["VantagePoints"])
	p.Claims, errs[3] = decodeClaims(raw["Claims"], p.VantagePoints)
	errs[4] = checkCount(raw["Count"], raw["Claims"])
	if err := errors.Join(errs[:]...); err != nil {
		return properties{}, errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return p, nil
}

func decodeSubject(raw any) (string, error) {
	switch v := raw.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", fmt.Errorf("property Subject is %s: it must be text", show(raw))
}

// decodeTimeLimit reads whole seconds. CloudFormation hands them over as a
// string; a number is accepted as well.
func decodeTimeLimit(raw any) (time.Duration, error) {
	var text string
	switch v := raw.(type) {
	case nil:
		return defaultTimeLimit, nil
	case string:
		text = v
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	seconds, err := strconv.Atoi(text)
	if err == nil && seconds >= 1 && seconds <= maxTimeLimit {
		return time.Duration(seconds) * time.Second, nil
	}
	return 0, fmt.Errorf("property TimeLimit is %s: it must be whole seconds from 1 to %d", show(raw), maxTimeLimit)
}

func decodeVantagePoints(raw any) (map[string]string, error) {
	if raw == nil {
		return nil, nil
	}
	const allowed = "it must be an object of names and function ARNs"
	object, ok := raw.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("property VantagePoints is %s: %s", show(raw), allowed)
	}
	points := make(map[string]string, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		arn, ok := object[name].(string)
		if !ok || arn == "" {
			return nil, fmt.Errorf("property VantagePoints.%s is %s: it must be the ARN of a function", name, show(object[name]))
		}
		points[name] = arn
	}
	return points, nil
}

func decodeClaims(raw any, points map[string]string) ([]proof.Claim, error) {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 {
		return nil, fmt.Errorf("property Claims is %s: it must be a list of at least one claim, since nothing claimed is nothing proved", show(raw))
	}
	var errs []error
	seen := make(map[string]bool, len(list))
	claims := make([]proof.Claim, 0, len(list))
	for i, item := range list {
		claim, err := decodeClaim(item)
		switch {
		case err != nil:
		case seen[claim.ID]:
			err = errors.New("Id is used twice: each claim must have one of its own")
		case claim.From != "" && points[claim.From] == "":
			err = fmt.Errorf("From is %q: it must be one of VantagePoints: %s", claim.From, listOf(points))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("property Claims[%d] (Id %s): %w", i, show(idOf(item)), err))
		}
		seen[claim.ID] = true
		claims = append(claims, claim)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return claims, fitsAnswer(claims)
}

// checkCount compares the number of claims with the one that was declared.
func checkCount(raw, claims any) error {
	if raw == nil {
		return nil
	}
	list, _ := claims.([]any)
	if fmt.Sprint(raw) != strconv.Itoa(len(list)) {
		return fmt.Errorf("property Count is %s and %d claims arrived: it must be their number; a claim was lost or added on the way", show(raw), len(list))
	}
	return nil
}

// decodeClaim is strict: a misspelled field would otherwise silently weaken
// the claim.
func decodeClaim(item any) (proof.Claim, error) {
	data, err := json.Marshal([]any{item})
	if err != nil {
		return proof.Claim{}, err
	}
	claims, err := proof.DecodeClaims(data)
	if err != nil {
		return proof.Claim{}, errors.New(strings.TrimPrefix(err.Error(), "claims: "))
	}
	return claims[0], nil
}

// fitsAnswer makes sure that every claim's attribute, and a little of its
// evidence, has room in the 4,096 bytes of an answer.
func fitsAnswer(claims []proof.Claim) error {
	const evidence = len(`"":"",`) + 24
	const room = maxAnswer - 1536 // for the ids of the answer, the report and the reason
	total := 0
	for _, claim := range claims {
		total += len(claim.ID) + evidence
	}
	if total > room {
		return fmt.Errorf("property Claims has %d claims: the answer to CloudFormation (at most %d bytes) has no room for their attributes; use shorter ids or two verifications", len(claims), maxAnswer)
	}
	return nil
}

// claimIDs finds the ids of the claims in properties that may be broken: outputs
// refer to their attributes, whatever happens.
func claimIDs(event cfn.Event) []string {
	list, _ := event.ResourceProperties["Claims"].([]any)
	var ids []string
	for _, item := range list {
		if id, ok := idOf(item).(string); ok && id != "" && id != attributeReport && id != attributeSummary {
			ids = append(ids, id)
		}
	}
	return ids
}

func idOf(claim any) any {
	object, _ := claim.(map[string]any)
	return object["Id"]
}

// show writes a value as JSON, shortened, for an error.
func show(value any) string {
	if value == nil {
		return "missing"
	}
	data, err := marshal(value)
	if err != nil {
		return fmt.Sprintf("a %T", value)
	}
	return shorten(string(data), 120)
}

func listOf(points map[string]string) string {
	if len(points) == 0 {
		return "there are none"
	}
	return strings.Join(slices.Sorted(maps.Keys(points)), ", ")
}
