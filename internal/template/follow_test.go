package template

import "testing"

// What waits for a proof must not be able to change what was proved.
func TestUnseen(t *testing.T) {
	t.Parallel()
	const (
		public = "an instance may get a public address, unless each of its NetworkInterfaces has AssociatePublicIpAddress false"
		tasks  = "its tasks may get public addresses, unless AwsvpcConfiguration has AssignPublicIp DISABLED"
	)
	for name, c := range map[string]struct{ body, want string }{
		"a route":               {`"Type":"AWS::EC2::Route"`, "a resource of the type AWS::EC2::Route can change who reaches whom"},
		"a custom resource":     {`"Type":"Custom::Anything"`, "a resource of the type Custom::Anything can change who reaches whom"},
		"a nested stack":        {`"Type":"AWS::CloudFormation::Stack"`, "a resource of the type AWS::CloudFormation::Stack can change who reaches whom"},
		"an alarm":              {`"Type":"AWS::CloudWatch::Alarm"`, ""},
		"a function":            {`"Type":"AWS::Lambda::Function"`, ""},
		"another proof":         {`"Type":"Custom::Proof"`, ""},
		"an instance":           {`"Type":"AWS::EC2::Instance"`, public},
		"a public instance":     {`"Type":"AWS::EC2::Instance","Properties":{"NetworkInterfaces":[{"AssociatePublicIpAddress":false},{"AssociatePublicIpAddress":true}]}`, public},
		"a private instance":    {`"Type":"AWS::EC2::Instance","Properties":{"NetworkInterfaces":[{"AssociatePublicIpAddress":false}]}`, ""},
		"the same as text":      {`"Type":"AWS::EC2::Instance","Properties":{"NetworkInterfaces":[{"AssociatePublicIpAddress":"false"}]}`, ""},
		"a service":             {`"Type":"AWS::ECS::Service"`, tasks},
		"a private service":     {`"Type":"AWS::ECS::Service","Properties":{"NetworkConfiguration":{"AwsvpcConfiguration":{"AssignPublicIp":"DISABLED"}}}`, ""},
		"a public service":      {`"Type":"AWS::ECS::Service","Properties":{"NetworkConfiguration":{"AwsvpcConfiguration":{"AssignPublicIp":"ENABLED"}}}`, tasks},
		"a balanced service":    {`"Type":"AWS::ECS::Service","Properties":{"LoadBalancers":[{}],"NetworkConfiguration":{"AwsvpcConfiguration":{"AssignPublicIp":"DISABLED"}}}`, "a service with LoadBalancers changes who is behind them"},
		"a database":            {`"Type":"AWS::RDS::DBInstance"`, "a database may get a public address, unless PubliclyAccessible is false"},
		"a private database":    {`"Type":"AWS::RDS::DBInstance","Properties":{"PubliclyAccessible":false}`, ""},
		"a role of its own":     {`"Type":"AWS::IAM::Role"`, ""},
		"a policy of its own":   {`"Type":"AWS::IAM::Policy","Properties":{"Roles":[{"Ref":"AppRole"}]}`, ""},
		"the prober's policy":   {`"Type":"AWS::IAM::Policy","Properties":{"Roles":[{"Ref":"Role"}]}`, "it changes Role, which the proof was made with"},
		"the prober's function": {`"Type":"AWS::Lambda::Permission","Properties":{"FunctionName":{"Ref":"Prober"}}`, "it changes Prober, which the proof was made with"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tpl := parse(t, `{"Resources":{
				"Role":{"Type":"AWS::IAM::Role"}, "AppRole":{"Type":"AWS::IAM::Role"},
				"Prober":{"Type":"AWS::Lambda::Function","Properties":{"Role":{"Fn::GetAtt":["Role","Arn"]}}},
				"Proof":{"Type":"Custom::Proof","Properties":{"ServiceToken":{"Fn::GetAtt":["Prober","Arn"]}}},
				"It":{`+c.body+`,"DependsOn":"Proof"},
				"Free":{"Type":"AWS::EC2::Route"}}}`)
			unseen := tpl.Unseen("Custom::Proof")
			if got := unseen["It"]; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if delete(unseen, "It"); len(unseen) > 0 {
				t.Errorf("others are refused too: %v", unseen)
			}
		})
	}
}
