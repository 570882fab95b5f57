package cloud

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// catalogue are the Region's services by the names that requests are signed with. The
// addresses are made up, in blocks of AWS's
// (docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html), those of S3 and
// DynamoDB inside their prefix lists.
var catalogue = []struct {
	name     string
	protocol api.Protocol
	// host begins its DNS name, endpoint ends the name of its endpoint service
	// (docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
	// Default of both: name.
	host, endpoint string
	addresses      []string
	// plain services answer on port 80 as well.
	plain bool
	// prefixList is the id of the prefix list, if there is one.
	prefixList string
	prefixes   []string
	// global services have one endpoint for all Regions, whose requests are signed for
	// us-east-1, and no VPC endpoints in this Region
	// (docs.aws.amazon.com/general/latest/gr/iam-service.html).
	global bool
}{
	{name: "s3", protocol: api.RESTXML, addresses: []string{"52.219.60.1", "52.219.60.33"}, plain: true, prefixList: "pl-78a54011", prefixes: []string{"52.219.56.0/22", "52.219.60.0/23", "3.5.140.0/22"}},
	{name: "dynamodb", protocol: api.JSON, addresses: []string{"52.94.9.80"}, plain: true, prefixList: "pl-48a54021", prefixes: []string{"52.94.8.0/23"}},
	{name: "cloudformation", protocol: api.Query, addresses: []string{"52.95.193.132"}},
	{name: "ec2", protocol: api.EC2, addresses: []string{"52.95.193.100"}, plain: true},
	{name: "elasticloadbalancing", protocol: api.Query, addresses: []string{"52.95.194.77"}},
	{name: "lambda", protocol: api.JSON, addresses: []string{"52.95.195.21"}},
	{name: "sts", protocol: api.Query, addresses: []string{"52.95.192.65"}},
	{name: "iam", protocol: api.Query, addresses: []string{"52.94.236.40"}, global: true},
	{name: "logs", protocol: api.JSON, addresses: []string{"52.95.196.14"}},
	{name: "monitoring", protocol: api.Query, addresses: []string{"52.95.196.90"}},
	{name: "scheduler", protocol: api.JSON, addresses: []string{"52.95.197.121"}},
	{name: "ssm", protocol: api.JSON, addresses: []string{"52.95.197.8"}},
	{name: "secretsmanager", protocol: api.JSON, addresses: []string{"52.95.197.50"}},
	{name: "kms", protocol: api.JSON, addresses: []string{"52.95.198.3"}},
	{name: "route53", protocol: api.Query, addresses: []string{"205.251.192.5"}, global: true},
	{name: "route53resolver", protocol: api.JSON, addresses: []string{"52.95.199.101"}},
	{name: "route53profiles", protocol: api.JSON, addresses: []string{"52.95.199.102"}},
	{name: "sqs", protocol: api.JSON, addresses: []string{"52.95.198.70"}},
	{name: "sns", protocol: api.Query, addresses: []string{"52.95.199.40"}},
	{name: "apigateway", protocol: api.JSON, addresses: []string{"52.95.200.11"}},
	{name: "autoscaling", protocol: api.Query, addresses: []string{"52.95.200.21"}},
	{name: "bedrock", host: "bedrock-runtime", endpoint: "bedrock-runtime", protocol: api.JSON, addresses: []string{"52.95.200.31"}},
	{name: "ecr", host: "api.ecr", endpoint: "ecr.api", protocol: api.JSON, addresses: []string{"52.95.200.41"}},
	{name: "ecs", protocol: api.JSON, addresses: []string{"52.95.200.51"}},
	{name: "eks", protocol: api.JSON, addresses: []string{"52.95.200.61"}},
	{name: "events", protocol: api.JSON, addresses: []string{"52.95.200.71"}},
	{name: "firehose", endpoint: "kinesis-firehose", protocol: api.JSON, addresses: []string{"52.95.200.81"}},
	{name: "kinesis", endpoint: "kinesis-streams", protocol: api.JSON, addresses: []string{"52.95.200.91"}},
	{name: "rds", protocol: api.Query, addresses: []string{"52.95.200.101"}},
	{name: "states", protocol: api.JSON, addresses: []string{"52.95.200.111"}},
}

// webHosts are on the internet and no part of AWS.
var webHosts = []struct {
	names     []string
	addresses []string
}{
	{[]string{"www.example.com", "example.com"}, []string{"93.184.215.14"}},
	{[]string{"www.example.org", "example.org"}, []string{"93.184.216.34"}},
	{[]string{"archive.ubuntu.com"}, []string{"91.189.91.82"}}, // what apt-get reaches for
}

// serveAll registers every service and web host and begins to serve them.
func (c *Cloud) serveAll() error {
	for _, entry := range catalogue {
		c.routes.set(api.Unimplemented(entry.name, entry.protocol))
		host := cmp.Or(entry.host, entry.name) + "." + c.scope.Region + ".amazonaws.com"
		endpoint := cmp.Or(entry.endpoint, entry.name)
		if entry.global {
			host = entry.name + ".amazonaws.com"
		}
		names := []string{host}
		if entry.name == "s3" {
			names = append(names, "*."+host)
		}
		config := privatelink.ServiceConfig{
			Name: "com.amazonaws." + c.scope.Region + "." + endpoint, DefaultNames: names, Interface: !entry.global,
		}
		var err error
		if config.Addrs, err = parseAddrs(entry.addresses); err != nil {
			return err
		}
		if entry.prefixList != "" {
			config.PrefixList = &vpc.PrefixList{ID: entry.prefixList, Name: config.Name}
			for _, p := range entry.prefixes {
				prefix, err := netip.ParsePrefix(p)
				if err != nil {
					return fmt.Errorf("service %s: %w", entry.name, err)
				}
				config.PrefixList.Entries = append(config.PrefixList.Entries, prefix)
			}
		}
		at, err := c.privateLink.RegisterService(config)
		if err != nil {
			return fmt.Errorf("service %s: %w", entry.name, err)
		}
		// The endpoints' own names, and names below these.
		labels := strings.Split(endpoint, ".")
		slices.Reverse(labels)
		own := "." + strings.Join(labels, ".") + "." + c.scope.Region + ".vpce.amazonaws.com"
		if entry.name == "s3" && c.scope.Region == "us-east-1" {
			for _, old := range oldS3Names {
				if err := c.network.PublishName(old, config.Addrs...); err != nil {
					return fmt.Errorf("service %s: %w", entry.name, err)
				}
			}
			names = append(names, oldS3Names...)
		}
		if err := c.serve(at, c.handler(entry.name), entry.plain, append(names, "*"+own)...); err != nil {
			return fmt.Errorf("service %s: %w", entry.name, err)
		}
	}
	if err := c.serveOthers(); err != nil {
		return err
	}
	for _, w := range webHosts {
		addresses, err := parseAddrs(w.addresses)
		if err != nil {
			return err
		}
		at, err := c.network.PublicHost(w.names[0], addresses...)
		if err != nil {
			return fmt.Errorf("host %s: %w", w.names[0], err)
		}
		for _, name := range w.names {
			if err := c.network.PublishName(name, addresses...); err != nil {
				return fmt.Errorf("host %s: %w", name, err)
			}
		}
		page := http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(out, w.names[0]+"\n")
		})
		if err := c.serve(at, page, true, w.names...); err != nil {
			return fmt.Errorf("host %s: %w", w.names[0], err)
		}
	}
	return nil
}

// signingRegion is the Region that requests to a service are signed for.
func signingRegion(service, own string) string {
	for _, entry := range catalogue {
		if entry.name == service && entry.global {
			return "us-east-1"
		}
	}
	return own
}

func parseAddrs(texts []string) ([]netip.Addr, error) {
	out := make([]netip.Addr, len(texts))
	for i, text := range texts {
		var err error
		if out[i], err = netip.ParseAddr(text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pathKey is where a connection's path is kept in its requests' contexts.
type pathKey struct{}

// serve answers at port 443, and at port 80 if plain, with a certificate for
// names.
func (c *Cloud) serve(at *vpc.Host, handler http.Handler, plain bool, names ...string) error {
	certificate, err := c.certificates.issue(c.clock.Now(), names...)
	if err != nil {
		return err
	}
	virtual := &virtualHosts{authority: c.certificates, now: c.clock.Now, names: names, made: map[string]*tls.Certificate{}}
	listener, err := at.Listen(443)
	if err != nil {
		return err
	}
	listeners := []net.Listener{tls.NewListener(listener, &tls.Config{
		Certificates:   []tls.Certificate{*certificate},
		GetCertificate: virtual.certificate,
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
	})}
	if plain {
		listener, err := at.Listen(80)
		if err != nil {
			return errors.Join(err, listeners[0].Close())
		}
		listeners = append(listeners, listener)
	}
	for _, l := range listeners {
		c.answerOn(l, handler)
	}
	return nil
}

// answerOn answers on a listener until Close.
func (c *Cloud) answerOn(listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: handler,
		// The path comes from the network, not from the request.
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, pathKey{}, c.network.Path(conn.RemoteAddr()))
		},
		// Probes abort handshakes on purpose.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	c.servers = append(c.servers, server)
	c.serving.Add(1)
	go func() {
		defer c.serving.Done()
		_ = server.Serve(listener) // ends with Close
	}()
}
