package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
	"provenendpoints/proof"
)

// claims decodes the claims of a stack as the verifier would, with references
// left as text.
func (tpl *template) claims(t testing.TB) []proof.Claim {
	t.Helper()
	var literal func(any) any
	literal = func(value any) any {
		switch v := value.(type) {
		case map[string]any:
			for key := range v {
				if key == "Ref" || strings.HasPrefix(key, "Fn::") {
					return "${Token[" + tpl.readable(v) + "]}"
				}
			}
			for key, inner := range v {
				v[key] = literal(inner)
			}
		case []any:
			for i, inner := range v {
				v[i] = literal(inner)
			}
		}
		return value
	}
	data, err := json.Marshal(literal(contract.ClaimsOf(tpl.proofOf(t).Properties)))
	if err != nil {
		t.Fatal(err)
	}
	claims, err := proof.DecodeClaims(data)
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// readable writes an intrinsic function for people.
func (tpl *template) readable(value any) string {
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Sprint(value)
	}
	if parts, ok := object["Fn::GetAtt"].([]any); ok {
		return tpl.called(parts[0].(string)) + "." + parts[1].(string)
	}
	if id, ok := object["Ref"].(string); ok {
		return tpl.called(id)
	}
	if join, ok := object["Fn::Join"].([]any); ok {
		var parts []string
		for _, part := range join[1].([]any) {
			parts = append(parts, tpl.readable(part))
		}
		return strings.Join(parts, join[0].(string))
	}
	if choice, ok := object["Fn::Select"].([]any); ok {
		return fmt.Sprintf("zone %v", choice[0])
	}
	return text(value)
}

// called is what a person calls a resource: its name, its address range, or its type.
func (tpl *template) called(id string) string {
	resource := tpl.Resources[id]
	if resource == nil {
		return strings.TrimPrefix(id, "AWS::")
	}
	if resource.Type == "AWS::EC2::Instance" {
		return resource.name()
	}
	if resource.Type == "AWS::EC2::Subnet" {
		return resource.Properties["CidrBlock"].(string)
	}
	return resource.Type[strings.LastIndex(resource.Type, ":")+1:]
}

// about writes a claim on one line.
func about(c proof.Claim) string {
	words := []string{c.ID + ":", c.From, string(c.Kind), c.Host, c.Endpoint, c.Zone, c.Answer, c.PrefixList, c.Scheme}
	for _, list := range [][]string{c.Ways, c.Public, c.Zones} {
		for _, item := range list {
			words = append(words, "but "+item)
		}
	}
	words = append(words, c.Hosts...)
	words = append(words, c.Service, c.TargetGroup, c.Stack, c.Balancer)
	for _, list := range []struct {
		preposition string
		values      []string
	}{{"on ", c.Listeners}, {"from ", c.Sources}, {"with ", c.Endpoints}} {
		for _, value := range list.values {
			words = append(words, list.preposition+value)
		}
	}
	words = append(words, c.Principals...)
	for _, subnet := range c.Subnets {
		words = append(words, "in "+subnet)
	}
	if c.Role != "" {
		words = append(words, "as", c.Role)
	}
	words = append(words, c.Action)
	if c.Call != nil {
		words = append(words, c.Call.Action)
	}
	if c.Port != 0 {
		words = append(words, fmt.Sprintf(":%d", int(c.Port)))
	}
	words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
	return strings.NewReplacer("${Token[", "", "]}", "").Replace(strings.Join(words, " "))
}

// What each scenario claims, in the words of the design.
func TestClaims(t *testing.T) {
	t.Parallel()
	scenario2 := func(from, zone, stack string, private bool) []string {
		claims := []string{
			from + "EndpointResolves: " + from + " resolves VPCEndpoint interfaces",
			from + "ZonalResolves: " + from + " resolves VPCEndpoint zone " + zone + " interfaces",
			from + "EndpointSecures: " + from + " secures VPCEndpoint :443",
			from + "EndpointCallAllowed: " + from + " allowed VPCEndpoint cloudformation:GetStackPolicy",
		}
		if private {
			return append(claims,
				from+"DefaultResolves: "+from+" resolves cloudformation.Region.URLSuffix VPCEndpoint interfaces",
				from+"DefaultCallAllowed: "+from+" allowed cloudformation.Region.URLSuffix cloudformation:GetStackPolicy")
		}
		claims = append(claims, from+"DefaultResolves: "+from+" resolves cloudformation.Region.URLSuffix VPCEndpoint public")
		if from == "Private" {
			claims = append(claims, from+"DefaultUnreachable: "+from+" unreachable cloudformation.Region.URLSuffix :443")
		}
		return claims
	}
	placed2 := []string{
		"PublicPlaced: Public placed in 10.0.0.0/24 as Role.Arn",
		"PublicUnfiltered: Public unfiltered in 10.0.0.0/24",
		"PrivatePlaced: Private placed in 10.0.1.0/24 as Role.Arn",
		"PrivateUnfiltered: Private unfiltered in 10.0.1.0/24",
		"OutsidePlaced: Outside placed as Role.Arn",
		"ProbersGranted: granted VPCEndpoint as Role.Arn cloudformation:GetStackPolicy",
		"VerifierTrusted: trusted as Role.Arn",
		"Last: last StackId",
	}
	facts2 := []string{
		"Unrouted: unrouted VPCEndpoint",
		"Guarded: guarded VPCEndpoint :443",
		"Sole: sole VPCEndpoint",
		"PrivateOtherUnreachable: Private unreachable sts.Region.URLSuffix :443",
		"Enclosed: enclosed but VPCEndpoint in 10.0.1.0/24",
		"Accounted: accounted with VPCEndpoint in 10.0.1.0/24",
		"Unaddressed: unaddressed in 10.0.1.0/24",
		"Unredirected: unredirected in 10.0.1.0/24",
		"Limited: limited VPCEndpoint",
		"OutsideDenied: Outside denied cloudformation.Region.URLSuffix cloudformation:GetStackPolicy",
	}
	for stack, want := range map[string][]string{
		assembled.GatewayEndpoint: {
			"PrivateResolves: Private resolves s3.Region.URLSuffix prefix-list com.amazonaws.Region.s3",
			"PrivateConnects: Private connects s3.Region.URLSuffix :443",
			"PrivateAnswers: Private answers s3.Region.URLSuffix https",
			"PrivateCallAllowed: Private allowed Bucket.s3.Region.URLSuffix s3:ListBucket",
			"Routed: routed VPCEndpoint com.amazonaws.Region.s3 in 10.0.1.0/24",
			"Sole: sole VPCEndpoint",
			"PrivateOtherUnreachable: Private unreachable sts.Region.URLSuffix :443",
			"Enclosed: enclosed but VPCEndpoint in 10.0.1.0/24",
			"Accounted: accounted with VPCEndpoint in 10.0.1.0/24",
			"Unaddressed: unaddressed in 10.0.1.0/24",
			"Unredirected: unredirected in 10.0.1.0/24",
			"Limited: limited VPCEndpoint",
			"OutsideDenied: Outside denied Bucket.s3.Region.URLSuffix s3:ListBucket",
			"PrivatePlaced: Private placed in 10.0.1.0/24 as Role.Arn",
			"PrivateUnfiltered: Private unfiltered in 10.0.1.0/24",
			"OutsidePlaced: Outside placed as Role.Arn",
			"ProbersGranted: granted VPCEndpoint as Role.Arn s3:ListBucket",
			"VerifierTrusted: trusted as Role.Arn",
			"Last: last StackId",
		},
		assembled.InterfaceEndpoint: slices.Concat(
			scenario2("Public", "0", assembled.InterfaceEndpoint, false),
			scenario2("Private", "1", assembled.InterfaceEndpoint, false), facts2,
			[]string{"PublicDefaultUnreachable: Public unreachable cloudformation.Region.URLSuffix :443"}, placed2),
		assembled.InterfaceEndpointPrivateDNS: slices.Concat(
			scenario2("Public", "0", assembled.InterfaceEndpointPrivateDNS, true),
			scenario2("Private", "1", assembled.InterfaceEndpointPrivateDNS, true), facts2, placed2),
		assembled.EndpointService: {
			"MyVpcResolves: MyVpc resolves VPCEndpoint interfaces",
			"MyVpcSpreads: MyVpc spreads VPCEndpoint http WEB1 WEB2 :80",
			"MyVpcWEB1Unreachable: MyVpc unreachable WEB1.PrivateIp :80",
			"MyVpcWEB2Unreachable: MyVpc unreachable WEB2.PrivateIp :80",
			"MyVpcBalancerUnreachable: MyVpc unreachable LoadBalancer.DNSName :80",
			"CustomVpcSpreads: CustomVpc spreads LoadBalancer.DNSName http WEB1 WEB2 :80",
			"Available: available VPCEndpoint VPCEndpointService",
			"Guarded: guarded VPCEndpoint :80",
			"Sole: sole VPCEndpoint",
			"MyVpcOtherUnreachable: MyVpc unreachable sts.Region.URLSuffix :443",
			"Enclosed: enclosed but VPCEndpoint but InternetGateway in 10.0.0.0/24",
			"Accounted: accounted but InternetGateway with VPCEndpoint in 10.0.0.0/24",
			"Unaddressed: unaddressed but VPCEndpointService in 10.0.0.0/24",
			"Unredirected: unredirected in 10.0.0.0/24",
			"CustomVpcOtherUnreachable: CustomVpc unreachable sts.Region.URLSuffix :443",
			"InsideEnclosed: enclosed but InternetGateway in 20.0.0.0/24",
			"InsideAccounted: accounted but InternetGateway in 20.0.0.0/24",
			"InsideUnaddressed: unaddressed but VPCEndpointService in 20.0.0.0/24",
			"InsideUnredirected: unredirected in 20.0.0.0/24",
			"Permitted: permitted VPCEndpointService arn:Partition:iam::AccountId:root",
			"Balanced: balanced LoadBalancer on TCP 80 TargetGroup from VPC from VPC",
			"Connected: connected VPCEndpointService LoadBalancer with VPCEndpoint",
			"Shielded: shielded WEB1 WEB2 TargetGroup LoadBalancer from SecurityGroup.GroupId",
			"Apart: apart LoadBalancer in 10.0.0.0/24",
			"Healthy: healthy WEB1 WEB2 TargetGroup",
			"MyVpcPlaced: MyVpc placed in 10.0.0.0/24 as Role.Arn",
			"MyVpcUnfiltered: MyVpc unfiltered in 10.0.0.0/24",
			"CustomVpcPlaced: CustomVpc placed in 20.0.0.0/24 as Role.Arn",
			"CustomVpcUnfiltered: CustomVpc unfiltered in 20.0.0.0/24",
			"ProbersGranted: granted as Role.Arn",
			"VerifierTrusted: trusted as Role.Arn",
			"Last: last StackId",
		},
	} {
		var got []string
		for _, claim := range load(t, stack).claims(t) {
			got = append(got, about(claim))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
		if count := load(t, stack).proofOf(t).Properties["Count"]; count != fmt.Sprint(len(want)) {
			t.Errorf("%s: Count is %v, want %d", stack, count, len(want))
		}
	}
}

// The policy that a claim carries is the endpoint's own, as JSON text.
func TestLimitedCarriesThePolicy(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{assembled.GatewayEndpoint, assembled.InterfaceEndpoint, assembled.InterfaceEndpointPrivateDNS} {
		template := load(t, stack)
		endpoint := template.one(t, "AWS::EC2::VPCEndpoint", "", nil)
		for _, claim := range template.proofOf(t).Properties["Claims"].([]any) {
			if object := claim.(map[string]any); object["Kind"] == string(proof.Limited) {
				var carried any
				if err := json.Unmarshal([]byte(template.readable(object["Policy"])), &carried); err != nil {
					t.Fatal(err)
				}
				if want := template.literal(endpoint.Properties["PolicyDocument"]); !equal(carried, want) {
					t.Errorf("%s: the claim says\n%s\nthe endpoint has\n%s", stack, text(carried), text(want))
				}
			}
		}
	}
}

// literal writes every intrinsic function inside a value for people.
func (tpl *template) literal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if written := tpl.readable(v); written != text(v) {
			return written
		}
		inner := map[string]any{}
		for key, value := range v {
			inner[key] = tpl.literal(value)
		}
		return inner
	case []any:
		inner := make([]any, len(v))
		for i, value := range v {
			inner[i] = tpl.literal(value)
		}
		return inner
	}
	return value
}

// CloudFormation hands scalars over as strings: then they had better be.
func TestProofScalarsAreStrings(t *testing.T) {
	t.Parallel()
	var check func(t *testing.T, path string, value any)
	check = func(t *testing.T, path string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				if key != "Fn::Select" { // its index is not handed over
					check(t, path+"."+key, inner)
				}
			}
		case []any:
			for _, inner := range v {
				check(t, path, inner)
			}
		case string:
		default:
			t.Errorf("%s is a %T", path, value)
		}
	}
	for _, stack := range assembled.Scenarios {
		check(t, stack, load(t, stack).proofOf(t).Properties)
	}
}

// Each output about a claim names one that exists, and the evidence of the
// mission's table is among them.
func TestOutputs(t *testing.T) {
	t.Parallel()
	for stack, evidence := range map[string]map[string]string{
		assembled.GatewayEndpoint: {"S3Name": "PrivateResolves", "OtherName": "PrivateOtherUnreachable"},
		assembled.InterfaceEndpoint: {
			"PublicDefaultName": "PublicDefaultResolves", "PublicEndpointName": "PublicEndpointResolves",
			"PrivateDefaultName": "PrivateDefaultResolves", "PrivateEndpointName": "PrivateEndpointResolves",
		},
		assembled.InterfaceEndpointPrivateDNS: {
			"PublicDefaultName": "PublicDefaultResolves", "PublicEndpointName": "PublicEndpointResolves",
			"PrivateDefaultName": "PrivateDefaultResolves", "PrivateEndpointName": "PrivateEndpointResolves",
		},
		assembled.EndpointService: {"EndpointName": "MyVpcResolves", "Spread": "MyVpcSpreads", "BalancerSpread": "CustomVpcSpreads"},
	} {
		template := load(t, stack)
		proof := template.proofOf(t).ID
		attributes := map[string]bool{"Report": true, "Summary": true, "Log": true}
		for _, claim := range template.claims(t) {
			attributes[claim.ID] = true
		}
		got := map[string]string{}
		for name, output := range template.Outputs {
			if output.Description == "" {
				t.Errorf("%s: the output %s says nothing about itself", stack, name)
			}
			if value, ok := output.Value.(map[string]any); ok && templates.Target(value) == proof {
				got[name] = value["Fn::GetAtt"].([]any)[1].(string)
				if !attributes[got[name]] {
					t.Errorf("%s: the output %s shows %s, which the proof does not have", stack, name, got[name])
				}
			}
		}
		evidence["Report"], evidence["Summary"], evidence["Log"] = "Report", "Summary", "Log"
		if diff := cmp.Diff(evidence, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
		if template.Description == "" {
			t.Errorf("%s has no description", stack)
		}
	}
}
