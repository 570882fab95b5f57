package ec2

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// Instances are the account's instances.
type Instances interface {
	// Instances returns those that run.
	Instances() []Instance
}

// Instance is an instance that runs.
type Instance struct {
	// ID is i-…, Image what it was launched from, Interface the id of its first interface.
	ID, Image, Interface string
	// Console is what it has said so far.
	Console func() string
}

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html,
// …/API_GetConsoleOutput.html
func init() {
	describe(description{
		name: "DescribeInstances",
		set:  "reservationSet", ids: "InstanceId", items: instanceItems, notFound: "InvalidInstanceID.NotFound",
		filters: []string{"instance-id", "vpc-id", "subnet-id", "private-ip-address", "ip-address", "instance-state-name"},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "GetConsoleOutput", Parameters: []string{"InstanceId", "Latest"},
		Resource: func(a account, r *api.Request) string {
			return a.scope.ARN("ec2", "instance/"+r.Form.Get("InstanceId"))
		},
		Run: getConsoleOutput,
	})
}

type reservationXML struct {
	ID        string        `xml:"reservationId"`
	Owner     string        `xml:"ownerId"`
	Instances []instanceXML `xml:"instancesSet>item"`
}

type instanceXML struct {
	ID         string                 `xml:"instanceId"`
	Image      string                 `xml:"imageId"`
	State      stateXML               `xml:"instanceState"`
	PrivateIP  string                 `xml:"privateIpAddress"`
	PublicIP   string                 `xml:"ipAddress,omitempty"`
	Subnet     string                 `xml:"subnetId"`
	VPC        string                 `xml:"vpcId"`
	Zone       placementXML           `xml:"placement"`
	Groups     []groupRefXML          `xml:"groupSet>item"`
	Interfaces []instanceInterfaceXML `xml:"networkInterfaceSet>item"`
	Tags       []tagXML               `xml:"tagSet>item"`
}

type (
	stateXML struct {
		Code int    `xml:"code"`
		Name string `xml:"name"`
	}
	placementXML struct {
		Zone string `xml:"availabilityZone"`
	}
	instanceInterfaceXML struct {
		ID string `xml:"networkInterfaceId"`
	}
)

func instanceItems(a account) ([]item, error) {
	running := a.running()
	if len(running) == 0 {
		return nil, nil
	}
	interfaces := map[string]vpc.Interface{}
	for _, x := range a.network.Interfaces().All() {
		interfaces[x.ID] = x
	}
	groups, zones := a.groupNames(), map[string]string{}
	for _, s := range a.network.Subnets().All() {
		zones[s.ID] = s.Zone
	}
	var items []item
	for _, i := range running {
		x, exists := interfaces[i.Interface]
		if !exists {
			continue // it is being terminated
		}
		out := instanceXML{
			ID: i.ID, Image: i.Image, State: stateXML{16, "running"}, PrivateIP: x.PrivateAddr.String(), Subnet: x.Subnet, VPC: x.VPC,
			Zone: placementXML{zones[x.Subnet]}, Groups: groupRefs(x.Groups, groups), Interfaces: []instanceInterfaceXML{{x.ID}},
		}
		if x.PublicAddr.IsValid() {
			out.PublicIP = x.PublicAddr.String()
		}
		items = append(items, item{i.ID, map[string][]string{
			"instance-id": {i.ID}, "vpc-id": {x.VPC}, "subnet-id": {x.Subnet}, "private-ip-address": {out.PrivateIP}, "ip-address": {out.PublicIP}, "instance-state-name": {"running"},
		}, reservationXML{reservation(i.ID), a.scope.Account, []instanceXML{out}}})
	}
	return items, nil
}

// running are the instances that run.
func (a account) running() []Instance {
	if a.objects == nil {
		return nil
	}
	return a.objects.Instances()
}

func getConsoleOutput(_ context.Context, a account, r *api.Request) (any, error) {
	id := r.Form.Get("InstanceId")
	for _, i := range a.running() {
		if i.ID == id {
			return output{ID: id, Time: api.Timestamp(a.network.Clock().Now().Truncate(time.Second)), Text: base64.StdEncoding.EncodeToString([]byte(i.Console()))}, nil
		}
	}
	return nil, awserr.New("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
}

// output is an answer of several elements without one around them.
type output struct {
	ID, Time, Text string
}

// MarshalXML implements [xml.Marshaler].
func (o output) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	for _, x := range [][2]string{{"instanceId", o.ID}, {"timestamp", o.Time}, {"output", o.Text}} {
		if err := e.EncodeElement(x[1], xml.StartElement{Name: name(x[0])}); err != nil {
			return err
		}
	}
	return nil
}
