package network

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// Sizes of VPCs and subnets
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
const (
	widestPrefix, narrowestPrefix = 16, 28
	maxZones                      = 6 // no Region has more
)

// check returns every reason why the network cannot be made.
func check(props *Props) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	vpc, err := parseCIDR("CIDR", props.CIDR)
	errs := []error{err}
	if props.Public == nil && props.Private == nil {
		errs = append(errs, errors.New("Public, Private: at least one subnet is required, got none"))
	}
	var others []netip.Prefix
	for _, subnet := range []struct {
		name  string
		props *Subnet
	}{{"Public", props.Public}, {"Private", props.Private}} {
		if subnet.props == nil {
			continue
		}
		block, err := parseCIDR(subnet.name+".CIDR", subnet.props.CIDR)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if vpc.IsValid() && (!vpc.Contains(block.Addr()) || block.Bits() < vpc.Bits()) {
			errs = append(errs, fmt.Errorf("%s.CIDR: must lie inside the VPC's %s, got %s", subnet.name, vpc, block))
		}
		for _, other := range others {
			if other.Overlaps(block) {
				errs = append(errs, fmt.Errorf("%s.CIDR: must not overlap %s, got %s", subnet.name, other, block))
			}
		}
		if z := subnet.props.Zone; z < 0 || z >= maxZones {
			errs = append(errs, fmt.Errorf("%s.Zone: must be 0 to %d, got %d", subnet.name, maxZones-1, z))
		}
		others = append(others, block)
	}
	return errors.Join(errs...)
}

// parseCIDR reads an IPv4 address range of a size that AWS allows.
func parseCIDR(name, text string) (netip.Prefix, error) {
	block, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("%s: must be an IPv4 CIDR block such as 10.0.0.0/16, got %q", name, text)
	case !block.Addr().Is4() || block.Bits() < widestPrefix || block.Bits() > narrowestPrefix:
		return netip.Prefix{}, fmt.Errorf("%s: must be an IPv4 CIDR block from /%d to /%d, got %q", name, widestPrefix, narrowestPrefix, text)
	case block.Masked() != block:
		return netip.Prefix{}, fmt.Errorf("%s: must start at the block's first address (%s), got %q", name, block.Masked(), text)
	}
	return block, nil
}

// zoneForm is what the name of an Availability Zone or a Local Zone looks like.
var zoneForm = regexp.MustCompile(`^[a-z]{2}(-[a-z0-9]+)+-[0-9]+[a-z]$|^[a-z]{2}(-[a-z0-9]+)+-[a-z]{3}-[0-9]+[a-z]$`)

// zoneOf is the n-th of the zones in the context.
func zoneOf(given any, n int) (string, error) {
	text, ok := given.(string)
	if !ok {
		return "", fmt.Errorf("context %s: must be names of Availability Zones with commas between them, got %v", ZonesContext, given)
	}
	zones := strings.Split(text, ",")
	for i, zone := range zones {
		if zones[i] = strings.TrimSpace(zone); !zoneForm.MatchString(zones[i]) {
			return "", fmt.Errorf("context %s: must be names of Availability Zones such as us-east-1b, got %q", ZonesContext, zone)
		}
	}
	if n >= len(zones) {
		return "", fmt.Errorf("context %s: must have %d zones at least, got %q", ZonesContext, n+1, text)
	}
	return zones[n], nil
}
