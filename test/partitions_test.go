package test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/stacks"
)

// What belongs to a partition, and must not be in a template that others deploy, too: ARNs, and
// the suffix of names. Names of services as principals and as sources of events are the same everywhere.
var (
	ofOnePartition = regexp.MustCompile(`arn:aws[a-z-]*:|[a-z0-9.*-]+\.amazonaws\.com(\.cn)?|[a-z0-9.-]*(console\.aws|amazonaws\.cn|amazonaws-us-gov)[a-z0-9.-]*`)
	everywhere     = []string{
		"lambda.amazonaws.com", "events.amazonaws.com", "ec2.amazonaws.com", "scheduler.amazonaws.com", // principals
		"elasticloadbalancing.amazonaws.com", "iam.amazonaws.com", "route53.amazonaws.com", "route53resolver.amazonaws.com", "route53profiles.amazonaws.com", // sources of events
	}
)

// In China and in GovCloud the templates have the names of these partitions: of endpoint
// services, in ARNs and of hosts.
func TestPartitions(t *testing.T) {
	for region, want := range map[string]struct{ interfaces, services string }{
		"":               {"com.amazonaws.<AWS::Region>.cloudformation", "com.amazonaws.vpce."},
		"cn-north-1":     {"cn.com.amazonaws.cn-north-1.cloudformation", "cn.com.amazonaws.vpce."},
		"cn-northwest-1": {"cn.com.amazonaws.cn-northwest-1.cloudformation", "cn.com.amazonaws.vpce."},
		"us-gov-west-1":  {"com.amazonaws.us-gov-west-1.cloudformation", "com.amazonaws.vpce."},
	} {
		t.Run(region, func(t *testing.T) {
			more := map[string]any{stacks.ScheduleContext: "15m"}
			if region != "" {
				more[stacks.RegionContext] = region
			}
			app := testApp(t, more)
			stacks.New(app)
			app.Synth(nil)
			for _, stack := range assembled.Scenarios {
				tpl := loadFrom(t, *app.Outdir(), stack)
				for _, endpoint := range tpl.all("AWS::EC2::VPCEndpoint") {
					name := said(endpoint.Properties["ServiceName"])
					switch {
					case strings.HasSuffix(name, ".cloudformation"):
						if name != want.interfaces {
							t.Errorf("%s: the endpoint to %s, want %s", stack, name, want.interfaces)
						}
					case strings.Contains(name, "vpce"):
						if !strings.HasPrefix(name, want.services) {
							t.Errorf("%s: the endpoint to %s, want one of %s", stack, name, want.services)
						}
					case !strings.HasPrefix(name, "com.amazonaws.") || !strings.HasSuffix(name, ".s3"):
						// Gateway endpoints have the same names in China.
						t.Errorf("%s: an endpoint to %s", stack, name)
					}
				}
				data, err := json.Marshal(tpl.Resources)
				if err != nil {
					t.Fatal(err)
				}
				for _, found := range ofOnePartition.FindAllString(string(data)+text(tpl.one(t, contract.ResourceType, "", nil).Properties), -1) {
					if !slices.Contains(everywhere, found) && !strings.HasPrefix(found, "cn.com.amazonaws.") && !inPartition(region, found) {
						t.Errorf("%s has %s", stack, found)
					}
				}
			}
		})
	}
}

// inPartition reports whether a name is one of the partition of the Region, which is named.
func inPartition(region, name string) bool {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return strings.HasPrefix(name, "arn:aws-cn:") || strings.HasSuffix(name, ".amazonaws.com.cn")
	case strings.HasPrefix(region, "us-gov-"):
		return strings.HasPrefix(name, "arn:aws-us-gov:") || strings.HasSuffix(name, "."+region+".amazonaws.com")
	}
	return false
}

func TestBadRegion(t *testing.T) {
	said := mustPanic(t, func() { stacks.New(testApp(t, map[string]any{stacks.RegionContext: "China"})) })
	if want := `context region: must be a Region such as cn-north-1, got "China"`; !strings.Contains(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
}
