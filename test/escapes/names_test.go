package escapes

import "provenendpoints/internal/test/templates"

// names are things that change what names mean beside an isolated subnet.
var names = []escape{
	{name: "a DNS server of somebody's", stack: gateway, refuted: []string{"name the DNS server 10.0.0.9"}, add: func(t template) {
		t.Add("Options", "AWS::EC2::DHCPOptions", object{"DomainNameServers": []any{"AmazonProvidedDNS", "10.0.0.9"}})
		t.Add("Association", "AWS::EC2::VPCDHCPOptionsAssociation", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network"), "DhcpOptionsId": templates.RefTo("Options")})
	}},
	{name: "a private hosted zone", stack: gateway, refuted: []string{"the private hosted zone Z", "corp.example"}, add: zone("corp.example", "Network")},
	{name: "a private hosted zone", stack: privateOn, refuted: []string{"the private hosted zone Z", "corp.example"}, add: zone("corp.example", "Network")},
	{name: "a private hosted zone of another VPC", stack: gateway, add: func(t template) {
		t.Add("Elsewhere", "AWS::EC2::VPC", object{"CidrBlock": "10.0.0.0/16"})
		zone("corp.example", "Elsewhere")(t)
	}},
	{name: "a private hosted zone", stack: service, refuted: []string{"the private hosted zone Z", "corp.example"}, add: zone("corp.example", "MyVpc")},
	{name: "the options that AWS makes by itself, made again", stack: gateway, add: func(t template) {
		t.Add("Options", "AWS::EC2::DHCPOptions", object{"DomainNameServers": []any{"AmazonProvidedDNS"}})
		t.Add("Association", "AWS::EC2::VPCDHCPOptionsAssociation", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network"), "DhcpOptionsId": templates.RefTo("Options")})
	}},
}

// zone adds a private hosted zone that the VPC is associated with.
func zone(name, vpc string) func(template) {
	return adding("Zone", "AWS::Route53::HostedZone", func(t template) object {
		return object{"Name": name, "VPCs": []any{object{"VPCId": ref(t, "AWS::EC2::VPC", vpc), "VPCRegion": "ap-northeast-2"}}}
	})
}
