package privatelink

import (
	"cmp"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// ServiceConfig describes an AWS service of the Region.
type ServiceConfig struct {
	// Name is the service's name for endpoints, such as
	// com.amazonaws.ap-northeast-2.s3. Required.
	Name string
	// Host answers for it. Default: a new one.
	Host *vpc.Host
	// Addrs are its public addresses: those of Host, or some of them. Required.
	Addrs []netip.Addr
	// DefaultNames are its public DNS names; a first label of * stands for any.
	DefaultNames []string
	// PrefixList is the AWS-managed prefix list that gateway endpoints use. It
	// is created with the service. Default: none, and no gateway endpoints.
	PrefixList *vpc.PrefixList
	// Interface allows interface endpoints to the service.
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
	host *vpc.Host
}

// RegisterService puts an AWS service on the internet, where endpoints can lead
// to it as well, and returns the host to serve it from.
func (pl *PrivateLink) RegisterService(c ServiceConfig) (*vpc.Host, error) {
	locked := pl.network.Lock()
	_, taken := pl.services[c.Name]
	locked.Unlock()
	if taken || c.Name == "" {
		return nil, awserr.New("InvalidServiceName", "The service '%s' already exists or has no name", c.Name)
	}
	if c.PrefixList != nil {
		if err := pl.network.PrefixLists().Create(*c.PrefixList); err != nil {
			return nil, err
		}
	}
	h := c.Host
	if h == nil {
		var err error
		if h, err = pl.network.PublicHost(c.Name, c.Addrs...); err != nil {
			return nil, err
		}
	}
	if len(c.PrivateDNSNames) == 0 {
		c.PrivateDNSNames = c.DefaultNames
	}
	if len(c.Zones) == 0 {
		c.Zones = pl.network.Zones()
	}
	c.Addrs = slices.Clone(c.Addrs)
	for _, name := range c.DefaultNames {
		if err := pl.network.PublishName(name, c.Addrs...); err != nil {
			return nil, err
		}
	}
	locked = pl.network.Lock()
	defer locked.Unlock()
	pl.services[c.Name] = &service{ServiceConfig: c, host: h}
	return h, nil
}

// Services describes the AWS services that endpoints can lead to, in the order of their
// names.
func (pl *PrivateLink) Services() []ServiceConfig {
	locked := pl.network.RLock()
	defer locked.Unlock()
	out := make([]ServiceConfig, 0, len(pl.services))
	for _, s := range pl.services {
		out = append(out, s.ServiceConfig)
	}
	slices.SortFunc(out, func(a, b ServiceConfig) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
