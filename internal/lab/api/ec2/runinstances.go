package ec2

import (
	"context"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html, …/API_TerminateInstances.html
func init() {
	makes(making{
		name: "RunInstances", typ: "AWS::EC2::Instance", kind: "instance", required: []string{"MinCount", "MaxCount"},
		parameters: map[string]string{
			"ImageId": "ImageId", "InstanceType": "InstanceType", "SubnetId": "SubnetId", "SecurityGroupId.": "SecurityGroupIds",
			"UserData": "UserData", "PrivateIpAddress": "PrivateIpAddress", "KeyName": "KeyName", "MinCount": "", "MaxCount": "",
			"IamInstanceProfile.Name": "IamInstanceProfile", "LaunchTemplate.": "", "NetworkInterface.": "",
		},
		properties: instanceProperties,
		answer: func(a account, _ *api.Request, id string, _ map[string]any) (any, error) {
			items, err := instanceItems(a)
			if err != nil {
				return nil, err
			}
			for _, i := range items {
				if of, ok := a.withTags(i).(reservationXML); ok && i.id == id {
					return elements{{"reservationId", of.ID}, {"ownerId", of.Owner}, {"instancesSet", struct {
						Items []instanceXML `xml:"item"`
					}{of.Instances}}}, nil
				}
			}
			return nil, awserr.New("InternalError", "%s was started and is gone", id)
		},
	})
	ec2.Register(api.QueryOperation[account]{
		Name: "TerminateInstances", Parameters: []string{"InstanceId."}, Validate: oneOfEach("InstanceId"),
		Resource: arnOf("instance", "InstanceId.1"),
		Run: func(ctx context.Context, a account, r *api.Request) (any, error) {
			id := r.Form.Get("InstanceId.1")
			for _, i := range a.running() {
				if i.ID != id {
					continue
				}
				if err := a.objects.Unmake(ctx, "AWS::EC2::Instance", id, map[string]any{}); err != nil {
					return nil, err
				}
				a.tags.Forget(id)
				type change struct {
					ID  string   `xml:"instanceId"`
					Now stateXML `xml:"currentState"`
					Was stateXML `xml:"previousState"`
				}
				return element{"instancesSet", struct {
					Items []change `xml:"item"`
				}{[]change{{id, stateXML{32, "shutting-down"}, stateXML{16, "running"}}}}}, nil
			}
			return nil, awserr.New("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		},
	})
}

// instanceProperties are those that the call says otherwise than a template.
func instanceProperties(_ account, r *api.Request, properties map[string]any) error {
	if r.Form.Get("MinCount") != "1" || r.Form.Get("MaxCount") != "1" {
		return awserr.New("InvalidParameterValue", "the lab starts one instance in a call, not %s to %s", r.Form.Get("MinCount"), r.Form.Get("MaxCount"))
	}
	template := map[string]any{}
	for _, name := range []string{"LaunchTemplateId", "LaunchTemplateName", "Version"} {
		if v := r.Form.Get("LaunchTemplate." + name); v != "" {
			template[name] = v
		}
	}
	if len(template) > 0 {
		if template["Version"] == nil {
			template["Version"] = "$Default"
		}
		properties["LaunchTemplate"] = template
	}
	var interfaces []any
	for i := 1; hasPrefix(r, "NetworkInterface."+strconv.Itoa(i)+"."); i++ {
		at := "NetworkInterface." + strconv.Itoa(i) + "."
		n := map[string]any{}
		for parameter, property := range map[string]string{
			"DeviceIndex": "DeviceIndex", "SubnetId": "SubnetId", "NetworkInterfaceId": "NetworkInterfaceId",
			"PrivateIpAddress": "PrivateIpAddress", "AssociatePublicIpAddress": "AssociatePublicIpAddress",
		} {
			if v := r.Form.Get(at + parameter); v != "" {
				n[property] = v
			}
		}
		var groups []any
		for _, g := range r.List(at + "SecurityGroupId") {
			groups = append(groups, g)
		}
		if groups != nil {
			n["GroupSet"] = groups
		}
		interfaces = append(interfaces, n)
	}
	if interfaces != nil {
		properties["NetworkInterfaces"] = interfaces
	}
	return nil
}

func hasPrefix(r *api.Request, prefix string) bool {
	for name := range r.Form {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// reservation is the id of what started an instance.
func reservation(instance string) string { return awsid.Derived("r-", instance) }
