package verifier

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/contract"
)

// The address of the log is that of the partition's console.
func TestLogURL(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ region, group, want string }{
		{"ap-northeast-2", "Stack-Logs-1", "https://console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#logsV2:log-groups/log-group/Stack-Logs-1"},
		{"cn-north-1", "Stack-Logs-1", "https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#logsV2:log-groups/log-group/Stack-Logs-1"},
		{"us-gov-west-1", "/org/a b", "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#logsV2:log-groups/log-group/$252Forg$252Fa$2520b"},
		{"us-east-1", "", "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups"},
	} {
		if got := New(Options{Config: aws.Config{Region: test.region}, LogGroup: test.group}).logURL(); got != test.want {
			t.Errorf("%s, %q: got %s, want %s", test.region, test.group, got, test.want)
		}
	}
}

// However long the report is, the address of the log stays whole.
func TestLogURLIsWhole(t *testing.T) {
	t.Parallel()
	address := "https://console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#logsV2:log-groups/log-group/" + strings.Repeat("x", 200)
	data := map[string]string{contract.AttributeReport: strings.Repeat("line\n", 2000), contract.AttributeLog: address}
	for range 20 {
		data["Claim"+string(rune('A'+len(data)))] = strings.Repeat("seen ", 100)
	}
	body, err := answer{Data: data}.encode("full report: elsewhere")
	if err != nil || len(body) > contract.MaxResponse {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	var got answer
	if err := json.Unmarshal(body, &got); err != nil || got.Data[contract.AttributeLog] != address {
		t.Errorf("got %q, %v", got.Data[contract.AttributeLog], err)
	}
}
