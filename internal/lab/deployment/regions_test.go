package deployment

import (
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
)

// In several Regions the names of things begin with the Region, and what is in both must
// be named with it.
func TestSurveyOfSeveralRegions(t *testing.T) {
	t.Parallel()
	l := New(Options{})
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	var stacks []cfn.Stack
	for _, region := range []string{"eu-west-1", "us-east-1"} {
		s := sample(t, "web")[0]
		s.ID, s.Region = region, region
		stacks = append(stacks, s)
	}
	results, err := l.Deploy(t.Context(), stacks)
	if err != nil || results[0].Failed() || results[1].Failed() {
		t.Fatal(err, results[0].Reason(), results[1].Reason())
	}
	l.Settle(t.Context(), results)
	for probe, want := range map[[2]string]string{
		{"internet", "us-east-1/Web:80"}:                   "the internet to instance us-east-1/Web on tcp 80: open",
		{"eu-west-1/Web", "Db:5432"}:                       "instance eu-west-1/Web to instance eu-west-1/Db on tcp 5432: open",
		{"internet", "example.com:80"}:                     "the internet to example.com on tcp 80: open",
		{"Web", "Db:5432"}:                                 `"Web" may be instance eu-west-1/Web or instance us-east-1/Web`,
		{"internet", "Web:80"}:                             `"Web" may be instance eu-west-1/Web or instance us-east-1/Web`,
		{"eu-west-1/Web", "us-east-1/Db:5432"}:             "in no Region: there is no subnet, instance",
		{"us-east-1/Web", "s3.us-east-1.amazonaws.com:80"}: "instance us-east-1/Web to s3.us-east-1.amazonaws.com on tcp 80: open",
	} {
		got := ""
		if probed, err := l.Survey().Probe(t.Context(), probe[0], probe[1]); err != nil {
			got = err.Error()
		} else {
			got = probed.String()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%v: %s, want %s", probe, got, want)
		}
	}
	if _, _, err := l.Survey().Place("Web"); err == nil || !strings.Contains(err.Error(), "may be instance eu-west-1/Web or") {
		t.Errorf("the place Web: %v", err)
	}
	m, err := l.Survey().Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range []string{"eu-west-1/", "us-east-1/"} {
		if !slices.ContainsFunc(m.Lines, func(line reach.Line) bool {
			return line.Who == "instance "+region+"Web" && line.What == "instance "+region+"Db" && slices.Contains(line.Can, "tcp 5432")
		}) {
			t.Errorf("the matrix does not have the Region %s: %v", region, m)
		}
	}
}
