package registry

import (
	_ "embed"
	"strings"
	"sync"
)

// EndpointService is a service of AWS's that interface endpoints can lead to.
type EndpointService struct {
	// Name is the service's name behind the prefix, such as ecr.api.
	Name string
	// Prefix is what its name begins with, such as aws.sagemaker. Default: com.amazonaws.
	Prefix string
	// Port is where it takes connections. Default: 443.
	Port string
	// Global services have no Region in their names.
	Global bool
}

// In returns the service's full name in a Region, such as
// com.amazonaws.eu-west-1.ecr.api.
func (s EndpointService) In(region string) string {
	prefix := s.Prefix
	if prefix == "" {
		prefix = "com.amazonaws"
	}
	if s.Global {
		return prefix + "." + s.Name
	}
	return prefix + "." + region + "." + s.Name
}

//go:embed endpoints.txt
var endpointsText string

// EndpointServices returns all services that the CDK library has a constant for, by name.
var EndpointServices = sync.OnceValue(func() []EndpointService {
	var out []EndpointService
	for line := range strings.Lines(endpointsText) {
		if f := strings.Fields(line); len(f) == 4 && f[0] != "#" {
			value := func(text string) string { return strings.TrimPrefix(text, "-") }
			out = append(out, EndpointService{Name: f[0], Prefix: value(f[1]), Port: value(f[2]), Global: f[3] == "global"})
		}
	}
	return out
})
