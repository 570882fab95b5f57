package cfn

import (
	"encoding/json"
	"fmt"
	"regexp"
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

// contextError names the missing context of an assembly; nil if there is none. Zones are
// not among it: the lab has those ([Stack.fillZones]).
func contextError(dir string, missing []missingContext) error {
	var lines []string
	for _, m := range missing {
		if m.Provider != zonesProvider {
			lines = append(lines, "  "+m.example())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("assembly %s is not complete: `cdk synth` could not look these up without credentials, and its templates hold placeholders. Put them into cdk.context.json and synthesize again:\n%s", dir, strings.Join(lines, "\n"))
}

// missingContext is something that `cdk synth` needed to know from AWS and that is
// not in cdk.context.json. The template holds a placeholder instead.
type missingContext struct {
	Key      string         `json:"key"`
	Provider string         `json:"provider"`
	Props    map[string]any `json:"props"`
}

// example is an entry for cdk.context.json, whose value only the author knows.
func (m missingContext) example() string {
	key, err := json.Marshal(m.Key)
	if err != nil {
		key = []byte(m.Key)
	}
	return string(key) + ": …"
}
