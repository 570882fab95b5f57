package deployment

import (
	"context"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

// What one stack puts into Parameter Store another uses, by a parameter and by a dynamic
// reference, in whichever order the stacks are given.
func TestRunHandsOnParametersOfTheStore(t *testing.T) {
	t.Parallel()
	const producer = `{"Resources":{
		"Block":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"/net/block","Type":"String","Value":"10.9.0.0/16"}},
		"Zones":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"zones","Type":"StringList","Value":"10.9.1.0/24,10.9.2.0/24"}}}}`
	const consumer = `{"Parameters":{
			"Zones":{"Type":"AWS::SSM::Parameter::Value<List<String>>","Default":"zones"},
			"Others":{"Type":"List<String>","Default":"a,b"}, "Image":{"Type":"AWS::EC2::Image::Id","Default":"ami-1"}},
		"Resources":{
			"Vpc":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"{{resolve:ssm:/net/block}}"}},
			"Subnet":{"Type":"AWS::EC2::Subnet","Properties":{"VpcId":{"Ref":"Vpc"},"CidrBlock":{"Fn::Select":["1",{"Ref":"Zones"}]}}}},
		"Outputs":{"Block":{"Value":{"Fn::GetAtt":["Vpc","CidrBlock"]}},"Other":{"Value":{"Fn::Select":[1,{"Ref":"Others"}]}}}}`
	result := Run(context.Background(), []cfn.Stack{stack("Consumer", consumer), stack("Producer", producer)}, Options{})
	if !result.OK() {
		t.Fatalf("%+v", result)
	}
	out := map[string]string{}
	for _, o := range find(t, result, "Consumer").Outcome.Outputs {
		out[o.Key] = o.Value
	}
	if out["Block"] != "10.9.0.0/16" || out["Other"] != "b" {
		t.Errorf("outputs %v", out)
	}
	alone := Run(context.Background(), []cfn.Stack{stack("Consumer", consumer)}, Options{})
	if reason := find(t, alone, "Consumer").Reason(); !strings.Contains(reason, "SSM parameter zones is not known") {
		t.Errorf("without its producer: %s", reason)
	}
}

// A dynamic reference to what nobody makes fails where it is needed, as on AWS.
func TestRunFailsForAParameterThatIsNotThere(t *testing.T) {
	t.Parallel()
	const template = `{"Resources":{"Vpc":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"{{resolve:ssm:/nobody}}"}}}}`
	result := Run(context.Background(), []cfn.Stack{stack("S", template)}, Options{})
	if s := find(t, result, "S"); s.Outcome.Status != cfn.RollbackComplete || !strings.Contains(s.Reason(), "dynamic reference {{resolve:ssm:/nobody}}: SSM parameter /nobody is not known") {
		t.Errorf("%s %s", s.Outcome.Status, s.Reason())
	}
}
