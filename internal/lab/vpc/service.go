package vpc

import (
	"net/netip"
	"slices"
)

// ServiceConfig describes an AWS service of the Region.
type ServiceConfig struct {
	// Name is the service's name for endpoints, such as
	// com.amazonaws.ap-northeast-2.s3. Required.
	Name string
	// Addrs are its public addresses. Required.
	Addrs []netip.Addr
	// DefaultNames are its public DNS names; a first label of * stands for any.
	DefaultNames []string
	// PrefixList is the AWS-managed prefix list that gateway endpoints use. It
	// is created with the service. Default: none, and no gateway endpoints.
	PrefixList *PrefixList
	// Interface says that interface endpoints to the service can be created.
	Interface bool
	// PrivateDNSNames are the names that private DNS takes over for an
	// interface endpoint. Default: DefaultNames.
	PrivateDNSNames []string
	// Zones are those in which the service offers interface endpoints.
	// Default: all of the Region's.
	Zones []string
}

// service is an AWS service with the host that answers for it.
type service struct {
	ServiceConfig
	host *Host
}

// RegisterService puts an AWS service on the internet, where endpoints can lead
// to it as well, and returns the host to serve it from.
func (n *Network) RegisterService(c ServiceConfig) (*Host, error) {
	n.mu.Lock()
	if _, taken := n.services[c.Name]; taken || c.Name == "" {
		n.mu.Unlock()
		return nil, refuse("InvalidServiceName", "The service '%s' already exists or has no name", c.Name)
	}
	if c.PrefixList != nil {
		if err := n.addPrefixList(*c.PrefixList); err != nil {
			n.mu.Unlock()
			return nil, err
		}
	}
	n.mu.Unlock()
	h, err := n.PublicHost(c.Name, c.Addrs...)
	if err != nil {
		return nil, err
	}
	if len(c.PrivateDNSNames) == 0 {
		c.PrivateDNSNames = c.DefaultNames
	}
	if len(c.Zones) == 0 {
		c.Zones = n.Zones()
	}
	c.Addrs = slices.Clone(c.Addrs)
	for _, name := range c.DefaultNames {
		if err := n.PublishName(name, c.Addrs...); err != nil {
			return nil, err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.services[c.Name] = &service{ServiceConfig: c, host: h}
	return h, nil
}

// Services describes the registered AWS services in the order of their names.
func (n *Network) Services() []ServiceConfig {
	n.mu.RLock()
	defer n.mu.RUnlock()
	all := make([]ServiceConfig, 0, len(n.services))
	for _, s := range n.services {
		all = append(all, s.ServiceConfig)
	}
	slices.SortFunc(all, func(a, b ServiceConfig) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}
