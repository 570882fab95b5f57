package resources

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// encode is Fn::Base64.
func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestInstance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	other := w.make("AWS::EC2::SecurityGroup", "Other", props{"GroupDescription": "x", "VpcId": v.id()})
	host := w.host("Host", a, props{"SecurityGroupIds": []string{group.id()}, "InstanceType": "t4g.nano", "PrivateIpAddress": "10.0.0.20"})
	for attribute, want := range map[string]string{
		"InstanceId": host.id(), "AvailabilityZone": "ap-northeast-2a", "PrivateIp": "10.0.0.20", "PublicIp": "",
		"PrivateDnsName": "ip-10-0-0-20.ap-northeast-2.compute.internal", "VpcId": v.id(),
	} {
		if got := host.Attributes[attribute]; got != want {
			t.Errorf("%s is %s, want %s", attribute, got, want)
		}
	}
	host.change(props{"ImageId": images["arm64"], "InstanceType": "c6gn.large", "SubnetId": a.id(), "PrivateIpAddress": "10.0.0.20", "SecurityGroupIds": []string{other.id()}})
	eni, err := w.InterfaceOf(host.id())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := w.Network.Interfaces().Get(eni); len(got.Groups) != 1 || got.Groups[0] != other.id() {
		t.Errorf("groups %v", got.Groups)
	}
	if err := host.update(props{"ImageId": images["x86_64"], "SubnetId": a.id()}); err == nil || !strings.Contains(err.Error(), "is replaced") {
		t.Errorf("another image: %v", err)
	}
	address := w.make("AWS::EC2::EIP", "Address", props{})
	gateway := w.make("AWS::EC2::InternetGateway", "Gateway", props{})
	w.make("AWS::EC2::VPCGatewayAttachment", "Attachment", props{"VpcId": v.id(), "InternetGatewayId": gateway.id()})
	address.change(props{"InstanceId": host.id()})
	if got, _ := w.Network.Interfaces().Get(eni); got.PublicAddr.String() != address.id() {
		t.Errorf("public address %s, want %s", got.PublicAddr, address.id())
	}
	address.delete()
	if got, _ := w.Network.Interfaces().Get(eni); got.PublicAddr.IsValid() {
		t.Errorf("public address %s is left", got.PublicAddr)
	}
	host.delete()
	if n := len(w.Network.Interfaces().All()); n != 0 {
		t.Errorf("%d interfaces are left", n)
	}
}

// TestPublicAddresses: the subnet decides unless the interface says so.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	open := w.make("AWS::EC2::Subnet", "Open", props{"VpcId": v.id(), "CidrBlock": "10.0.3.0/24", "MapPublicIpOnLaunch": true})
	gateway := w.make("AWS::EC2::InternetGateway", "Gateway", props{})
	w.make("AWS::EC2::VPCGatewayAttachment", "Attachment", props{"VpcId": v.id(), "InternetGatewayId": gateway.id()})
	interfaces := func(subnet *thing, public bool) props {
		return props{"NetworkInterfaces": []any{props{"DeviceIndex": "0", "SubnetId": subnet.id(), "AssociatePublicIpAddress": public}}}
	}
	for name, test := range map[string]struct {
		p    props
		want bool
	}{
		"closed subnet":          {props{"SubnetId": a.id()}, false},
		"open subnet":            {props{"SubnetId": open.id()}, true},
		"open subnet, but no":    {interfaces(open, false), false},
		"closed subnet, but yes": {interfaces(a, true), true},
	} {
		test.p["ImageId"], test.p["InstanceType"] = images["arm64"], "t4g.nano"
		host := w.make("AWS::EC2::Instance", "Host", test.p)
		if got := host.Attributes["PublicIp"] != ""; got != test.want {
			t.Errorf("%s: public address %v", name, host.Attributes["PublicIp"])
		}
		host.delete()
	}
}

func TestInstancesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	for name, test := range map[string]struct {
		p    props
		want string
	}{
		"no image":          {props{"ImageId": nil}, "property ImageId is required, here or in a launch template"},
		"not encoded":       {props{"UserData": "#!/bin/bash"}, "Invalid BASE64 encoding"},
		"no first device":   {props{"NetworkInterfaces": []any{props{"DeviceIndex": 1, "SubnetId": a.id()}}}, "A network interface at device index 0 is needed"},
		"twice first":       {props{"NetworkInterfaces": []any{props{"DeviceIndex": 0, "SubnetId": a.id()}, props{"DeviceIndex": 0, "SubnetId": a.id()}}}, "requires a unique device index"},
		"two and public":    {props{"NetworkInterfaces": []any{props{"DeviceIndex": 0, "SubnetId": a.id(), "AssociatePublicIpAddress": true}, props{"DeviceIndex": 1, "SubnetId": a.id()}}}, "cannot be specified when launching with multiple network interfaces"},
		"unknown interface": {props{"NetworkInterfaces": []any{props{"DeviceIndex": 0, "NetworkInterfaceId": "eni-1"}}}, "InvalidNetworkInterfaceID.NotFound"},
		"nowhere":           {props{}, "VPCIdNotSpecified"},
		"two places":        {props{"SubnetId": a.id(), "NetworkInterfaces": []any{props{"DeviceIndex": 0, "SubnetId": a.id()}}}, "InvalidParameterCombination"},
		"another processor": {props{"SubnetId": a.id(), "InstanceType": "t3.nano"}, "does not match the architecture 'arm64' of the specified AMI"},
		"another zone":      {props{"SubnetId": a.id(), "AvailabilityZone": "ap-northeast-2b"}, "does not match the subnet's (ap-northeast-2a)"},
		"nameless disk":     {props{"SubnetId": a.id(), "BlockDeviceMappings": []any{props{}}}, "property BlockDeviceMappings[0].DeviceName is required"},
		"no such profile":   {props{"SubnetId": a.id(), "IamInstanceProfile": "none"}, "Invalid IAM Instance Profile name"},
	} {
		for property, otherwise := range (props{"ImageId": images["arm64"], "InstanceType": "t4g.nano"}) {
			if value, given := test.p[property]; !given {
				test.p[property] = otherwise
			} else if value == nil {
				delete(test.p, property)
			}
		}
		if _, err := w.try("AWS::EC2::Instance", "Host", test.p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func TestProcessors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		instanceType, image string
		want                bool
	}{
		{"t4g.nano", "arm64", true}, {"c6gn.large", "arm64", true}, {"a1.medium", "arm64", true}, {"g5.xlarge", "arm64", false},
		{"t3.nano", "arm64", false}, {"", "arm64", false}, {"", "x86_64", true}, {"t3.nano", "x86_64", true}, {"t4g.nano", "x86_64", false},
	} {
		if err := checkArchitecture(test.instanceType, images[test.image]); (err == nil) != test.want {
			t.Errorf("%s on %q: %v", test.image, test.instanceType, err)
		}
	}
}

func TestImagesByParameter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, want := range map[string]string{
		"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64":      images["arm64"],
		"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64": images["x86_64"],
	} {
		if got, err := w.Parameter("AWS::EC2::Image::Id", name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := w.Parameter("String", "/my/parameter"); err == nil || !strings.Contains(err.Error(), "/my/parameter is not known") {
		t.Error(err)
	}
	arch := func(id any) string {
		a, _ := architectureOf(id.(string))
		return a
	}
	for name, architecture := range map[string]string{
		"/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2":               "arm64",
		"/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2":              "x86_64",
		"/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id":         "x86_64",
		"/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id":   "arm64",
		"/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base":      "x86_64",
		"/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ami-id": "x86_64",
	} {
		id, err := w.Parameter("AWS::EC2::Image::Id", name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, _ := w.Parameter("AWS::EC2::Image::Id", name); again != id || arch(id) != architecture || knownImage(id.(string)) || imageName(id.(string)) != name {
			t.Errorf("%s: %s, %s", name, id, arch(id))
		}
	}
}

// What the lab's machines do not have is said, and the rest runs.
func TestInertMachines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct{ image, data, want string }{
		"nothing":         {images["arm64"], "", ""},
		"another image":   {"ami-12345", "", "image ami-12345 is stood in for by Amazon Linux 2023's commands"},
		"unknown command": {images["arm64"], "#!/bin/bash\nargon2 x\n", `user data: unsupported command "argon2"`},
		"no script":       {images["arm64"], "<powershell>", "only scripts are supported"},
	} {
		if got := w.inertMachine(c.image, encode(c.data)); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A parameter that EC2 reads at the launch leaves an instance alone when it changes;
// one that CloudFormation reads replaces it.
func TestImageAtLaunch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	const latest = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"
	launched := func() props {
		return props{"ImageId": "resolve:ssm:" + latest, "InstanceType": "t4g.micro", "SubnetId": a.id()}
	}
	host := w.make("AWS::EC2::Instance", "Host", launched())
	before, _ := w.Parameter("", latest)
	read := w.make("AWS::EC2::Instance", "Read", props{"ImageId": before, "InstanceType": "t4g.micro", "SubnetId": a.id()})
	w.ReleaseImages()
	after, err := w.Parameter("", latest)
	if err != nil || after == before {
		t.Fatalf("the latest image is %v, was %v, %v", after, before, err)
	}
	if err := host.update(launched()); err != nil {
		t.Errorf("resolved at launch: %v", err)
	}
	if err := read.update(props{"ImageId": after, "InstanceType": "t4g.micro", "SubnetId": a.id()}); err == nil || !strings.Contains(err.Error(), "is replaced") {
		t.Errorf("resolved in the template: %v", err)
	}
	for id, want := range map[string]string{
		"resolve:ssm:/my/image": "/my/image is not known",
		"resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64": "does not match the architecture 'x86_64' of the specified AMI",
	} {
		if _, err := w.try("AWS::EC2::Instance", "Other", props{"ImageId": id, "InstanceType": "t4g.micro", "SubnetId": a.id()}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// An instance can be launched from the image of a launch template, by its version.
func TestImageOfALaunchTemplate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	const latest = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
	template := w.make("AWS::EC2::LaunchTemplate", "Template", props{"LaunchTemplateData": props{"ImageId": latest + "arm64"}})
	from := func(ref props) props {
		return props{"LaunchTemplate": ref, "InstanceType": "t4g.micro", "SubnetId": a.id()}
	}
	first := from(props{"LaunchTemplateId": template.id(), "Version": template.Attributes["LatestVersionNumber"]})
	host := w.make("AWS::EC2::Instance", "Host", first)
	w.ReleaseImages()
	if err := host.update(first); err != nil {
		t.Errorf("a newer image: %v", err)
	}
	template.change(props{"LaunchTemplateData": props{"ImageId": latest + "x86_64"}})
	if got := template.Attributes["LatestVersionNumber"]; got != "2" {
		t.Errorf("the latest version is %v", got)
	}
	if err := host.update(from(props{"LaunchTemplateId": template.id(), "Version": "2"})); err == nil || !strings.Contains(err.Error(), "is replaced") {
		t.Errorf("another version: %v", err)
	}
	for name, test := range map[string]struct {
		ref  props
		want string
	}{
		"default":  {props{"LaunchTemplateId": template.id(), "Version": "$Default"}, ""},
		"latest":   {props{"LaunchTemplateId": template.id(), "Version": "$Latest"}, "does not match the architecture 'x86_64'"},
		"too many": {props{"LaunchTemplateId": template.id(), "Version": "3"}, "InvalidLaunchTemplateId.VersionNotFound"},
		"unknown":  {props{"LaunchTemplateId": "lt-1", "Version": "1"}, "InvalidLaunchTemplateId.NotFound"},
	} {
		_, err := w.try("AWS::EC2::Instance", "Other"+name, from(test.ref))
		if text := fmt.Sprint(err); (err == nil) != (test.want == "") || !strings.Contains(text, test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id()})
	eice := w.make("AWS::EC2::InstanceConnectEndpoint", "InstanceConnectEndpoint", props{"SubnetId": a.id(), "SecurityGroupIds": []string{group.id()}, "PreserveClientIp": false})
	if got := w.Network.Interfaces().All(); len(got) != 1 || got[0].Subnet != a.id() || got[0].Groups[0] != group.id() {
		t.Errorf("interfaces %+v", got)
	}
	eice.delete()
	group.delete()
	template := w.make("AWS::EC2::LaunchTemplate", "Template", props{"LaunchTemplateData": props{"MetadataOptions": props{"HttpTokens": "required"}}})
	template.change(props{"LaunchTemplateData": props{"MetadataOptions": props{"HttpTokens": "optional"}}})
	template.delete()
}
