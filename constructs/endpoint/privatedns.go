package endpoint

import (
	"fmt"
	"strings"
	"sync"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/internal/known"
)

// privateNames are the endpoints with private DNS of each VPC, by the service's name: one
// endpoint alone can have it
// (docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html). jsii is not safe for
// concurrent use; the lock is for apps that take turns.
var privateNames = struct {
	sync.Mutex
	taken map[vpcOfStack]map[string]string
}{taken: map[vpcOfStack]map[string]string{}}

// checkPrivateName refuses a second endpoint with private DNS to a service, as far as this
// app makes both in one stack, and a VPC without the attributes that private DNS needs.
func checkPrivateName(holder constructs.Construct, vpc ec2.IVpc, service string) error {
	if err := checkAttributes(vpc); err != nil {
		return err
	}
	privateNames.Lock()
	defer privateNames.Unlock()
	if other := privateNames.taken[vpcOf(holder, vpc)][service]; other != "" {
		return fmt.Errorf("PrivateDnsEnabled: must be false for all but one endpoint to %s in a VPC, got true for %s and %s", service, other, known.Path(holder))
	}
	return nil
}

// takePrivateName records an endpoint with private DNS, when it is made.
func takePrivateName(holder constructs.Construct, vpc ec2.IVpc, service string) {
	privateNames.Lock()
	defer privateNames.Unlock()
	key := vpcOf(holder, vpc)
	if privateNames.taken[key] == nil {
		privateNames.taken[key] = map[string]string{}
	}
	privateNames.taken[key][service] = known.Path(holder)
}

// attributes are the DNS attributes that VPCs of this app lack. An endpoint asks when it is
// made, and a fleet asks the same of the same VPC.
var attributes = struct {
	sync.Mutex
	off map[ec2.IVpc]string
}{off: map[ec2.IVpc]string{}}

// checkAttributes refuses a VPC whose DNS attributes are known to be off
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html, prerequisites).
// CloudFormation's default is on for EnableDnsSupport and off for EnableDnsHostnames.
func checkAttributes(vpc ec2.IVpc) error {
	attributes.Lock()
	defer attributes.Unlock()
	off, asked := attributes.off[vpc]
	if !asked {
		off = attributesOff(vpc)
		attributes.off[vpc] = off
	}
	if off != "" {
		return fmt.Errorf("Vpc: must have its DNS attributes on where PrivateDnsEnabled is true, got %s without %s; set PrivateDnsEnabled to false, or switch them on", known.Path(vpc), off)
	}
	return nil
}

func attributesOff(vpc ec2.IVpc) string {
	resource, own := known.Node(vpc).DefaultChild().(ec2.CfnVPC)
	if !own {
		return ""
	}
	var off []string
	if resource.EnableDnsSupport() == false {
		off = append(off, "EnableDnsSupport")
	}
	if hostnames := resource.EnableDnsHostnames(); hostnames == false || hostnames == nil {
		off = append(off, "EnableDnsHostnames")
	}
	return strings.Join(off, " and ")
}
