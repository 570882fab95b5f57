package vpc

import "slices"

// interfaces are all interfaces of a host in a VPC, the first one first.
func (h *Host) interfaces() []*ENI {
	if h.at == nil {
		return nil
	}
	return append([]*ENI{h.at}, h.attached...)
}

// Attach puts an interface into an instance that runs behind another one. Both must
// be in the same Availability Zone; they may be in different VPCs of the account
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html,
// …/scenarios-enis.html).
func (a Interfaces) Attach(id, first string, device int) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return err
	}
	to, err := n.interfaces.Get(first)
	if err != nil {
		return err
	}
	h, ok := to.device.(*Host)
	switch {
	case !ok || to.Instance == "":
		return refuse("IncorrectState", "Network interface '%s' is not the first interface of a running instance.", first)
	case e.Managed || e.device != nil:
		return refuse("InvalidNetworkInterface.InUse", "Interface: [%s] in use.", id)
	case e.Zone != to.Zone:
		return refuse("InvalidParameterCombination", "You may not attach a network interface to an instance if they are not in the same availability zone")
	}
	for _, other := range h.interfaces() {
		if other.Device == device {
			return refuse("InvalidParameterValue", "Instance '%s' already has an interface attached at device index '%d'.", to.Instance, device)
		}
		if slices.ContainsFunc(e.addresses(), other.has) {
			return refuse("InvalidParameterValue", "Instance '%s' already has the address '%s'.", to.Instance, e.PrivateAddr)
		}
	}
	for _, a := range e.addresses() {
		network := e.subnet.CIDR
		if a.Is6() {
			network = e.subnet.IPv6CIDR
		}
		if err := h.AddAddr(a, network); err != nil {
			return err
		}
	}
	e.device, e.Instance, e.Device = h, to.Instance, device
	h.attached = append(h.attached, e)
	return nil
}

// Detach takes an interface out of its instance. The first one stays with it.
func (a Interfaces) Detach(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return err
	}
	h, ok := e.device.(*Host)
	switch {
	case !ok || e.Instance == "":
		return refuse("InvalidAttachmentID.NotFound", "The network interface '%s' is attached to no instance.", id)
	case h.at == e:
		return refuse("OperationNotPermitted", "The network interface at device index 0 cannot be detached.")
	}
	for _, a := range e.addresses() {
		h.RemoveAddr(a)
	}
	for i, other := range h.attached {
		if other == e {
			h.attached = append(h.attached[:i:i], h.attached[i+1:]...)
			break
		}
	}
	e.device, e.Instance, e.Device = nil, "", 0
	return nil
}
