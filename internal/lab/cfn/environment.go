package cfn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// What an assembly says of the accounts and Regions of its stacks
// (docs.aws.amazon.com/cdk/v2/guide/environments.html), and what it could not know
// when it was synthesized (…/context.html).

// The parts of an environment that is open.
const (
	unknownAccount = "unknown-account"
	unknownRegion  = "unknown-region"
)

var (
	accountID  = regexp.MustCompile(`^[0-9]{12}$`)
	regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
)

// environment reads aws://ACCOUNT/REGION. What is open is empty.
func environment(text string) (account, region string, err error) {
	if text == "" {
		return "", "", nil
	}
	rest, ok := strings.CutPrefix(text, "aws://")
	account, region, both := strings.Cut(rest, "/")
	if !ok || !both {
		return "", "", fmt.Errorf("environment %q is not aws://ACCOUNT/REGION", text)
	}
	if account == unknownAccount {
		account = ""
	}
	if region == unknownRegion {
		region = ""
	}
	return account, region, CheckEnvironment(account, region)
}

// CheckEnvironment refuses what is not an account id or the name of a Region that
// the lab can be. Empty means open, which is neither.
func CheckEnvironment(account, region string) error {
	switch {
	case account != "" && !accountID.MatchString(account):
		return fmt.Errorf("account %q is not 12 digits", account)
	case region != "" && !regionName.MatchString(region):
		return fmt.Errorf("region %q is not the name of a Region, such as eu-west-1", region)
	case awsid.Partition(region) != "aws":
		return fmt.Errorf("region %q is in the partition %s; the lab has the partition aws alone", region, awsid.Partition(region))
	}
	return nil
}

// missingContext is something that `cdk synth` needed to know from AWS and that is
// not in cdk.context.json. The template holds a placeholder instead.
type missingContext struct {
	Key      string         `json:"key"`
	Provider string         `json:"provider"`
	Props    map[string]any `json:"props"`
}

// placeholderZone is what stands for a zone that `cdk synth` does not know.
const placeholderZone = "dummy1"

// contextError names the missing context of an assembly; nil if there is none. Zones
// that no template mentions are not missed: CDK looks them up for every VPC, also
// where its zones are given.
func contextError(dir string, missing []missingContext, stacks []Stack) error {
	missing = slices.DeleteFunc(slices.Clone(missing), func(m missingContext) bool {
		return m.Provider == "availability-zones" && !slices.ContainsFunc(stacks, func(s Stack) bool { return s.mentions(placeholderZone) })
	})
	if len(missing) == 0 {
		return nil
	}
	lines := []string{fmt.Sprintf("assembly %s is not complete: `cdk synth` could not look these up without credentials, and its templates hold placeholders. Put them into cdk.context.json and synthesize again:", dir)}
	for _, m := range missing {
		lines = append(lines, "  "+m.example())
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}

// mentions reports whether the stack's template or a nested one has a text in it.
func (s Stack) mentions(text string) bool {
	if bytes.Contains(s.Template, []byte(text)) {
		return true
	}
	for key, file := range s.Assets {
		if nested, err := os.ReadFile(file); strings.HasSuffix(key, ".json") && err == nil && bytes.Contains(nested, []byte(text)) {
			return true
		}
	}
	return false
}

// example is an entry for cdk.context.json. For zones it is one that the lab has;
// all else only the author knows.
func (m missingContext) example() string {
	value := "…"
	if region, _ := m.Props["region"].(string); m.Provider == "availability-zones" && region != "" {
		if text, err := json.Marshal(awsid.Zones(region)); err == nil {
			value = string(text)
		}
	}
	key, err := json.Marshal(m.Key)
	if err != nil {
		key = []byte(m.Key)
	}
	return string(key) + ": " + value
}
