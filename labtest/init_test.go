package labtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/labtest"
)

// initTemplate has an instance that cfn-init sets up and whose creation waits for its
// signal. INIT is the config, WAY the subnet's way out, BEFORE what the script does first.
const initTemplate = `
Parameters:
  Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Way: {Type: AWS::EC2::Route, DependsOn: Attachment, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: WAY, GatewayId: !Ref Gateway}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  InTable: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: web, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]}
  Web:
    Type: AWS::EC2::Instance
    DependsOn: [Way, InTable]
    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}
    Metadata: {AWS::CloudFormation::Init: INIT}
    Properties:
      ImageId: !Ref Image
      InstanceType: t3.micro
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash -x
          exec > >(tee /var/log/user-data.log | logger -t user-data -s 2>/dev/console) 2>&1
          BEFORE
          /opt/aws/bin/cfn-init -v --stack ${AWS::StackName} --resource Web --region ${AWS::Region} -c full
          /opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Web --region ${AWS::Region}
`

// initAssembly writes the template to a file for an assembly of its own.
func initAssembly(t *testing.T, init, way, before string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Web.yaml")
	text := strings.NewReplacer("INIT", init, "WAY", way, "BEFORE", before).Replace(initTemplate)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCfnInitSetsAnInstanceUp(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, initAssembly(t, `{
		configSets: {full: [{ConfigSet: base}, page], base: [install]},
		install: {packages: {yum: {httpd: []}}, users: {web: {}}, groups: {web: {}}},
		page: {
			files: {/var/www/html/index.html: {content: !Sub "of ${Vpc}", mode: "000644"}, /etc/conf.json: {content: {vpc: !Ref Vpc}}},
			commands: {
				1-first: {command: [cp, /etc/conf.json, /var/www/html/conf.json]},
				2-never: {command: exit 1, test: test -e /nowhere},
				3-ignored: {command: exit 1, ignoreErrors: "true"},
				4-last: {command: "echo $WORD > said", env: {WORD: hello}, cwd: /var/www/html}},
			services: {systemd: {httpd: {enabled: "true", ensureRunning: "true", packages: {yum: [httpd]}}}}}}`,
		"0.0.0.0/0", `TOKEN=$(curl -s -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token); mkdir -p /var/www/html; curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/instance-id > /var/www/html/id`))
	lab.Internet().Reaches("Web:80")
	stack := lab.Stack("Web")
	vpc, id := stack.PhysicalIDs()["Vpc"], stack.PhysicalIDs()["Web"]
	for path, want := range map[string]string{"/": "of " + vpc, "/conf.json": `{"vpc":"` + vpc + `"}`, "/said": "hello\n", "/id": id} {
		got, err := lab.Subnet("Subnet").Get("http://Web" + path)
		if err != nil || got.Body != want {
			t.Errorf("%s: %q %v, want %q\n%s", path, got.Body, err, want, stack.Console("Web"))
		}
	}
	told := false
	for _, e := range stack.Events() {
		told = told || e.LogicalID == "Web" && strings.Contains(e.Reason, "Received SUCCESS signal with UniqueId "+id)
	}
	if !told {
		t.Error("no event tells of the signal")
	}
}

func TestCfnInitThatFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, init, way, want string }{
		{"a command", `{configSets: {full: [config]}, config: {commands: {x: {command: "exit 3"}}}}`, "0.0.0.0/0", "Received 1 FAILURE signal(s) out of 1"},
		{"a set that there is not", `{config: {}}`, "0.0.0.0/0", "Received 1 FAILURE signal(s) out of 1"},
		{"a service that there is not", `{configSets: {full: [config]}, config: {services: {systemd: {nosuch: {ensureRunning: true}}}}}`, "0.0.0.0/0", "Received 1 FAILURE signal(s) out of 1"},
		{"no way to CloudFormation", `{configSets: {full: [config]}, config: {}}`, "192.0.2.0/24", "Failed to receive 1 resource signal(s) within the specified duration"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			labtest.DeployFails(t, initAssembly(t, test.init, test.way, "true"), test.want)
		})
	}
}

// Without credentials, an instance speaks for its own stack and for no other.
func TestInstancesSpeakForTheirOwnStack(t *testing.T) {
	t.Parallel()
	lab := labtest.Deploy(t, initAssembly(t, `{configSets: {full: [config]}, config: {}}`, "0.0.0.0/0",
		"/opt/aws/bin/cfn-signal --stack Other --resource Web --region ${AWS::Region}; /opt/aws/bin/cfn-signal --stack ${AWS::StackName} --resource Vpc --region ${AWS::Region}; /opt/aws/bin/cfn-get-metadata --stack ${AWS::StackName} --resource Web -k AWS::CloudFormation::Init --region ${AWS::Region}"))
	console := lab.Stack("Web").Console("Web")
	for _, want := range []string{"Stack with id Other does not exist", "Resource Vpc is in no state in which it takes signals", `"configSets": {`} {
		if !strings.Contains(console, want) {
			t.Errorf("the console has no %q:\n%s", want, console)
		}
	}
}

// A type that the lab does not have is refused, unless whoever deploys takes it as inert.
func TestAccept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "Net.yaml")
	template := `
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Link: {Type: AWS::Redshift::EndpointAccess, Properties: {ClusterIdentifier: c, EndpointName: link, SubnetGroupName: !Ref Subnet, VpcSecurityGroupIds: []}}
Outputs:
  Link: {Value: !Ref Link}
`
	if err := os.WriteFile(file, []byte(template), 0o644); err != nil {
		t.Fatal(err)
	}
	labtest.DeployFails(t, file, "resource type AWS::Redshift::EndpointAccess is not supported: it takes addresses in its subnets")
	lab := labtest.Deploy(t, file, labtest.Accept("AWS::Redshift::EndpointAccess"))
	if lab.Stack("Net").Outputs()["Link"] == "" {
		t.Error("the link has no id")
	}
}
