// Package declared says of each scenario of the application who shall reach whom:
// the oracle's matrix as it must be. The matrices stand in testdata, for people to
// read; go test ./internal/test/declared -update writes them. Which of their lines
// must not get less is said here.
package declared

import (
	"embed"
	"fmt"
	"regexp"
	"slices"

	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/test/assembled"
)

//go:embed testdata
var testdata embed.FS

// Of returns the declared matrix of a scenario.
func Of(stack string) (reach.Matrix, error) {
	text, err := testdata.ReadFile("testdata/" + stack + ".txt")
	if err != nil {
		return reach.Matrix{}, err
	}
	m, err := reach.Parse(string(text))
	if err != nil {
		return m, fmt.Errorf("declared matrix of %s: %w", stack, err)
	}
	return m, nil
}

// needs are the lines that must not get less, as expressions of their sentences
// (see [reach.Line]): what the patterns are for, and what keeps the probers able
// to reach what they then do not reach.
var needs = map[string][]string{
	assembled.GatewayEndpoint: {
		`anybody in NetworkPrivateSubnet (reaches service s3|resolves name s3\..*|calls s3:ListBucket on Bucket .*)`,
		`(instance Instance|function .*) reaches service s3`,
	},
	assembled.InterfaceEndpoint: {
		`anybody in Network(Public|Private)Subnet (reaches endpoint .*|resolves name of endpoint .*|resolves name cloudformation\..*|calls cloudformation:GetStackPolicy on the stack at .*)`,
	},
	assembled.InterfaceEndpointPrivateDNS: {
		`anybody in Network(Public|Private)Subnet (reaches endpoint .*|resolves name of endpoint .*|resolves name cloudformation\..*|calls cloudformation:GetStackPolicy on the stack .*)`,
	},
	assembled.EndpointService: {
		`anybody in MyVpcPublicSubnet (reaches endpoint .*|resolves name of endpoint .*|is served by .*)`,
		`anybody in CustomVpcPublicSubnet (reaches balancer .*|resolves name of balancer .*|is served by .*)`,
		`endpoint WebEndpoint is connected .*`,
	},
}

// everywhere are needs of all scenarios.
var everywhere = []string{
	`function .* may send anything to anywhere`,
}

// Must reports whether a line of a scenario must not get less.
func Must(stack string) func(reach.Line) bool {
	var all []func(reach.Line) bool
	for _, text := range append(slices.Clone(needs[stack]), everywhere...) {
		all = append(all, expression(text))
	}
	return func(l reach.Line) bool {
		return slices.ContainsFunc(all, func(one func(reach.Line) bool) bool { return one(l) })
	}
}

// expression reports whether a line's sentence matches from beginning to end.
func expression(text string) func(reach.Line) bool {
	r := regexp.MustCompile("^(?:" + text + ")$")
	return func(l reach.Line) bool { return r.MatchString(l.Who + " " + l.Verb + " " + l.What) }
}
