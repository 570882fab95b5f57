package awsapi

import (
	"fmt"
	"strings"
	"sync"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/traits"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
	"github.com/aws/smithy-go/transport/http/protocol/ec2query"
	"github.com/aws/smithy-go/transport/http/protocol/restjson1"
	"github.com/aws/smithy-go/transport/http/protocol/restxml"
)

// schemas are a service's model in the form that the SDK's protocols read: the same
// that AWS's generated clients are compiled with, made when they are first needed.
type schemas struct {
	service  *Service
	protocol smithyhttp.ClientProtocol

	mu     sync.Mutex
	shapes map[string]*smithy.Schema
}

// namespace is that of all shapes. Protocols do not send it.
const namespace = "aws"

func newSchemas(s *Service) (*schemas, error) {
	c := &schemas{service: s, shapes: map[string]*smithy.Schema{}}
	name := s.Metadata.TargetPrefix
	if name == "" {
		name = s.Metadata.ServiceID
	}
	own := smithy.NewServiceSchema(smithy.NewSchema(smithy.ShapeID{Namespace: namespace, Name: name}, smithy.ShapeTypeService, 0), s.Metadata.APIVersion)
	switch {
	case s.Metadata.Protocol == "ec2":
		c.protocol = ec2query.New(own)
	case s.Metadata.Protocol == "query":
		c.protocol = awsquery.New(own)
	case s.Metadata.Protocol == "json" && s.Metadata.JSONVersion == "1.0":
		c.protocol = awsjson.New10(own)
	case s.Metadata.Protocol == "json":
		c.protocol = awsjson.New11(own)
	case s.Metadata.Protocol == "rest-json":
		c.protocol = restjson1.New(own)
	case s.Metadata.Protocol == "rest-xml":
		c.protocol = restxml.New(own)
	default:
		return nil, fmt.Errorf("%s: want a protocol of ec2, query, json, rest-json, rest-xml, got %q", s.Metadata.ServiceID, s.Metadata.Protocol)
	}
	return c, nil
}

// operation is the schema of a call. An operation without input or output has empty
// ones, as it has in the SDK.
func (c *schemas) operation(name string) (*smithy.OperationSchema, error) {
	o, ok := c.service.Operations[name]
	if !ok {
		return nil, fmt.Errorf("%s has no operation %s", c.service.Metadata.ServiceID, name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	own := smithy.NewSchema(smithy.ShapeID{Namespace: namespace, Name: name}, smithy.ShapeTypeOperation, 0,
		&traits.HTTP{Method: o.HTTP.Method, URI: o.HTTP.RequestURI, Code: o.HTTP.ResponseCode})
	input, err := c.top(o.Input, name+"Input")
	if err != nil {
		return nil, err
	}
	output, err := c.top(o.Output, name+"Output")
	return smithy.NewOperationSchema(own, input, output), err
}

func (c *schemas) top(r *Reference, name string) (*smithy.Schema, error) {
	if r == nil {
		return smithy.NewSchema(smithy.ShapeID{Namespace: namespace, Name: name}, smithy.ShapeTypeStructure, 0), nil
	}
	return c.shape(r.Shape)
}

var shapeTypes = map[string]smithy.ShapeType{
	"blob": smithy.ShapeTypeBlob, "boolean": smithy.ShapeTypeBoolean, "character": smithy.ShapeTypeString,
	"double": smithy.ShapeTypeDouble, "float": smithy.ShapeTypeFloat, "integer": smithy.ShapeTypeInteger,
	"list": smithy.ShapeTypeList, "long": smithy.ShapeTypeLong, "map": smithy.ShapeTypeMap,
	"string": smithy.ShapeTypeString, "structure": smithy.ShapeTypeStructure, "timestamp": smithy.ShapeTypeTimestamp,
}

// shape is the schema of a shape. Shapes may hold themselves: what they have is added
// after they are known.
func (c *schemas) shape(name string) (*smithy.Schema, error) {
	if known := c.shapes[name]; known != nil {
		return known, nil
	}
	shape := c.service.Shapes[name]
	if shape == nil {
		return nil, fmt.Errorf("%s has no shape %s", c.service.Metadata.ServiceID, name)
	}
	kind, ok := shapeTypes[shape.Type]
	if !ok {
		return nil, fmt.Errorf("shape %s of %s has the unknown type %q", name, c.service.Metadata.ServiceID, shape.Type)
	}
	own := smithy.NewSchema(smithy.ShapeID{Namespace: namespace, Name: name}, kind, len(shape.Members), shapeTraits(shape)...)
	c.shapes[name] = own
	for member, r := range shape.Members {
		if err := c.add(own, member, r, member == shape.Payload, memberTraits(c.service, member, r)); err != nil {
			return nil, err
		}
	}
	for part, r := range map[string]*Reference{"member": shape.Member, "key": shape.Key, "value": shape.Value} {
		if r == nil {
			continue
		}
		var named []smithy.Trait
		if r.LocationName != "" {
			named = []smithy.Trait{&traits.XMLName{Name: r.LocationName}}
		}
		if err := c.add(own, part, r, false, named); err != nil {
			return nil, err
		}
	}
	return own, nil
}

func (c *schemas) add(to *smithy.Schema, name string, r *Reference, payload bool, t []smithy.Trait) error {
	target, err := c.shape(r.Shape)
	if err != nil {
		return err
	}
	if payload {
		t = append(t, &traits.HTTPPayload{})
	}
	to.AddMember(name, target, t...)
	return nil
}

func shapeTraits(s *Shape) (t []smithy.Trait) {
	if s.TimestampFormat != "" {
		t = append(t, timestamp(s.TimestampFormat))
	}
	return t
}

// memberTraits say where a member of a structure stands, and by which name. The
// published models have one word for all of it, Smithy has one each.
func memberTraits(s *Service, name string, r *Reference) (t []smithy.Trait) {
	located := r.LocationName
	if located == "" {
		located = name
	}
	switch r.Location {
	case "uri":
		return []smithy.Trait{&traits.HTTPLabel{}}
	case "querystring":
		t = append(t, &traits.HTTPQuery{Name: located})
	case "header":
		t = append(t, &traits.HTTPHeader{Name: located})
	case "headers":
		t = append(t, &traits.HTTPPrefixHeaders{Prefix: r.LocationName})
	case "statusCode":
		t = append(t, &traits.HTTPResponseCode{})
	default:
		shape := s.Shapes[r.Shape]
		if shape != nil && (shape.Flattened || r.Flattened) {
			t = append(t, &traits.XMLFlattened{})
			// A list without an element of its own has the name of its items.
			if shape.Member != nil && shape.Member.LocationName != "" && r.LocationName == "" {
				located = shape.Member.LocationName
			}
		}
		if located != name {
			t = append(t, &traits.XMLName{Name: located}, &traits.JSONName{Name: located})
		}
		if r.QueryName != "" {
			t = append(t, &traits.EC2QueryName{Name: r.QueryName})
		}
	}
	if r.TimestampFormat != "" {
		t = append(t, timestamp(r.TimestampFormat))
	}
	if r.XMLAttribute {
		t = append(t, &traits.XMLAttribute{})
	}
	if r.XMLNamespace != nil {
		t = append(t, &traits.XMLNamespace{URI: r.XMLNamespace.URI})
	}
	return t
}

// timestamp translates the published models' names of formats into Smithy's.
func timestamp(format string) *traits.TimestampFormat {
	switch {
	case strings.EqualFold(format, "iso8601"):
		return &traits.TimestampFormat{Format: "date-time"}
	case strings.EqualFold(format, "rfc822"):
		return &traits.TimestampFormat{Format: "http-date"}
	}
	return &traits.TimestampFormat{Format: "epoch-seconds"}
}
