package cloud

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/registry"
)

// The services that interface endpoints can lead to and that the lab has no calls of: they
// have names, addresses and certificates, and refuse every request. One host answers for
// all of them.

// othersBlock is where their addresses are made up, in a block of AWS's.
var othersBlock = netip.MustParseAddr("52.119.128.1")

// publicNames are the DNS names of services that the rule below does not give, without
// the Region (docs.aws.amazon.com/general/latest/gr/aws-service-information.html).
var publicNames = map[string][]string{
	"appsync-api": {"*.appsync-api"}, "codeartifact.api": {"codeartifact"}, "codeartifact.repositories": {"*.d.codeartifact"}, "ecr.dkr": {"dkr.ecr", "*.dkr.ecr"}, "execute-api": {"*.execute-api"},
	"kinesis-firehose": {"firehose"}, "kinesis-streams": {"kinesis"}, "kinesis-streams-fips": {"kinesis-fips"}, "transfer.server": {"*.server.transfer"},
}

// namesOf are the public DNS names of a service: its labels the other way round, then the
// Region.
func namesOf(s registry.EndpointService, region string) []string {
	front, ok := publicNames[s.Name]
	if !ok {
		labels := strings.Split(s.Name, ".")
		slices.Reverse(labels)
		front = []string{strings.Join(labels, ".")}
	}
	var out []string
	for _, name := range front {
		switch {
		case s.Prefix == "aws.sagemaker":
			out = append(out, name+"."+region+".sagemaker.aws")
		case s.Prefix == "aws.api":
			out = append(out, name+"."+region+".api.aws")
		case s.Global:
			out = append(out, name+".amazonaws.com")
		default:
			out = append(out, name+"."+region+".amazonaws.com")
		}
	}
	return out
}

// serveOthers registers them and begins to answer for them.
func (c *Cloud) serveOthers() error {
	known := map[string]bool{}
	for _, entry := range catalogue {
		known[cmp.Or(entry.endpoint, entry.name)] = true
	}
	var configs []privatelink.ServiceConfig
	var addresses []netip.Addr
	ports := []int{443}
	next := othersBlock
	for _, s := range registry.EndpointServices() {
		if known[s.Name] {
			continue
		}
		configs = append(configs, privatelink.ServiceConfig{
			Name: s.In(c.scope.Region), Addrs: []netip.Addr{next}, DefaultNames: namesOf(s, c.scope.Region), Interface: true,
		})
		addresses = append(addresses, next)
		next = next.Next()
		if port := 0; s.Port != "" {
			if _, err := fmt.Sscan(s.Port, &port); err != nil {
				return fmt.Errorf("service %s: port %q: %w", s.Name, s.Port, err)
			}
			if !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	host, err := c.network.PublicHost("other services", addresses...)
	if err != nil {
		return err
	}
	for _, config := range configs {
		config.Host = host
		if _, err := c.privateLink.RegisterService(config); err != nil {
			return fmt.Errorf("service %s: %w", config.Name, err)
		}
	}
	for _, port := range ports {
		listener, err := host.Listen(port)
		if err != nil {
			return err
		}
		c.answerOn(tls.NewListener(listener, &tls.Config{GetCertificate: c.certificateOf, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), http.HandlerFunc(refuseOther))
	}
	return nil
}

// refuseOther says that there are no calls.
func refuseOther(w http.ResponseWriter, r *http.Request) {
	message := fmt.Sprintf("the lab has no calls of the service at %s", r.Host)
	text, err := json.Marshal(map[string]string{"__type": "NotImplemented", "message": message})
	if err != nil {
		text = []byte(message)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", "NotImplemented")
	w.WriteHeader(http.StatusNotImplemented)
	_, _ = w.Write(text) // a client that is gone needs no answer
}

// certificateOf is the certificate of a name of AWS's.
func (c *Cloud) certificateOf(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(hello.ServerName)
	if !strings.HasSuffix(name, ".amazonaws.com") && !strings.HasSuffix(name, ".aws") {
		return nil, errors.New("no service has this name")
	}
	return c.Certificate(name)
}
