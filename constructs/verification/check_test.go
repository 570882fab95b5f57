package verification

import (
	"strings"
	"testing"
	"time"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"provenendpoints/proof"
)

// vpc and subnet stand in for real ones. Only whether they are nil matters.
type (
	vpc    struct{ ec2.IVpc }
	subnet struct{ ec2.ISubnet }
)

func TestCheck(t *testing.T) {
	t.Parallel()
	claim := proof.Claim{ID: "Connects", Kind: proof.Connects, From: "Private", Host: "x.test"}
	private := VantagePoint{Name: "Private", Vpc: vpc{}, Subnet: subnet{}}
	tests := []struct {
		name   string
		change func(*Props)
		want   []string
	}{
		{"valid", func(*Props) {}, nil},
		{"facts alone", func(p *Props) {
			p.VantagePoints = nil
			p.Claims = []proof.Claim{{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: "vpce-1"}}
		}, nil},
		{"no subject", func(p *Props) { p.Subject = "" }, []string{"Subject: required, got none"}},
		{"no claims", func(p *Props) { p.Claims, p.VantagePoints = nil, nil }, []string{"Claims: must be a list of at least one claim, got none"}},
		{"a broken claim", func(p *Props) { p.Claims[0].Host = "" }, []string{"claim Connects: Host: required where Endpoint is not set"}},
		{"a claim twice", func(p *Props) { p.Claims = append(p.Claims, claim) }, []string{"claim Connects: Id: must differ from the others, got it twice"}},
		{"an unknown vantage point", func(p *Props) {
			p.Claims = append(p.Claims, proof.Claim{ID: "Other", Kind: proof.Connects, From: "Public", Host: "x.test"})
		}, []string{
			`claim Other: From: must be the name of a vantage point (Private), got "Public"`,
		}},
		{"an unused vantage point", func(p *Props) { p.VantagePoints = append(p.VantagePoints, VantagePoint{Name: "Public"}) }, []string{`VantagePoints[1].Name: no claim is measured from "Public"`}},
		{"a vantage point twice", func(p *Props) { p.VantagePoints = append(p.VantagePoints, private) }, []string{`VantagePoints[1].Name: must differ from the others, got "Private" twice`}},
		{"a vantage point with a bad name", func(p *Props) { p.VantagePoints[0].Name, p.Claims[0].From = "a b", "a b" }, []string{`VantagePoints: must have names of 1 to 32 letters and digits, got "a b"`}},
		{"a claim named as one about a prober", func(p *Props) { p.Claims[0].ID = "PrivatePlaced" }, []string{"claim PrivatePlaced: Id: must differ from the others, got it twice"}},
		{"a time limit over Lambda's", func(p *Props) { p.TimeLimit = 14 * time.Minute }, []string{"TimeLimit: must be whole seconds from 10s to 13m0s, got 14m0s"}},
		{"a time limit that is too short", func(p *Props) { p.TimeLimit = time.Second }, []string{"TimeLimit: must be whole seconds from 10s to 13m0s, got 1s"}},
		{"a time limit in fractions of a second", func(p *Props) { p.TimeLimit = 10500 * time.Millisecond }, []string{"TimeLimit: must be whole seconds from 10s to 13m0s, got 10.5s"}},
		{"an empty grant", func(p *Props) { p.Grant = &Grant{} }, []string{"Grant.Action: required, got none", "Grant.Resource: required, got none", "Grant.Endpoint: required, got none"}},
		{"a wide grant", func(p *Props) { p.Grant = &Grant{Action: "s3:*", Resource: "arn:x", Endpoint: "vpce-1"} }, []string{`Grant.Action: must be one action without wildcards, got "s3:*"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			props := &Props{Subject: "an endpoint", Claims: []proof.Claim{claim}, VantagePoints: []VantagePoint{private}}
			test.change(props)
			got := ""
			if err := check(props); err != nil {
				got = err.Error()
			}
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	if err := check(nil); err == nil || err.Error() != "props: required, got none" {
		t.Errorf("without props: %v", err)
	}
}

func TestCheckPointsWantsVpcAndSubnet(t *testing.T) {
	t.Parallel()
	claims := []proof.Claim{{ID: "A", From: "P"}}
	err := checkPoints([]VantagePoint{{Name: "P", Vpc: vpc{}}}, claims)
	if want := "VantagePoints[0]: must have both Vpc and Subnet, or neither to lie outside every VPC"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
