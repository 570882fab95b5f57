package models

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"provenendpoints/internal/awsapi"
)

var (
	update   = flag.Bool("update", false, "write the models anew, from -botocore")
	botocore = flag.String("botocore", "", "the folder botocore/data of AWS's SDK for Python")
)

// published reads a service's model as AWS publishes it.
func published(t *testing.T, service, version string) *awsapi.Service {
	t.Helper()
	s := &awsapi.Service{}
	for file, into := range map[string]any{"service-2.json": s, "paginators-1.json": &s.Pagination} {
		text, err := os.ReadFile(filepath.Join(*botocore, service, version, file))
		if err != nil {
			t.Fatal(err)
		}
		if file == "paginators-1.json" {
			pages := struct{ Pagination any }{into}
			err = json.Unmarshal(text, &pages)
		} else {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			t.Fatalf("%s/%s: %v", service, file, err)
		}
	}
	return s
}

func TestModels(t *testing.T) {
	if *update {
		for service, version := range Versions {
			text, err := json.Marshal(published(t, service, version))
			if err != nil {
				t.Fatal(err)
			}
			var packed bytes.Buffer
			w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			_, _ = w.Write(text)
			_ = w.Close()
			if err := os.WriteFile(service+".json.gz", packed.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Skip("written; run again without -update")
	}
	for service := range Versions {
		s := Of(service)[service]
		if len(s.Operations) < 5 || s.Metadata.EndpointPrefix == "" {
			t.Errorf("%s: %d operations, %+v", service, len(s.Operations), s.Metadata)
		}
		for name, o := range s.Operations {
			for _, r := range []*awsapi.Reference{o.Input, o.Output} {
				if r != nil && s.Shapes[r.Shape] == nil {
					t.Errorf("%s.%s: no shape %s", service, name, r.Shape)
				}
			}
		}
		for name, shape := range s.Shapes {
			refs := []*awsapi.Reference{shape.Member, shape.Key, shape.Value}
			for _, r := range shape.Members {
				refs = append(refs, r)
			}
			for _, r := range refs {
				if r != nil && s.Shapes[r.Shape] == nil {
					t.Errorf("%s, shape %s: no shape %s", service, name, r.Shape)
				}
			}
		}
	}
}

type used[In, Out any] struct {
	service, operation string
	list               bool
}

func (u used[In, Out]) Uses() (string, string, reflect.Type, reflect.Type, bool) {
	return u.service, u.operation, reflect.TypeFor[In](), reflect.TypeFor[Out](), u.list
}

func TestCut(t *testing.T) {
	t.Parallel()
	type vpcs struct{ VpcIds []string }
	type vpc struct{ CidrBlock string }
	m, err := Cut(used[vpcs, vpc]{"ec2", "DescribeVpcs", true})
	if err != nil {
		t.Fatal(err)
	}
	s := m["ec2"]
	if got := s.Shapes["Vpc"].Members; len(got) != 1 || got["CidrBlock"] == nil {
		t.Errorf("members of a VPC: %v", got)
	}
	if in := s.Shapes["DescribeVpcsRequest"].Members; len(in) != 2 || in["VpcIds"] == nil || in["NextToken"] == nil {
		t.Errorf("members of the request: %v", in)
	}
	for want, operation := range map[string]Used{
		"has no member Cidr":                   used[vpcs, struct{ Cidr string }]{"ec2", "DescribeVpcs", true},
		"has no member Vpcs":                   used[struct{ Vpcs string }, vpc]{"ec2", "DescribeVpcs", true},
		"a string cannot be a int":             used[vpcs, struct{ CidrBlock int }]{"ec2", "DescribeVpcs", true},
		"a list cannot be a string":            used[struct{ VpcIds string }, vpc]{"ec2", "DescribeVpcs", true},
		"has no operation DescribeVPCs":        used[vpcs, vpc]{"ec2", "DescribeVPCs", true},
		"no model of the service ec3":          used[vpcs, vpc]{"ec3", "DescribeVpcs", true},
		"DescribeTargetHealth of elbv2 has no": used[struct{}, vpc]{"elbv2", "DescribeTargetHealth", true},
	} {
		if _, err := Cut(operation); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
