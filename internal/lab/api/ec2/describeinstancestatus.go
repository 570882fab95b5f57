package ec2

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html. An instance of
// the lab is checked as soon as it runs.
func init() {
	describe(description{
		name: "DescribeInstanceStatus",
		set:  "instanceStatusSet", ids: "InstanceId", items: instanceStatusItems, notFound: "InvalidInstanceID.NotFound",
		filters: []string{"availability-zone", "instance-state-name", "instance-state-code", "instance-status.status", "system-status.status"},
	})
}

type (
	checkXML struct {
		Status string `xml:"status"`
	}
	instanceStatusXML struct {
		ID       string   `xml:"instanceId"`
		Zone     string   `xml:"availabilityZone"`
		State    stateXML `xml:"instanceState"`
		Instance checkXML `xml:"instanceStatus"`
		System   checkXML `xml:"systemStatus"`
	}
)

func instanceStatusItems(a account) ([]item, error) {
	instances, err := instanceItems(a)
	var items []item
	for _, i := range instances {
		of := i.xml.(reservationXML).Instances[0]
		items = append(items, item{i.id, map[string][]string{
			"availability-zone": {of.Zone.Zone}, "instance-state-name": {of.State.Name}, "instance-state-code": {"16"},
			"instance-status.status": {"ok"}, "system-status.status": {"ok"},
		}, instanceStatusXML{i.id, of.Zone.Zone, of.State, checkXML{"ok"}, checkXML{"ok"}}})
	}
	return items, err
}
