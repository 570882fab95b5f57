package oracle

import "provenendpoints/internal/lab/privatelink"

// strangers tries to connect to each endpoint service from two VPCs that the stack
// does not know: another one of the account, and one of another account. It also
// notes the connections that there are.
func (m *measurement) strangers() error {
	for _, who := range []struct{ name, principal string }{
		{"another VPC of the account", m.Cloud.Scope().Root()},
		{"a VPC of another account", "arn:aws:iam::210987654321:root"},
	} {
		for _, s := range m.PrivateLink.EndpointServices() {
			if err := m.connect(s, who.name, who.principal); err != nil {
				return err
			}
		}
	}
	for _, s := range m.PrivateLink.EndpointServices() {
		connections, err := m.PrivateLink.Connections(s.ID)
		if err != nil {
			return err
		}
		for _, c := range connections {
			if e, err := m.PrivateLink.Endpoint(c.Endpoint); err == nil && m.survey.Knows(e.ID) {
				who := "endpoint " + m.named(e.ID)
				m.matrix.Homes[who] = m.named(e.VPC)
				m.add(who, "is connected", "endpoint service "+m.named(s.ID), c.State)
			}
		}
	}
	return nil
}

// connect tries to connect to a service and, if that can be, to reach it.
func (m *measurement) connect(s privatelink.EndpointService, who, principal string) error {
	what := "endpoint service " + m.named(s.ID)
	c, err := m.survey.Connect(s, principal)
	switch {
	case err != nil:
		return err
	case c.State == "":
		m.add(who, "connects", what)
		return nil
	}
	m.add(who, "connects", what, c.State)
	m.reachOne(place{name: who, host: c.Host}, thing{name: what, addr: c.Addr})
	return nil
}
