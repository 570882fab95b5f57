// Package metadata is an instance's metadata service, at 169.254.169.254
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html).
//
// The address is link-local: the hypervisor answers, and no packet leaves the machine. So
// does the lab: [Host.Dial] hands the connection to the service and all others on. What
// asks is in package commands.
package metadata

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Instance is what an instance can learn of itself. The zero value knows nothing.
type Instance struct {
	ID, Image, Type             string
	Region, Zone, Account       string
	VPC, Subnet, MAC, Interface string
	SecurityGroups              []string // ids
	Hostname                    string   // the private DNS name
	Private                     netip.Addr
	Public                      func() netip.Addr // invalid: it has none. Default: it has none.
	PublicName                  string
	Profile                     string                  // ARN of its instance profile; empty: none
	Role                        string                  // name of the role in it
	Credentials                 aws.CredentialsProvider // of that role; nil: none
	Signature                   string                  // of [Instance.Document], as CloudFormation checks it
}

// Options are an instance's MetadataOptions.
type Options struct {
	// Off turns the service off (HttpEndpoint: disabled).
	Off bool
	// TokenOptional admits requests without a token (HttpTokens: optional).
	TokenOptional bool
}

// Document is the instance identity document
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html).
func (i Instance) Document() []byte {
	text, err := json.MarshalIndent(map[string]any{
		"accountId": i.Account, "availabilityZone": i.Zone, "imageId": i.Image, "instanceId": i.ID, "instanceType": i.Type,
		"privateIp": i.Private.String(), "region": i.Region, "version": "2017-09-30",
	}, "", "  ")
	if err != nil { // strings always encode
		panic(err)
	}
	return text
}

// Service answers at 169.254.169.254.
type Service struct {
	instance Instance
	clock    proof.Clock

	mu      sync.Mutex
	options Options
	tokens  map[string]time.Time // when they end
}

// New returns the service of an instance.
func New(i Instance, o Options, clock proof.Clock) *Service {
	return &Service{instance: i, clock: clock, options: o, tokens: map[string]time.Time{}}
}

// Instance is what the service tells about.
func (s *Service) Instance() Instance { return s.instance }

// Set changes the options of a running instance.
func (s *Service) Set(o Options) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options = o
}

func (s *Service) off() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options.Off
}

const (
	tokenTTL = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	token    = "X-Aws-Ec2-Metadata-Token"
	// longestTTL is six hours, in seconds.
	longestTTL = 21600
)

// ServeHTTP answers one request
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html).
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "EC2ws")
	w.Header().Set("Content-Type", "text/plain")
	if r.URL.Path == "/latest/api/token" {
		s.token(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if !s.admits(r.Header.Get(token)) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	version, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if version != "latest" && (len(version) != len("2021-07-15") || version[0] != '2') {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	text, ok := s.find(r, rest)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	fmt.Fprint(w, text)
}

// token makes a session's token.
func (s *Service) token(w http.ResponseWriter, r *http.Request) {
	ttl, err := strconv.Atoi(r.Header.Get(tokenTTL))
	switch {
	case r.Method != http.MethodPut:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case r.Header.Get("X-Forwarded-For") != "":
		w.WriteHeader(http.StatusForbidden)
	case err != nil || ttl < 1 || ttl > longestTTL:
		w.WriteHeader(http.StatusBadRequest)
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		made := awsid.Lower(40, s.instance.ID, "token", strconv.Itoa(len(s.tokens)))
		s.tokens[made] = s.clock.Now().Add(time.Duration(ttl) * time.Second)
		w.Header().Set(tokenTTL, strconv.Itoa(ttl))
		fmt.Fprint(w, made)
	}
}

func (s *Service) admits(given string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if given == "" {
		return s.options.TokenOptional
	}
	return s.clock.Now().Before(s.tokens[given])
}

// find is the text at a path: a value, or the names in a folder.
func (s *Service) find(r *http.Request, path string) (string, bool) {
	i := s.instance
	values := map[string]string{
		"dynamic/instance-identity/document":    string(i.Document()),
		"meta-data/ami-id":                      i.Image,
		"meta-data/ami-launch-index":            "0",
		"meta-data/hostname":                    i.Hostname,
		"meta-data/instance-id":                 i.ID,
		"meta-data/instance-life-cycle":         "on-demand",
		"meta-data/instance-type":               i.Type,
		"meta-data/local-hostname":              i.Hostname,
		"meta-data/local-ipv4":                  i.Private.String(),
		"meta-data/mac":                         i.MAC,
		"meta-data/placement/availability-zone": i.Zone,
		"meta-data/placement/region":            i.Region,
		"meta-data/security-groups":             strings.Join(i.SecurityGroups, "\n"),
		"meta-data/services/domain":             "amazonaws.com",
		"meta-data/services/partition":          "aws",
	}
	nic := "meta-data/network/interfaces/macs/" + i.MAC + "/"
	values[nic+"device-number"], values[nic+"interface-id"], values[nic+"mac"] = "0", i.Interface, i.MAC
	values[nic+"local-ipv4s"], values[nic+"subnet-id"], values[nic+"vpc-id"] = i.Private.String(), i.Subnet, i.VPC
	values[nic+"security-group-ids"], values[nic+"owner-id"] = strings.Join(i.SecurityGroups, "\n"), i.Account
	if i.Public != nil && i.Public().IsValid() {
		values["meta-data/public-ipv4"], values["meta-data/public-hostname"] = i.Public().String(), i.PublicName
		values[nic+"public-ipv4s"] = i.Public().String()
	}
	if i.Credentials != nil {
		values["meta-data/iam/info"] = s.json(map[string]string{"Code": "Success", "InstanceProfileArn": i.Profile})
		if text, ok := s.credentials(r); ok {
			values["meta-data/iam/security-credentials/"+i.Role] = text
		}
	}
	path = strings.TrimSuffix(path, "/")
	if text, ok := values[path]; ok && text != "" {
		return text, true
	}
	return folder(values, path)
}

// folder lists the names below a path; those that are folders end in a slash.
func folder(values map[string]string, path string) (string, bool) {
	var names []string
	for name, text := range values {
		rest, below := strings.CutPrefix(name, path+"/")
		if path == "" {
			rest, below = name, true
		}
		if !below || text == "" {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if deeper {
			first += "/"
		}
		if !slices.Contains(names, first) {
			names = append(names, first)
		}
	}
	slices.Sort(names)
	return strings.Join(names, "\n"), len(names) > 0
}

// credentials are the role's
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html).
func (s *Service) credentials(r *http.Request) (string, bool) {
	c, err := s.instance.Credentials.Retrieve(r.Context())
	if err != nil {
		return "", false
	}
	now := s.clock.Now().UTC()
	return s.json(map[string]string{
		"Code": "Success", "LastUpdated": now.Format(time.RFC3339), "Type": "AWS-HMAC", "AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey,
		"Token": c.SessionToken, "Expiration": now.Add(6 * time.Hour).Format(time.RFC3339),
	}), true
}

func (s *Service) json(members map[string]string) string {
	text, err := json.MarshalIndent(members, "", "  ")
	if err != nil { // strings always encode
		panic(err)
	}
	return string(text)
}
