package ssm

import (
	"context"
	"regexp"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and its like.
func init() {
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, getRequest]{
		Name: "GetParameter", Run: getParameter,
		Resource: func(s *Store, q getRequest) string { name, _, _ := selected(q.Name); return s.arn(name) },
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, getManyRequest]{
		Name: "GetParameters", Resource: func(s *Store, q getManyRequest) string { return s.arn(first(q.Names)) }, Run: getParameters,
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, byPathRequest]{
		Name: "GetParametersByPath", Resource: func(s *Store, q byPathRequest) string { return s.arn(q.Path) }, Run: getParametersByPath,
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, putRequest]{
		Name: "PutParameter", Resource: func(s *Store, q putRequest) string { return s.arn(q.Name) }, Run: putParameter,
	})
	api.RegisterTarget(&ssm, api.TargetOperation[*Store, deleteRequest]{
		Name: "DeleteParameter", Resource: func(s *Store, q deleteRequest) string { return s.arn(q.Name) },
		Run: func(_ context.Context, s *Store, q deleteRequest) (any, error) { return struct{}{}, s.Delete(q.Name) },
	})
}

type (
	getRequest struct {
		Name           string
		WithDecryption bool
	}
	getManyRequest struct {
		Names          []string
		WithDecryption bool
	}
	byPathRequest struct {
		Path           string
		Recursive      bool
		WithDecryption bool
		MaxResults     int
		NextToken      string
	}
	putRequest struct {
		Name, Value, Type, Description string
		Overwrite                      bool
		DataType, Tier, KeyId          string // nothing is encrypted here
		AllowedPattern                 string
		Tags                           []tagJSON
	}
	deleteRequest struct{ Name string }

	parameterJSON struct {
		Name, Type, Value string
		Version           int
		LastModifiedDate  float64
		ARN               string
		DataType          string
	}
)

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// describe shows a parameter. A secure one is readable only if the caller wants it decrypted.
func (s *Store) describe(p Parameter, decrypted bool) parameterJSON {
	if p.Type == "SecureString" && !decrypted {
		p.Value = "AQICAH" + awsid.Alphanumeric(32, p.Name, p.Value)
	}
	return parameterJSON{p.Name, p.Type, p.Value, p.Version, float64(p.Modified.UnixMilli()) / 1000, s.arn(p.Name), "text"}
}

// selected splits NAME:VERSION. An ARN has more colons.
func selected(name string) (parameter, version string, ok bool) {
	if strings.HasPrefix(name, "arn:") {
		return name, "", false
	}
	return strings.Cut(name, ":")
}

func getParameter(_ context.Context, s *Store, q getRequest) (any, error) {
	name, version, ok := selected(q.Name)
	if ok {
		p, err := s.version(name, version)
		return struct{ Parameter parameterJSON }{s.describe(p, q.WithDecryption)}, err
	}
	p, err := s.find(q.Name)
	return struct{ Parameter parameterJSON }{s.describe(p, q.WithDecryption)}, err
}

func getParameters(_ context.Context, s *Store, q getManyRequest) (any, error) {
	out := struct {
		Parameters        []parameterJSON
		InvalidParameters []string
	}{[]parameterJSON{}, []string{}}
	for _, name := range q.Names {
		if p, err := s.find(name); err == nil {
			out.Parameters = append(out.Parameters, s.describe(p, q.WithDecryption))
		} else {
			out.InvalidParameters = append(out.InvalidParameters, name)
		}
	}
	return out, nil
}

func getParametersByPath(_ context.Context, s *Store, q byPathRequest) (any, error) {
	if !strings.HasPrefix(q.Path, "/") || q.NextToken != "" {
		return nil, awserr.New("ValidationException", "The parameter path must begin with /, and the lab answers in one page")
	}
	out := struct{ Parameters []parameterJSON }{[]parameterJSON{}}
	for _, p := range s.all() {
		rest, below := strings.CutPrefix(p.Name, strings.TrimSuffix(q.Path, "/")+"/")
		if below && (q.Recursive || !strings.Contains(rest, "/")) {
			out.Parameters = append(out.Parameters, s.describe(p, q.WithDecryption))
		}
	}
	return out, nil
}

func putParameter(_ context.Context, s *Store, q putRequest) (any, error) {
	before, exists := s.made(q.Name)
	if q.Type == "" {
		q.Type = before.Type
	}
	switch {
	case q.Type != "String" && q.Type != "StringList" && q.Type != "SecureString":
		return nil, awserr.New("ValidationException", "the lab has no parameters of type %q", q.Type)
	case q.Value == "":
		return nil, awserr.New("ValidationException", "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.")
	}
	if pattern, err := regexp.Compile(q.AllowedPattern); err != nil || !pattern.MatchString(q.Value) {
		return nil, awserr.New("ParameterPatternMismatchException", "Parameter value, cannot be validated against allowedPattern: %s", q.AllowedPattern)
	}
	p := Parameter{Name: q.Name, Type: q.Type, Value: q.Value}
	if !exists || !q.Overwrite {
		if err := s.Create(p); err != nil {
			return nil, err
		}
		p, _ = s.made(q.Name)
	} else {
		p = s.Put(p) // its own version, whoever writes at the same time
	}
	s.tag(q.Name, q.Tags)
	return struct {
		Version int
		Tier    string
	}{p.Version, "Standard"}, nil
}
