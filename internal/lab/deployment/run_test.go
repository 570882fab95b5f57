package deployment

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
)

// sample is the stack of an assembly of package labtest.
func sample(t *testing.T, name string) []cfn.Stack {
	t.Helper()
	a, err := cfn.ReadAssembly("../../../labtest/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return a.Stacks
}

func TestRunProbesAfterTheLastUpdate(t *testing.T) {
	t.Parallel()
	probes := []Probe{
		{From: "internet", To: "Web:80"}, {From: "internet", To: "Web:80", Not: true},
		{From: "Web", To: "Db:5432"}, {From: "nobody", To: "Db:5432"},
	}
	first := Run(t.Context(), sample(t, "web"), Options{Settle: true, Probes: probes})
	updated := Run(t.Context(), sample(t, "web"), Options{Settle: true, Probes: probes, Then: [][]cfn.Stack{sample(t, "closed"), sample(t, "closed")}, Matrix: true})
	for name, test := range map[string]struct {
		r    Result
		want []bool
	}{"first": {first, []bool{true, false, true, false}}, "updated": {updated, []bool{false, true, true, false}}} {
		var got []bool
		for _, p := range test.r.Probed {
			got = append(got, p.OK())
		}
		if !slices.Equal(got, test.want) || test.r.Left != nil || test.r.Failed() > 0 {
			t.Errorf("%s: probes %v, want %v; left %v: %v", name, got, test.want, test.r.Left, test.r.Probed)
		}
	}
	if got := updated.Probed[0].String(); !strings.Contains(got, "the internet to instance Web on tcp 80: filtered: the rules of the security group WebGroup (sg-") {
		t.Errorf("the probe says %q", got)
	}
	if got := updated.Probed[3].String(); !strings.HasPrefix(got, `nobody Db:5432: there is no subnet, instance or function "nobody"`) {
		t.Errorf("the probe says %q", got)
	}
	var states []string
	for _, s := range updated.Stacks {
		states = append(states, fmt.Sprintf("%s %t %t %t", s.Outcome.Status, s.Update, s.Unchanged, len(s.Deletion) > 0))
	}
	if want := []string{"CREATE_COMPLETE false false false", "UPDATE_COMPLETE true false false", "UPDATE_COMPLETE true true true"}; !slices.Equal(states, want) {
		t.Errorf("got %q, want %q", states, want)
	}
	if updated.Matrix == nil || !slices.ContainsFunc(updated.Matrix.Lines, func(l reach.Line) bool {
		return l.Who == "instance Web" && l.What == "instance Db" && slices.Contains(l.Can, "tcp 5432")
	}) {
		t.Errorf("the matrix is %v", updated.Matrix)
	}
}

// userData replaces the script of an instance in the sample.
func userData(t *testing.T, instance, script string) []cfn.Stack {
	t.Helper()
	s := sample(t, "web")[0]
	before, after, ok := strings.Cut(string(s.Template), `"`+instance+`": {`)
	_, end, found := strings.Cut(after, `"UserData": {`)
	_, rest, closed := strings.Cut(end, "}")
	if !ok || !found || !closed {
		t.Fatal("the sample has another form")
	}
	head, _, _ := strings.Cut(after, `"UserData": {`)
	s.Template = []byte(before + `"` + instance + `": {` + head + `"UserData": "` + base64.StdEncoding.EncodeToString([]byte(script)) + `"` + rest)
	return []cfn.Stack{s}
}

func TestSettleReportsUserData(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script, warning, console string
	}{
		"failed":     {"#!/bin/bash\nsleep 300\necho about to fail\nexit 3\n", "failed: exit status 3", "about to fail"},
		"late":       {"#!/bin/bash\nsleep 300\necho late\n", "", "late"},
		"still runs": {"#!/bin/bash\necho begun\nsleep 100000\n", "", "begun"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Run(t.Context(), userData(t, "Web", test.script), Options{Settle: true})
			s := r.Stacks[0]
			if !r.OK() {
				t.Fatal(s.Reason(), r.Left)
			}
			if got := strings.Join(s.Warnings, "\n"); (got == "") != (test.warning == "") || !strings.Contains(got, test.warning) || (len(r.Warned()) > 0) != (test.warning != "") {
				t.Errorf("warnings %q, want %q", got, test.warning)
			}
			i := slices.IndexFunc(s.Boots, func(b Boot) bool { return strings.HasPrefix(b.Name, "Web (i-") })
			if i < 0 || !strings.Contains(s.Boots[i].Console, test.console) || StillRuns(s.Boots[i]) != (name == "still runs") {
				t.Errorf("boots %+v", s.Boots)
			}
		})
	}
}

func TestSettleReportsTargetsThatAreNotHealthy(t *testing.T) {
	t.Parallel()
	s := sample(t, "web")[0]
	s.Template = []byte(strings.Replace(string(s.Template), `"Resources": {`, `"Resources": {
		"Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Type": "network", "Scheme": "internal", "Subnets": [{"Ref": "PublicSubnet"}]}},
		"Group": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Protocol": "TCP", "Port": 81, "VpcId": {"Ref": "Vpc"}, "TargetType": "instance", "Targets": [{"Id": {"Ref": "Web"}}]}},
		"Listener": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80, "Protocol": "TCP",
			"DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}]}},`, 1))
	mended := s
	mended.Template = []byte(strings.Replace(string(s.Template), `"FromPort": 80,`, `"FromPort": 80, "Description": "and of the balancer",`, 1))
	mended.Template = []byte(strings.Replace(string(mended.Template), `"ToPort": 80,`, `"ToPort": 81,`, 1))
	mended.Template = []byte(strings.ReplaceAll(string(mended.Template), `"Targets": [{"Id": {"Ref": "Web"}}]`, `"Targets": [{"Id": {"Ref": "Web"}, "Port": 80}]`))
	probes := []Probe{{From: "subnet:Public", To: "Balancer:80"}, {From: "subnet:Public", To: "Balancer:443", Not: true}}
	r := Run(t.Context(), []cfn.Stack{s}, Options{Settle: true, Probes: probes})
	if !r.OK() {
		t.Fatal(r.Stacks[0].Reason(), r.Left)
	}
	got := strings.Join(r.Stacks[0].Warnings, "\n")
	if !strings.HasPrefix(got, "the target Web (i-") || !strings.Contains(got, ") of Group is unhealthy: ") {
		t.Errorf("warnings %q", got)
	}
	if r.Probed[0].OK() || r.Missed() != 1 {
		t.Errorf("the probe says %s", r.Probed[0])
	}
	if got := r.Probed[1].String(); !strings.Contains(got, "has no listener on TCP 443") {
		t.Errorf("the probe says %s", got)
	}
	// What an update mends is waited for, and warned of no more.
	r = Run(t.Context(), []cfn.Stack{s}, Options{Settle: true, Probes: probes, Then: [][]cfn.Stack{{mended}}})
	if !r.OK() || len(r.Stacks[0].Warnings) == 0 || len(r.Stacks[1].Warnings) > 0 || len(r.Warned()) > 0 || !r.Probed[0].OK() {
		t.Errorf("after an update: %s %v, warnings %q, then %q; %s", r.Stacks[1].Reason(), r.Left, r.Stacks[0].Warnings, r.Stacks[1].Warnings, r.Probed[0])
	}
}

// The instances of an Auto Scaling group are named after it, one after the other, and
// those of a nested stack after that.
func TestInstancesThatAreNoResources(t *testing.T) {
	t.Parallel()
	s := sample(t, "web")[0]
	script := base64.StdEncoding.EncodeToString([]byte("#!/bin/bash\npython3 -m http.server 80 &\n"))
	s.Template = []byte(strings.Replace(string(s.Template), `"Resources": {`, `"Resources": {
		"Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"InstanceType": "t4g.micro",
			"ImageId": "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}}",
			"SecurityGroupIds": [{"Fn::GetAtt": ["WebGroup", "GroupId"]}], "UserData": "`+script+`"}}},
		"Fleet": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"MinSize": "2", "MaxSize": "2", "VPCZoneIdentifier": [{"Ref": "PrivateSubnet"}],
			"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}}}},`, 1))
	nested := filepath.Join(t.TempDir(), "nested.json")
	if err := os.WriteFile(nested, s.Template, 0o600); err != nil {
		t.Fatal(err)
	}
	parent := cfn.Stack{ID: "Parent", Name: "Parent", Assets: map[string]string{"nested.json": nested}, Template: []byte(`{"Resources": {
		"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3.ap-northeast-2.amazonaws.com/assets/nested.json"}}}}`)}
	for name, test := range map[string]struct {
		stack  cfn.Stack
		prefix string
	}{"of a group": {s, ""}, "of a nested stack": {parent, "Inner/"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Run(t.Context(), []cfn.Stack{test.stack}, Options{Settle: true, Probes: []Probe{
				{From: "subnet:Public", To: test.prefix + "Fleet/1:80"}, {From: "instance:" + test.prefix + "Fleet/2", To: test.prefix + "Web:80"},
				{From: "subnet:Public", To: test.prefix + "Fleet/3:80"},
			}})
			if !r.OK() {
				t.Fatal(r.Stacks[0].Reason(), r.Left)
			}
			if len(r.Stacks[0].Boots) != 4 || !r.Probed[0].OK() || !r.Probed[1].OK() || r.Probed[2].Err == nil {
				t.Errorf("%d boots, probes %v", len(r.Stacks[0].Boots), r.Probed)
			}
		})
	}
}

// What is complete and answers late is waited for, however late the seed has it.
func TestSettleWaitsForWhatAnswersLate(t *testing.T) {
	t.Parallel()
	s := userData(t, "Db", "#!/bin/bash\necho up\n")[0]
	s.Template = []byte(strings.Replace(string(s.Template), `"Resources": {`, `"Resources": {
		"Open": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "x", "VpcId": {"Ref": "Vpc"}, "SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}]}},
		"Queue": {"Type": "AWS::EC2::VPCEndpoint", "DependsOn": ["Web", "Db", "WebProfile"], "Properties": {"VpcId": {"Ref": "Vpc"}, "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.sqs"},
			"VpcEndpointType": "Interface", "SubnetIds": [{"Ref": "PrivateSubnet"}], "SecurityGroupIds": [{"Fn::GetAtt": ["Open", "GroupId"]}]}},`, 1))
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := Run(t.Context(), []cfn.Stack{s}, Options{Seed: seed, Settle: true, Probes: []Probe{{From: "Private", To: "Queue:443"}}})
			if !r.OK() || !r.Probed[0].OK() {
				t.Error(r.Stacks[0].Reason(), r.Left, r.Probed)
			}
		})
	}
}
