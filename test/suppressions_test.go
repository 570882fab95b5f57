package test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/suppression"
	"provenendpoints/internal/test/assembled"
)

// suppressedRule is a rule of cdk-nag that does not apply to a resource.
type suppressedRule struct {
	path, rule, reason string
	appliesTo          []string
}

// suppressions are those in a stack's template.
func suppressions(t *testing.T, stack string) []suppressedRule {
	t.Helper()
	paths := logicalPaths(t, stack)
	data, err := os.ReadFile(filepath.Join(assembly, stack+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Metadata struct {
				Nag struct {
					Rules []struct {
						ID        string   `json:"id"`
						Reason    string   `json:"reason"`
						AppliesTo []string `json:"applies_to"`
					} `json:"rules_to_suppress"`
				} `json:"cdk_nag"`
			}
		}
	}
	if err := json.Unmarshal(data, &template); err != nil {
		t.Fatal(err)
	}
	var found []suppressedRule
	for id, resource := range template.Resources {
		for _, rule := range resource.Metadata.Nag.Rules {
			found = append(found, suppressedRule{paths[id], rule.ID, rule.Reason, rule.AppliesTo})
		}
	}
	return found
}

// logicalPaths are the paths of a stack's resources by logical id.
func logicalPaths(t *testing.T, stack string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(assembly, stack+".metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	var metadata map[string][]struct {
		Type string
		Data any
	}
	if err := json.Unmarshal(data, &metadata); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	for path, entries := range metadata {
		for _, entry := range entries {
			if id, ok := entry.Data.(string); ok && entry.Type == "aws:cdk:logicalId" {
				paths[id] = strings.TrimPrefix(path, "/")
			}
		}
	}
	return paths
}

// nagLine is a line of cdk-nag's report: what it thinks of a resource.
type nagLine struct{ rule, path, compliance, exception string }

func nagReport(t *testing.T, stack string) []nagLine {
	t.Helper()
	// Two hyphens: between them would be the name of a stage.
	file, err := os.Open(filepath.Join(assembly, "AwsSolutions--"+stack+"-NagReport.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []nagLine
	for _, record := range records[1:] {
		lines = append(lines, nagLine{record[0], record[1], record[2], record[3]})
	}
	return lines
}

// Each rule that is suppressed names a reason, and would find something.
func TestSuppressionsAreNeeded(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		report, used := nagReport(t, stack), map[nagLine]bool{}
		for _, s := range suppressions(t, stack) {
			if len(strings.Fields(s.reason)) < 5 {
				t.Errorf("%s: %s is suppressed for %q, want a reason of five words or more", s.path, s.rule, s.reason)
			}
			applied := false
			for _, line := range report {
				if line.path == s.path && s.covers(line) {
					applied, used[line] = true, true
				}
			}
			if !applied {
				t.Errorf("%s: %s finds nothing here to suppress", s.path, s.rule)
			}
		}
		for _, line := range report {
			if line.compliance == "Suppressed" && !used[line] {
				t.Errorf("%s: %s is suppressed by something that is not in the template", line.path, line.rule)
			}
		}
		if len(used) == 0 {
			t.Errorf("%s: nothing is suppressed: the test looks at nothing", stack)
		}
	}
}

// What has no resource of its own cannot have a rule suppressed by accident.
func TestSuppressionNeedsAResource(t *testing.T) {
	stack := awscdk.NewStack(testApp(t, nil), jsii.String("Stack"), nil)
	said := mustPanic(t, func() {
		suppression.Add(constructs.NewConstruct(stack, jsii.String("Empty")), suppression.UnknownCIDR)
	})
	if said != "suppression: Stack/Empty has no resource of its own" {
		t.Errorf("said %q", said)
	}
}

// covers reports whether the suppressedRule explains a line of the report. If it
// applies to some of a rule's findings only, the line has the finding in brackets
// before the reason.
func (s suppressedRule) covers(line nagLine) bool {
	finding, ok := strings.CutSuffix(line.exception, s.reason)
	switch {
	case !ok || line.compliance != "Suppressed":
		return false
	case s.rule == validationFailure:
		return true // the rule is the one that could not be checked
	case len(s.appliesTo) > 0:
		finding = strings.Trim(finding, "[] ")
		return line.rule == s.rule && slices.Contains(s.appliesTo, finding)
	}
	return line.rule == s.rule
}

// validationFailure is what cdk-nag calls a rule that could not be checked.
const validationFailure = "CdkNagValidationFailure"
