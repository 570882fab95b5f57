package cfn

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// contextFile is where the toolkit keeps what it has looked up in an account, beside the
// assembly (docs.aws.amazon.com/cdk/v2/guide/context.html).
const contextFile = "cdk.context.json"

// ExistingVPC is a VPC that a stack uses and that exists before it, as Vpc.fromLookup has
// found it.
type ExistingVPC struct {
	ID      string
	CIDR    string
	Subnets []ExistingSubnet
	// Groups are the ids of security groups that were looked up in it.
	Groups []string
}

// ExistingSubnet is one of its subnets.
type ExistingSubnet struct {
	ID, CIDR, Zone, RouteTable string
	// Public subnets lead to an internet gateway, Private ones to a NAT gateway, others
	// nowhere.
	Public, Private bool
}

// lookedUp is an entry of the file: the value of a VPC.
type lookedUp struct {
	VPC    string `json:"vpcId"`
	CIDR   string `json:"vpcCidrBlock"`
	Groups []struct {
		Type    string
		Subnets []struct {
			ID    string `json:"subnetId"`
			CIDR  string `json:"cidr"`
			Zone  string `json:"availabilityZone"`
			Table string `json:"routeTableId"`
		}
	} `json:"subnetGroups"`
	SecurityGroup string `json:"securityGroupId"`
}

// The providers whose values are used.
const (
	vpcProvider   = "vpc-provider"
	groupProvider = "security-group"
)

// addExisting gives the stacks of the assembly in dir the VPCs that they name and that were
// looked up for them. Without the file there are none.
func addExisting(dir string, stacks []Stack) error {
	path := filepath.Join(filepath.Dir(filepath.Clean(dir)), contextFile)
	var entries map[string]any
	if err := readJSON(path, &entries); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for i := range stacks {
		s := &stacks[i]
		for _, provider := range []string{vpcProvider, groupProvider} { // groups are in VPCs
			for _, key := range sortedKeys(entries) {
				if !strings.HasPrefix(key, provider+":") {
					continue
				}
				if err := s.use(key, entries[key]); err != nil {
					return fmt.Errorf("%s: %s: %w", path, key, err)
				}
			}
		}
		for _, v := range s.Existing {
			s.Notes = append(s.Notes, fmt.Sprintf("stack %s uses %s, which exists as %s says", s.ID, v.ID, contextFile))
		}
	}
	return nil
}

// use takes over an entry of one of the providers if the template names what it is about. A key is
// PROVIDER:account=…:…:region=…:….
func (s *Stack) use(key string, value any) error {
	parts := strings.Split(key, ":")
	with := func(name, own string) bool {
		return own == "" || slices.Contains(parts, name+"="+own)
	}
	if !with("account", s.Account) || !with("region", s.Region) {
		return nil
	}
	var v lookedUp
	if err := decodeJSON([]byte(encodeJSON(value)), &v); err != nil {
		return err
	}
	if parts[0] == groupProvider {
		for i := range s.Existing {
			if slices.Contains(parts, "vpcId="+s.Existing[i].ID) && s.names(v.SecurityGroup) {
				s.Existing[i].Groups = append(s.Existing[i].Groups, v.SecurityGroup)
			}
		}
		return nil
	}
	out := ExistingVPC{ID: v.VPC, CIDR: v.CIDR}
	used := s.names(v.VPC)
	for _, g := range v.Groups {
		for _, n := range g.Subnets {
			used = used || s.names(n.ID) || s.names(n.Table)
			out.Subnets = append(out.Subnets, ExistingSubnet{ID: n.ID, CIDR: n.CIDR, Zone: n.Zone, RouteTable: n.Table, Public: g.Type == "Public", Private: g.Type == "Private"})
		}
	}
	if !used || slices.ContainsFunc(s.Existing, func(e ExistingVPC) bool { return e.ID == out.ID }) {
		return nil
	}
	if out.CIDR == "" || len(out.Subnets) == 0 {
		return errors.New("it has no vpcCidrBlock or no subnetGroups with subnets: look it up again with a newer CDK")
	}
	s.Existing = append(s.Existing, out)
	return nil
}

// names reports whether the template has an id.
func (s *Stack) names(id string) bool {
	return id != "" && bytes.Contains(s.Template, []byte(`"`+id+`"`))
}
