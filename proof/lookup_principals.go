package proof

import (
	"errors"
	"slices"
)

// PrincipalsLookup finds who may connect to an endpoint service, by its id. None
// is an error too: EC2's word that nobody may cannot be told from an answer that
// was not read.
var PrincipalsLookup = newLookup[string, []string]("principals", NamedServices, "ec2:DescribeVpcEndpointServicePermissions")

// principals looks up who may connect to the endpoint service.
func (g *gatherer) principals(service string) []string {
	return look(g, PrincipalsLookup, "who may connect to "+service, service, func(principals []string) error {
		switch {
		case len(principals) == 0:
			return errors.New("none was described")
		case slices.Contains(principals, ""):
			return errors.New("one was described without its name")
		}
		return nil
	})
}
