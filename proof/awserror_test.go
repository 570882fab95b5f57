package proof

import (
	"net/http"
	"strings"
	"testing"
)

// What the codes of AWS's answers say about permission: that there is none, or
// nothing at all, because it was never looked at. All others say that the call
// itself is wrong. The codes are those of the pages on common errors in the API
// references (docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html,
// …/AWSEC2/latest/APIReference/errors-overview.html,
// …/AmazonS3/latest/API/ErrorResponses.html), and those that AWS's own SDKs
// take for throttling.
func TestCodes(t *testing.T) {
	t.Parallel()
	judge := func(status int, code string) [2]State {
		seen := Observation{Outcome: OK, Status: status, Code: code}
		return [2]State{Judge(Claim{Kind: Allowed, Call: testCall}, Facts{}, seen).State, Judge(Claim{Kind: Denied, Call: testCall}, Facts{}, seen).State}
	}
	for _, test := range []struct {
		says            string
		allowed, denied State
		codes           string
	}{
		{"there is no permission", Refuted, Holds,
			"AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException NotAuthorized UnauthorizedOperation"},
		{"the signature was not accepted", Unproven, Unproven,
			"ExpiredToken ExpiredTokenException IncompleteSignature IncompleteSignatureException InvalidAccessKeyId InvalidClientTokenId " +
				"InvalidSignatureException InvalidToken AuthFailure AuthorizationHeaderMalformed MissingAuthenticationToken " +
				"MissingAuthenticationTokenException OptInRequired RequestExpired RequestTimeTooSkewed SignatureDoesNotMatch UnrecognizedClientException"},
		{"there were too many calls", Unproven, Unproven,
			"RequestLimitExceeded SlowDown Throttling ThrottlingException ThrottledException TooManyRequestsException RequestThrottled " +
				"RequestThrottledException PriorRequestNotComplete BandwidthLimitExceeded ProvisionedThroughputExceededException EC2ThrottledException"},
		{"the call is wrong", Refuted, Unproven, "NoSuchBucket ValidationError MalformedQueryString InvalidAction AccessDeniedForOtherReasons"},
	} {
		for code := range strings.FieldsSeq(test.codes) {
			for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, 499} {
				if got, want := judge(status, code), [2]State{test.allowed, test.denied}; got != want {
					t.Errorf("%d %s, which says that %s: allowed is %s and denied %s, want %s and %s", status, code, test.says, got[0], got[1], want[0], want[1])
				}
			}
			if got := judge(http.StatusServiceUnavailable, code); got != [2]State{Unproven, Unproven} {
				t.Errorf("503 %s: allowed is %s and denied %s, want both unproven", code, got[0], got[1])
			}
		}
	}
}
