package endpoint

import (
	"strings"
	"testing"
)

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCheckZones(t *testing.T) {
	t.Parallel()
	a := location{"Stack/A", "vpc", `"zone-a"`}
	b := location{"Stack/B", "vpc", `"zone-b"`}
	b2 := location{"Stack/B2", "vpc", `"zone-b"`}
	wantError(t, checkZones([]location{a, b}), "")
	wantError(t, checkZones([]location{a, b, b2}), `Subnets: must lie in different Availability Zones, got Stack/B and Stack/B2 both in "zone-b"`)
}

func TestCheckVpc(t *testing.T) {
	t.Parallel()
	at := []location{{"Stack/A", "mine", ""}, {"Stack/Imported", "", ""}}
	wantError(t, checkVpc(at, "mine"), "")
	wantError(t, checkVpc(at, "other"), "Subnets: must lie in the endpoint's VPC other, got Stack/A of the VPC mine")
}

func TestCheckZonesWithin(t *testing.T) {
	t.Parallel()
	at := []location{{"Stack/A", "vpc", "zone-a"}}
	wantError(t, checkZonesWithin(at, nil), "")
	wantError(t, checkZonesWithin(at, []string{"zone-b", "zone-a"}), "")
	wantError(t, checkZonesWithin(at, []string{"zone-b"}), "Consumer.Subnets: must lie in Availability Zones of the load balancer (zone-b), got Stack/A in zone-a")
}

func TestCheckAny(t *testing.T) {
	t.Parallel()
	wantError(t, checkAny(nil), "Subnets: at least one is required, got none")
	wantError(t, checkAny([]location{{}}), "")
}

func TestCheckPrincipals(t *testing.T) {
	t.Parallel()
	wantError(t, checkPrincipals([]any{"*", map[string]any{"AWS": "*"}}), "")
	wantError(t, checkPrincipals([]any{"*", map[string]any{"AWS": "arn:aws:iam::1:root"}, nil}),
		`Policy[1]: a gateway endpoint's statements must have the principal "*" (narrow them with aws:PrincipalArn), got {"AWS":"arn:aws:iam::1:root"}`+"\n"+
			`Policy[2]: a gateway endpoint's statements must have the principal "*" (narrow them with aws:PrincipalArn), got null`)
}

func TestCheckPolicySize(t *testing.T) {
	t.Parallel()
	// The quotation marks of a JSON text count.
	wantError(t, checkPolicySize(strings.Repeat("x", maxPolicySize-2)), "")
	wantError(t, checkPolicySize(strings.Repeat("x", maxPolicySize-1)), "Policy: must have at most 20480 characters, got 20481")
}

func TestCheckAcceptance(t *testing.T) {
	t.Parallel()
	wantError(t, checkAcceptance(true, false), "")
	wantError(t, checkAcceptance(false, true), "")
	wantError(t, checkAcceptance(true, true), "AcceptanceRequired: must be false where the Consumer is verified, got true: nobody can accept its connection in time; disable the verification, or make the endpoint in another stack")
}

func TestCheckPort(t *testing.T) {
	t.Parallel()
	wantError(t, checkPort("Port", 0), "") // the default
	wantError(t, checkPort("Port", 65536), "Port: must be 1 to 65535, got 65536")
	wantError(t, checkPort("Port", -1), "Port: must be 1 to 65535, got -1")
}

func TestCheckForService(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	const inbound = "ONLY_INBOUND_RESOLVER"
	own := serviceTraits{aws: true, privateDNS: true, name: "com.amazonaws.REGION.cloudformation"}
	foreign := serviceTraits{name: "com.amazonaws.vpce.REGION.vpce-svc-1"}
	wantError(t, checkForService(&InterfaceProps{PrivateDnsEnabled: &yes}, own), "")
	wantError(t, checkForService(&InterfaceProps{PrivateDnsEnabled: &no}, foreign), "")
	wantError(t, checkForService(&InterfaceProps{PrivateDnsEnabled: &yes}, foreign), "") // a partner's private name
	wantError(t, checkForService(&InterfaceProps{PrivateDnsEnabled: &yes, PrivateDnsOnlyForInboundResolverEndpoint: inbound}, own), "")
	wantError(t, checkForService(&InterfaceProps{PrivateDnsEnabled: &no, PrivateDnsOnlyForInboundResolverEndpoint: inbound}, own),
		"PrivateDnsOnlyForInboundResolverEndpoint: used only where PrivateDnsEnabled is true, got ONLY_INBOUND_RESOLVER")
	wantError(t, checkForService(&InterfaceProps{Verification: &VerificationProps{Call: &Call{}}}, foreign),
		"Verification.Call: must be empty for a service that is not AWS's own, got one for com.amazonaws.vpce.REGION.vpce-svc-1")
}

func TestCheckCall(t *testing.T) {
	t.Parallel()
	wantError(t, checkCall(nil), "")
	wantError(t, checkCall(&Call{}),
		"Verification.Call.Action: required, got none\nVerification.Call.Host: required, got none\nVerification.Call.Resource: required, got none")
}

func TestNames(t *testing.T) {
	t.Parallel()
	region := map[string]any{"Ref": "AWS::Region"}
	join := func(parts ...any) any { return map[string]any{"Fn::Join": []any{"", parts}} }
	tests := []struct {
		resolved    any
		name, short string
		aws         bool
	}{
		{"com.amazonaws.eu-central-1.s3", "com.amazonaws.eu-central-1.s3", "s3", true},
		{join("com.amazonaws.", region, ".ecr.api"), "com.amazonaws.REGION.ecr.api", "ecr.api", true},
		{map[string]any{"Fn::Join": []any{".", []any{"com.amazonaws.vpce", region, map[string]any{"Ref": "Service"}}}}, "com.amazonaws.vpce.REGION.REGION", "REGION.REGION", false},
		{"com.amazonaws.vpce.eu-central-1.vpce-svc-0123", "com.amazonaws.vpce.eu-central-1.vpce-svc-0123", "eu-central-1.vpce-svc-0123", false},
		{map[string]any{"Ref": "Parameter"}, "REGION", "", true},
		{"cn.com.amazonaws.cn-north-1.sts", "cn.com.amazonaws.cn-north-1.sts", "sts", true},
		{"short", "short", "", true},
	}
	for _, test := range tests {
		if got := readableName(test.resolved); got != test.name {
			t.Errorf("readableName(%v) = %q, want %q", test.resolved, got, test.name)
		}
		if got := shortName(test.resolved); got != test.short {
			t.Errorf("shortName(%v) = %q, want %q", test.resolved, got, test.short)
		}
		if got := isAWS(test.name); got != test.aws {
			t.Errorf("isAWS(%q) = %t, want %t", test.name, got, test.aws)
		}
	}
}

func TestPointName(t *testing.T) {
	t.Parallel()
	if got := pointName("Private-Subnet_1"); got != "PrivateSubnet1" {
		t.Errorf("got %q", got)
	}
}
