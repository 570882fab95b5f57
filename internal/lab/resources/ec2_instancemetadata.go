package resources

import (
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/machine/metadata"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/vpc"
)

// metadata are the options of the metadata service. Where they say nothing, the image
// decides: Amazon Linux 2023's wants tokens
// (docs.aws.amazon.com/linux/al2023/ug/imdsv2.html).
func (p instanceProps) metadata(image string) metadata.Options {
	out := metadata.Options{TokenOptional: !knownImage(image)}
	if o := p.MetadataOptions; o != nil {
		out.Off = o.HttpEndpoint == "disabled"
		if o.HttpTokens != "" {
			out.TokenOptional = o.HttpTokens == "optional"
		}
	}
	return out
}

// setMetadata changes the options of a running instance.
func (r *Resources) setMetadata(id string, p instanceProps) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.instances[id]; i != nil {
		i.about.Set(p.metadata(i.image))
	}
}

// aboutInstance is what an instance can learn of itself. stack is the ARN of its stack, for
// which it may speak to CloudFormation.
func (r *Resources) aboutInstance(id, stack string, p instanceProps, i *instance, first vpc.Interface) metadata.Instance {
	public := func() netip.Addr {
		now, err := r.Network.Interfaces().Get(i.eni)
		if err != nil {
			return netip.Addr{}
		}
		return now.PublicAddr
	}
	attributes := r.instanceAttributes(id, first)
	last := first.PrivateAddr.As4()
	out := metadata.Instance{
		ID: id, Image: i.image, Type: p.InstanceType, Region: r.Scope.Region, Zone: first.Zone, Account: r.Scope.Account,
		VPC: first.VPC, Subnet: first.Subnet, Interface: i.eni, MAC: fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", last[0], last[1], last[2], last[3]), SecurityGroups: first.Groups,
		Hostname: fmt.Sprint(attributes["PrivateDnsName"]), Private: first.PrivateAddr, Public: public, PublicName: fmt.Sprint(attributes["PublicDnsName"]),
		Signature: r.Cloud.Identify(id, stack),
	}
	if out.Type == "" {
		out.Type = "m1.small"
	}
	if role := r.profileRole(p.IamInstanceProfile); role != "" {
		if found, err := r.Roles.Role(role); err == nil {
			out.Profile, out.Role = r.Scope.GlobalARN("iam", "instance-profile/"+p.IamInstanceProfile), role
			out.Credentials = r.Roles.Credentials(found.ARN, roles.SessionOptions{Name: id, Service: "ec2.amazonaws.com"})
		}
	}
	return out
}

// profileRole is the name of the role in an instance profile; empty: there is none.
func (r *Resources) profileRole(profile string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.profiles[profile]
}
