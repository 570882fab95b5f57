package region_test

import (
	"fmt"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
)

// tableTemplate has a table and a function in a subnet without a way out but a gateway endpoint
// to DynamoDB, by which alone its role may use the table.
const tableTemplate = `{"Resources": {
	"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
	"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}},
	"Routes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
	"Association": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Routes"}}},
	"Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": {"Ref": "Vpc"}, "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.dynamodb"}, "RouteTableIds": [{"Ref": "Routes"}]}},
	"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "x", "VpcId": {"Ref": "Vpc"}}},
	"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}},
	"Role": {"Type": "AWS::IAM::Role", "Properties": {
		"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		"ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"}],
		"Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": {"Fn::GetAtt": ["Table", "Arn"]},
			"Condition": {"StringEquals": {"aws:SourceVpce": {"Ref": "Endpoint"}}}}]}}]}},
	"Function": {"Type": "AWS::Lambda::Function", "DependsOn": "Association", "Properties": {"Runtime": "nodejs22.x", "Handler": "index.handler", "Timeout": 60, "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": %q},
		"VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}]}}}},
	"Outputs": {"Function": {"Value": {"Ref": "Function"}}, "Table": {"Value": {"Ref": "Table"}}}}`

const tableCode = `const { DynamoDB } = require('@aws-sdk/client-dynamodb');
exports.handler = async (TableName) => {
  const db = new DynamoDB({}), Key = { id: { S: 'a' } };
  await db.putItem({ TableName, Item: { ...Key, n: { N: '1' } } });
  await db.updateItem({ TableName, Key, UpdateExpression: 'SET n = n + :i', ExpressionAttributeValues: { ':i': { N: '41' } } });
  return (await db.getItem({ TableName, Key })).Item.n.N;
};`

// A function in an isolated subnet uses a table through a gateway endpoint; without the
// endpoint's route it does not get there.
func TestTablesThroughAGatewayEndpoint(t *testing.T) {
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	r, err := region.New(region.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := r.Deploy(within(t), cfn.Stack{ID: "S", Name: "S", Template: fmt.Appendf(nil, tableTemplate, tableCode)}); err != nil {
		t.Fatal(err)
	}
	function, _ := r.Output("S", "Function")
	table, _ := r.Output("S", "Table")
	invoke := func() (string, string) {
		answer, err := r.Functions.Invoke(within(t), function, fmt.Appendf(nil, "%q", table))
		if err != nil {
			t.Fatal(err)
		}
		return string(answer.Payload), answer.FunctionError
	}
	if got, failed := invoke(); got != `"42"` || failed != "" {
		t.Errorf("through the endpoint: %s %s", got, failed)
	}
	endpoints := r.PrivateLink.Endpoints()
	if len(endpoints) != 1 {
		t.Fatalf("%d endpoints", len(endpoints))
	}
	if err := r.PrivateLink.DeleteEndpoint(endpoints[0].ID); err != nil {
		t.Fatal(err)
	}
	if got, failed := invoke(); failed == "" {
		t.Errorf("without the endpoint: %s", got)
	}
}
