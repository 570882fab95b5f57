package resources

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/registry"
)

// Every type of an inert service is accepted and says what does not happen, but for those
// that carry traffic and those that the lab has.
func TestInertTypesAreAcceptedAndSaySo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	found := 0
	for _, name := range registry.Names() {
		if _, inert := serviceOf(name); !inert {
			continue
		}
		if _, both := supported[name]; both {
			continue
		}
		found++
		typ, ok := w.Type(name)
		if !ok {
			t.Errorf("%s is not known", name)
			continue
		}
		if inert, is := typ.(cfn.Inert); !is || inert.Inert(nil, nil) == "" {
			t.Errorf("%s: it does not say why", name)
		}
		made := w.make(name, "It", nil)
		for _, attribute := range typ.(cfn.Attributed).Attributes() {
			if v, ok := made.Attributes[attribute]; !ok || v == nil {
				t.Errorf("%s has no attribute %s", name, attribute)
			}
		}
		made.delete()
	}
	if found < 500 {
		t.Errorf("only %d types are inert", found)
	}
}

func TestInertTypesRefusePropertiesThatTheyDoNotHave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	typ, _ := w.Type("AWS::SNS::Topic")
	if err := typ.Check(map[string]any{"TopicNmae": "x", "TopicName": "x"}); err == nil || err.Error() != "property TopicNmae is none of AWS::SNS::Topic" {
		t.Errorf("got %v", err)
	}
}

// The tables name types that exist, and no service is inert that carries traffic.
func TestInertTablesNameTypes(t *testing.T) {
	t.Parallel()
	for name := range inertTypes {
		if _, ok := registry.Lookup(name); !ok {
			t.Errorf("inertTypes: there is no type %s", name)
		}
	}
	for name := range carriers {
		if _, ok := registry.Lookup(name); !ok {
			t.Errorf("carriers: there is no type %s", name)
		}
		if _, ok := New(Options{}).Type(name); ok {
			t.Errorf("carriers: %s is accepted", name)
		}
	}
	for namespace := range inertServices {
		if !slices.ContainsFunc(registry.Names(), func(name string) bool { return strings.HasPrefix(name, namespace+"::") }) {
			t.Errorf("inertServices: there is no type of %s", namespace)
		}
	}
	for _, namespace := range []string{"AWS::EC2", "AWS::ElasticLoadBalancing", "AWS::ElasticLoadBalancingV2", "AWS::NetworkFirewall", "AWS::VpcLattice", "AWS::GlobalAccelerator", "AWS::NetworkManager", "AWS::DirectConnect", "AWS::Route53", "AWS::IAM", "AWS::Lambda", "AWS::S3"} {
		if _, inert := inertServices[namespace]; inert {
			t.Errorf("%s is inert as a whole", namespace)
		}
	}
}

// Ref and attributes have AWS's forms.
func TestInertValuesHaveAWSsForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		typ        string
		properties props
		attribute  string // "" is Ref
		want       string // a * stands for anything
	}{
		{"AWS::SNS::Topic", props{"TopicName": "news"}, "", "arn:aws:sns:ap-northeast-2:123456789012:news"},
		{"AWS::SNS::Topic", props{"TopicName": "news"}, "TopicName", "news"},
		{"AWS::SNS::Topic", props{"TopicName": "news"}, "TopicArn", "arn:aws:sns:ap-northeast-2:123456789012:news"},
		{"AWS::SQS::Queue", props{"QueueName": "q"}, "", "https://sqs.ap-northeast-2.amazonaws.com/123456789012/q"},
		{"AWS::SQS::Queue", props{"QueueName": "q"}, "Arn", "arn:aws:sqs:ap-northeast-2:123456789012:q"},
		{"AWS::EC2::FlowLog", nil, "", "fl-0*"},
		{"AWS::EC2::FlowLog", nil, "Id", "fl-0*"},
		{"AWS::KMS::Key", nil, "Arn", "arn:aws:kms:ap-northeast-2:123456789012:key/*-4*"},
		{"AWS::SecretsManager::Secret", props{"Name": "s"}, "", "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:s-*"},
		{"AWS::RDS::DBInstance", props{"DBInstanceIdentifier": "db", "Engine": "postgres"}, "Endpoint.Address", "db.*.ap-northeast-2.rds.amazonaws.com"},
		{"AWS::RDS::DBInstance", props{"Engine": "postgres"}, "Endpoint.Port", "5432"},
		{"AWS::RDS::DBProxy", props{"DBProxyName": "p"}, "DBProxyArn", "arn:aws:rds:ap-northeast-2:123456789012:db-proxy:prx-*"},
		{"AWS::RDS::DBInstance", props{"Engine": "mysql", "Port": "3333"}, "Endpoint.Port", "3333"},
		{"AWS::ECR::Repository", props{"RepositoryName": "r"}, "RepositoryUri", "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/r"},
		{"AWS::DynamoDB::Table", props{"TableName": "T"}, "", "T"},
		{"AWS::DynamoDB::Table", props{"TableName": "T"}, "Arn", "arn:aws:dynamodb:ap-northeast-2:123456789012:table/T"},
		{"AWS::ECS::Cluster", props{"ClusterName": "c"}, "Arn", "arn:aws:ecs:ap-northeast-2:123456789012:cluster/c"},
		{"AWS::IAM::User", props{"UserName": "u"}, "Arn", "arn:aws:iam::123456789012:user/u"},
	} {
		made := w.make(c.typ, "It", c.properties)
		got := any(made.id())
		if c.attribute != "" {
			got = made.Attributes[c.attribute]
		}
		text, _ := got.(string)
		for i, part := range strings.Split(c.want, "*") {
			at := strings.Index(text, part)
			if at < 0 || i == 0 && at != 0 {
				t.Errorf("%s %v %s: got %v, want %s", c.typ, c.properties, c.attribute, got, c.want)
				break
			}
			text = text[at+len(part):]
		}
		if !strings.HasSuffix(c.want, "*") && text != "" {
			t.Errorf("%s %v %s: got %v, want %s", c.typ, c.properties, c.attribute, got, c.want)
		}
	}
}

// The forms of values by the names of attributes and identifiers.
var valueForms = []struct {
	what, end string
	form      *regexp.Regexp
}{
	{"the ARN of a role", "rolearn", regexp.MustCompile(`^arn:aws:iam::123456789012:role/[\w+=,.@/-]+$`)},
	{"an ARN", "arn", regexp.MustCompile(`^arn:aws:[a-z0-9-]+:([a-z0-9-]+)?:(\d{12})?:\S+$`)},
	{"a URL", "url", regexp.MustCompile(`^https://[a-z0-9.-]+`)},
	{"a port", "port", regexp.MustCompile(`^\d+$`)},
	{"an account", "accountid", regexp.MustCompile(`^\d{12}$`)},
	{"a time", "createdat", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)},
	{"text", "", regexp.MustCompile(`^\S+$`)},
}

func checkValue(t *testing.T, typ, name string, v any) {
	t.Helper()
	text, ok := v.(string)
	for _, f := range valueForms {
		if strings.HasSuffix(strings.ToLower(name), f.end) {
			if !ok || !f.form.MatchString(text) {
				t.Errorf("%s %s: %#v is not %s", typ, name, v, f.what)
			}
			return
		}
	}
}

// Of every inert type: Ref and the attributes are there and have the forms that the
// registry and their names say, differ from resource to resource, and stay with an update.
func TestInertValuesAreWellFormed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range registry.Names() {
		typ, ok := w.Type(name)
		inert, is := typ.(inertType)
		if !ok || !is {
			continue
		}
		made, other := w.make(name, "It", nil), w.make(name, "Other", nil)
		if made.id() == other.id() && !strings.HasPrefix(strings.ToLower(inert.Ref), "accountid") && inert.Ref != "awsAccountId" {
			t.Errorf("%s: two have the same id %s", name, made.id())
		}
		for i, part := range strings.Split(made.id(), "|") {
			if parts := strings.Split(inert.Ref, "|"); i < len(parts) {
				checkValue(t, name, "Ref "+parts[i], part)
			} else {
				t.Errorf("%s: Ref is %s, want %s", name, made.id(), inert.Ref)
			}
		}
		for _, attribute := range inert.Type.Attributes {
			switch v := made.Attributes[attribute].(type) {
			case []any:
				if inert.Forms[attribute] != registry.List || len(v) == 0 {
					t.Errorf("%s %s: %v is no list of its form", name, attribute, v)
				}
				for _, e := range v {
					checkValue(t, name, strings.TrimSuffix(attribute, "s"), e)
				}
			case map[string]any:
				if inert.Forms[attribute] != registry.Object {
					t.Errorf("%s %s: %v is a structure", name, attribute, v)
				}
			default:
				checkValue(t, name, attribute, v)
			}
		}
		updated, err := typ.Update(t.Context(), cfn.Request{Stack: "stack", LogicalID: "It", Type: name, PhysicalID: made.id(), Properties: props{"Tags": []any{}}})
		if err != nil || updated.PhysicalID != "" && updated.PhysicalID != made.id() {
			t.Errorf("%s: an update makes %s of %s: %v", name, updated.PhysicalID, made.id(), err)
		}
	}
}
