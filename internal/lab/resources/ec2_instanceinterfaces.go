package resources

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
)

// device is an interface that an instance is started with: one that exists, or one
// to make.
type device struct {
	index    int
	existing string
	wanted   vpc.Interface
	public   *bool // AssociatePublicIpAddress
	// of IPv6
	count     *int
	addresses []ipv6Address
}

// devices are the instance's interfaces, the first one first. Without a subnet of
// its own, EC2 would use the default VPC, which the lab's account does not have.
func (p instanceProps) devices() ([]device, error) {
	list := p.NetworkInterfaces
	if len(list) == 0 {
		list = []instanceInterface{{DeviceIndex: "0", SubnetId: p.SubnetId, GroupSet: p.SecurityGroupIds, PrivateIpAddress: p.PrivateIpAddress, Ipv6AddressCount: p.Ipv6AddressCount, Ipv6Addresses: p.Ipv6Addresses}}
	} else if p.SubnetId != "" || len(p.SecurityGroupIds) > 0 || p.PrivateIpAddress != "" {
		return nil, awserr.New("InvalidParameterCombination", "Network interfaces and an instance-level subnet ID, security groups or private address may not be specified on the same request")
	}
	var out []device
	for _, n := range list {
		d, err := n.device()
		if err != nil {
			return nil, err
		}
		if n.AssociatePublicIpAddress != nil && len(list) > 1 {
			return nil, awserr.New("InvalidParameterCombination", "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.")
		}
		if slices.ContainsFunc(out, func(o device) bool { return o.index == d.index }) {
			return nil, awserr.New("InvalidParameterValue", "Each network interface requires a unique device index.")
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b device) int { return cmp.Compare(a.index, b.index) })
	if out[0].index != 0 {
		return nil, awserr.New("InvalidParameterCombination", "A network interface at device index 0 is needed")
	}
	return out, nil
}

func (n instanceInterface) device() (device, error) {
	index, err := strconv.Atoi(n.DeviceIndex)
	if err != nil || index < 0 || index > 31 {
		return device{}, fmt.Errorf("property NetworkInterfaces.DeviceIndex: %s is not between 0 and 31", n.DeviceIndex)
	}
	d := device{index: index, existing: n.NetworkInterfaceId, public: n.AssociatePublicIpAddress, count: n.Ipv6AddressCount, addresses: n.Ipv6Addresses}
	switch {
	case d.existing != "" && (n.SubnetId != "" || len(n.GroupSet) > 0 || n.PrivateIpAddress != ""):
		return d, awserr.New("InvalidParameterCombination", "A network interface that exists has a subnet, security groups and a private address")
	case d.existing != "":
		return d, nil
	case n.SubnetId == "":
		return d, awserr.New("VPCIdNotSpecified", "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.")
	}
	d.wanted = vpc.Interface{Subnet: n.SubnetId, Groups: n.GroupSet, Type: "interface", Description: n.Description}
	if n.PrivateIpAddress != "" {
		if d.wanted.PrivateAddr, err = netip.ParseAddr(n.PrivateIpAddress); err != nil {
			return d, fmt.Errorf("property PrivateIpAddress: %w", err)
		}
	}
	return d, nil
}

// launch starts an instance's host with all its interfaces. What it made before it
// failed is gone.
func (r *Resources) launch(id string, p instanceProps) (*instance, error) {
	devices, err := p.devices()
	if err != nil {
		return nil, err
	}
	i := &instance{}
	for _, d := range devices {
		if err = r.addDevice(id, i, d, p, len(devices) == 1); err != nil {
			return nil, errors.Join(err, r.dismantle(context.Background(), i))
		}
	}
	return i, nil
}

// addDevice makes an interface where it is to be made, and starts the host with it or
// attaches it.
func (r *Resources) addDevice(id string, i *instance, d device, p instanceProps, alone bool) error {
	eni := d.existing
	if eni == "" {
		made, err := r.makeDevice(id, d, p, alone)
		if err != nil {
			return err
		}
		eni = made.ID
		i.made = append(i.made, eni)
	}
	if d.index > 0 {
		return r.Network.Interfaces().Attach(eni, i.eni, d.index)
	}
	if p.SourceDestCheck != nil {
		if err := r.Network.Interfaces().Check(eni, *p.SourceDestCheck); err != nil {
			return err
		}
	}
	host, err := r.Network.Launch(id, eni)
	i.eni, i.host = eni, host
	return err
}

// makeDevice makes an interface that goes with its instance. The subnet's
// MapPublicIpOnLaunch holds where the interface is the only one
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html).
func (r *Resources) makeDevice(id string, d device, p instanceProps, alone bool) (vpc.Interface, error) {
	s, err := r.Network.Subnets().Get(d.wanted.Subnet)
	if err != nil {
		return vpc.Interface{}, err
	}
	if p.AvailabilityZone != "" && p.AvailabilityZone != s.Zone {
		return vpc.Interface{}, awserr.New("InvalidParameterValue", "The availability zone '%s' does not match the subnet's (%s)", p.AvailabilityZone, s.Zone)
	}
	if err := r.wantIPv6(&d.wanted, d.count, d.addresses); err != nil {
		return vpc.Interface{}, err
	}
	d.wanted.ID = awsid.Derived("eni-", id)
	if d.index > 0 {
		d.wanted.ID = awsid.EC2("eni-", id, strconv.Itoa(d.index))
	}
	d.wanted.Public = valueOr(d.public, s.MapPublic && alone)
	return r.Network.Interfaces().Create(d.wanted)
}

// terminate ends an instance with the interfaces that were made for it.
func (r *Resources) terminate(ctx context.Context, id string) error {
	r.mu.Lock()
	i, ok := r.instances[id]
	delete(r.instances, id)
	r.mu.Unlock()
	if !ok {
		return nil
	}
	i.machine.Stop()
	r.Cloud.Forget(id)
	return r.dismantle(ctx, i)
}

// dismantle stops an instance's host and deletes the interfaces that were made for it.
func (r *Resources) dismantle(ctx context.Context, i *instance) error {
	if i.host != nil {
		i.host.Close()
	}
	var errs []error
	for _, eni := range i.made {
		errs = append(errs, r.remove(ctx, eni, r.Network.Interfaces().Delete))
	}
	return errors.Join(errs...)
}
