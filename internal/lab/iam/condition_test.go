package iam

import "testing"

// TestConditions covers every operator with a key that is there and one that
// is not, as described in docs.aws.amazon.com/IAM/latest/UserGuide/
// reference_policies_elements_condition_operators.html and
// reference_policies_condition-single-vs-multi-valued-context-keys.html.
func TestConditions(t *testing.T) {
	t.Parallel()
	context := map[string][]string{
		"aws:SourceVpce":        {"vpce-1"},
		"aws:PrincipalArn":      {"arn:aws:iam::111122223333:role/team/prober"},
		"aws:SecureTransport":   {"true"},
		"aws:VpcSourceIp":       {"10.0.1.9"},
		"s3:max-keys":           {"10"},
		"s3:prefix":             {"Home/"},
		"aws:PrincipalAccount":  {"111122223333"},
		"aws:PrincipalOrgPaths": {"o-1/a/", "o-1/b/"},
		"aws:CurrentTime":       {"2025-06-15T12:00:00Z"},
		"aws:EpochTime":         {"1749988800"},
	}
	for _, test := range []struct {
		condition string
		want      bool
	}{
		{`"StringEquals":{"aws:SourceVpce":"vpce-1"}`, true},
		{`"StringEquals":{"aws:SourceVpce":"VPCE-1"}`, false},
		{`"StringEquals":{"aws:SourceVpce":"vpce-*"}`, false},
		{`"StringEquals":{"aws:SourceVpce":["vpce-0","vpce-1"]}`, true},
		{`"StringEquals":{"aws:SourceVpc":"vpc-1"}`, false},
		{`"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}`, true},
		{`"StringEqualsIfExists":{"aws:SourceVpce":"vpce-2"}`, false},
		{`"StringEquals":{"aws:SourceVpce":[]}`, false},
		{`"StringNotEquals":{"aws:SourceVpce":"vpce-1"}`, false},
		{`"StringNotEquals":{"aws:SourceVpce":["vpce-1","vpce-2"]}`, false},
		{`"StringNotEquals":{"aws:SourceVpce":["vpce-2","vpce-3"]}`, true},
		{`"StringNotEquals":{"aws:SourceVpc":"vpc-1"}`, true},
		{`"StringEqualsIgnoreCase":{"s3:prefix":"hOME/"}`, true},
		{`"StringNotEqualsIgnoreCase":{"s3:prefix":"hOME/"}`, false},
		{`"StringLike":{"aws:SourceVpce":"vpce-?"}`, true},
		{`"StringLike":{"aws:PrincipalArn":"*${aws:PrincipalAccount}:role/*"}`, true},
		{`"StringEquals":{"s3:prefix":"${aws:SourceVpc, 'Home/'}"}`, true},
		{`"StringEquals":{"s3:prefix":"${aws:SourceVpc}"}`, false},
		{`"StringNotLike":{"aws:SourceVpce":"vpce-*"}`, false},
		{`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/team/*"}`, true},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam:*:role/team/prober"}`, false},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/prober"}`, false},
		{`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/prober"}`, true},
		{`"ArnNotEquals":{"aws:SourceArn":"arn:aws:s3:::b"}`, true},
		{`"ArnLike":{"aws:SourceArn":"*"}`, false},
		{`"Bool":{"aws:SecureTransport":"True"}`, true},
		{`"Bool":{"aws:SecureTransport":false}`, false},
		{`"Bool":{"aws:PrincipalIsAWSService":"false"}`, false},
		{`"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}`, true},
		{`"Null":{"aws:SourceVpce":"true"}`, false},
		{`"Null":{"aws:SourceVpce":"false"}`, true},
		{`"Null":{"aws:SourceVpc":true}`, true},
		{`"NumericEquals":{"s3:max-keys":"10.0"}`, true},
		{`"NumericNotEquals":{"s3:max-keys":10}`, false},
		{`"NumericLessThan":{"s3:max-keys":10}`, false},
		{`"NumericLessThanEquals":{"s3:max-keys":10}`, true},
		{`"NumericGreaterThan":{"s3:max-keys":9}`, true},
		{`"NumericGreaterThanEquals":{"s3:max-keys":11}`, false},
		{`"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/16"}`, true},
		{`"IpAddress":{"aws:VpcSourceIp":["10.1.0.0/16","10.0.1.9"]}`, true},
		{`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`, false},
		{`"NotIpAddress":{"aws:VpcSourceIp":"10.0.0.0/16"}`, false},
		{`"NotIpAddress":{"aws:SourceIp":"10.0.0.0/16"}`, true},
		{`"DateLessThan":{"aws:CurrentTime":"2025-06-15T12:00:01Z"}`, true},
		{`"DateLessThan":{"aws:CurrentTime":"2025-06-15"}`, false},
		{`"DateLessThanEquals":{"aws:CurrentTime":"2025-06-15T13:00:00+01:00"}`, true},
		{`"DateGreaterThan":{"aws:EpochTime":"2025-06"}`, true},
		{`"DateGreaterThanEquals":{"aws:CurrentTime":"1749988801"}`, false},
		{`"DateEquals":{"aws:EpochTime":"2025-06-15T12:00Z"}`, true},
		{`"DateNotEquals":{"aws:EpochTime":1749988800}`, false},
		{`"DateGreaterThan":{"aws:TokenIssueTime":"2020"}`, false},
		{`"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}`, true},
		{`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, false},
		{`"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}`, true},
		{`"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-1/*"}`, true},
		{`"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-1/a/*"}`, false},
		{`"ForAllValues:StringEquals":{"aws:SourceVpc":"x"}`, true},
		{`"ForAllValues:StringNotLike":{"aws:PrincipalOrgPaths":"*/b/"}`, false},
		{`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/a/*"}`, true},
		{`"ForAnyValue:StringEquals":{"aws:SourceVpc":"x"}`, false},
		{`"ForAnyValue:StringEqualsIfExists":{"aws:SourceVpc":"x"}`, false},
		{`"ForAnyValue:StringNotLike":{"aws:PrincipalOrgPaths":"*/b/"}`, true},
		{`"StringEquals":{"aws:SourceVpce":"vpce-1"},"Bool":{"aws:SecureTransport":"false"}`, false},
		{`"StringEquals":{"aws:SourceVpce":"vpce-1","s3:prefix":"Home/"}`, true},
	} {
		t.Run(test.condition, func(t *testing.T) {
			t.Parallel()
			p := mustParse(t, doc(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+test.condition+`}}`))
			r := Request{Action: "s3:ListBucket", Resource: "arn:aws:s3:::b", Context: context}
			if d := Evaluate(r, []Policy{*p}, nil, nil); d.Allowed != test.want {
				t.Errorf("got %+v, want %v", d, test.want)
			}
		})
	}
}
