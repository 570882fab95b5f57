package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// source is a public repository with templates, at one commit.
type source struct {
	// Repository is its OWNER/NAME on GitHub.
	Repository, Commit string
	// Under is the folder to look in. Default: all.
	Under string
	// Templates says that it has templates as files. Default: CDK's snapshots, which are
	// whole assemblies.
	Templates bool
}

// sources are where the templates come from.
var sources = []source{
	{Repository: "badmintoncryer/aws-cdk", Commit: "7c62d6809cbdeee251c8ff31e22db7d0ff85aba2", Under: "packages/@aws-cdk-testing/framework-integ/test"},
	{Repository: "awslabs/aws-solutions-constructs", Commit: "33c062fd06edcd28fbf0a135f5f0af9f27c41b9c"},
	{Repository: "open-constructs/aws-cdk-library", Commit: "66bb3c8a810113f86a3d1716241bc9af05d9c31f"},
	{Repository: "aws-cloudformation/aws-cloudformation-templates", Commit: "142ce6f283d285fa370adb7f9d332d7f46dac5fc", Templates: true},
	{Repository: "widdix/aws-cf-templates", Commit: "1a9f04f934179975a3a56c2496d2ed2b27598bd8", Templates: true},
	{Repository: "aws-samples/aws-networkfirewall-cfn-templates", Commit: "8e6b0ea87f5c88a38d5594bd34ad831e6c4d2959", Templates: true},
	{Repository: "aws-samples/private-saas-with-aws-privatelink", Commit: "4115bc0d2382d18ebb26811da5e7300902cf0773", Templates: true},
	{Repository: "nathanpeck/aws-cloudformation-fargate", Commit: "30238130d6105769283a69be6b2c40cb921b5bc5", Templates: true},
	{Repository: "toddm92/cfn-templates", Commit: "16196ac912fe6278e27f798a1f562a4a8d61aa29", Templates: true},
	{Repository: "aws-ia/cfn-ps-aws-vpc", Commit: "799cbaebd1a8f99d051b3a59e82120fc3a297c31", Templates: true},
	{Repository: "aws-quickstart/quickstart-aws-vpc", Commit: "e7ab8614e05bcaf0b87aadbafa8c1916274a07c7", Templates: true},
	{Repository: "1Strategy/vpc-starter-template", Commit: "5f2892975a8473e3ed8d0c5e23970c444455481c", Templates: true},
	{Repository: "aws-samples/aws-gateway-load-balancer-code-samples", Commit: "5000a54a281d73f3fcba094b90a50d541f59ed31", Templates: true},
	{Repository: "aws-samples/aws-gateway-load-balancer-suricata-ids-ips-nsm", Commit: "21558e0e54a194db02dde6a8e97bc1ffc99743fc", Templates: true},
	{Repository: "aws-samples/aws-gateway-load-balancer-tunnel-handler", Commit: "5e12604c85e99c8511d5b84604ac49647ffdc395", Templates: true},
	{Repository: "aws-samples/amazon-vpc-lattice-blueprints", Commit: "6b62f857d0d806629a39f5c2bdace0308ebb7718", Templates: true},
	{Repository: "aws-samples/aws-network-firewall-automation-examples", Commit: "c6c255609fa3f07d9d57c8d40461e3e16f7a7e4b", Templates: true},
	{Repository: "aws-samples/ecs-refarch-cloudformation", Commit: "a257e226b33bd9d2a721e5afd9d7e8b66dbacfdc", Templates: true},
	{Repository: "aws-samples/serverless-patterns", Commit: "fb7b5d06c27d8abb1bd35e52ab7523acf4baab7b", Templates: true},
	{Repository: "aws-quickstart/quickstart-linux-bastion", Commit: "b0284b7e4580e415ede5a280f591adbb414f3373", Templates: true},
	{Repository: "aws-solutions/network-orchestration-for-aws-transit-gateway", Commit: "4a3cf2929f5e06516777b468577ec12f46d63fc4", Templates: true},
	{Repository: "vsr2158/aws-networking-workshop", Commit: "d2e4a3c10d45ac7748b44a2fd82ef26f1f15ed42", Templates: true},
	{Repository: "thinegan/cloudformation-vpc", Commit: "3a3be4247a29ea275343484a3fc045d54ed73e63", Templates: true},
	{Repository: "stefanycos/aws-cloudformation-vpc-endpoints", Commit: "1860c6ff298ac3e0f9cebd37961abf1e930ae06d", Templates: true},
	{Repository: "th-lee/AWS-CloudFormation-VPC", Commit: "5d690a793429a77ebd5e889b615d40b186e6b610", Templates: true},
}

// network is what makes a template one about a VPC.
var network = regexp.MustCompile(`AWS::EC2::(VPC|Subnet|VPCEndpoint)["'\s]`)

var (
	snapshotFile = regexp.MustCompile(`^(.*\.snapshot)/`)
	templateFile = regexp.MustCompile(`\.(json|ya?ml|template)$`)
)

// git runs git on a bare clone.
func git(ctx context.Context, dir string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "git", append([]string{"--git-dir", dir}, args...)...)
}

// clone returns the bare clone of a repository below root, and makes it if it is missing.
func (s source) clone(ctx context.Context, root string) (string, error) {
	dir := filepath.Join(root, strings.ReplaceAll(s.Repository, "/", "+"), "repo")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	clone := exec.CommandContext(ctx, "git", "clone", "--quiet", "--bare", "https://github.com/"+s.Repository, dir)
	clone.Stderr = os.Stderr
	return dir, clone.Run()
}

// extract writes the repository's snapshots or templates below a folder and returns those
// that make a VPC, a subnet or an endpoint: paths of assemblies and templates there. With
// beyond it returns the snapshots that make none of these.
func (s source) extract(ctx context.Context, root, to string, beyond bool) ([]string, error) {
	dir, err := s.clone(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Repository, err)
	}
	list, err := git(ctx, dir, "ls-tree", "-r", "-z", s.Commit, s.Under).Output()
	if s.Under == "" {
		list, err = git(ctx, dir, "ls-tree", "-r", "-z", s.Commit).Output()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: list the files of %s: %w", s.Repository, s.Commit, err)
	}
	var objects, paths []string
	for _, entry := range strings.Split(string(list), "\x00") {
		meta, path, _ := strings.Cut(entry, "\t")
		if fields := strings.Fields(meta); len(fields) == 3 && s.wants(path) {
			objects, paths = append(objects, fields[2]), append(paths, path)
		}
	}
	return s.write(ctx, dir, to, objects, paths, beyond)
}

func (s source) wants(path string) bool {
	if s.Templates {
		return templateFile.MatchString(path)
	}
	return snapshotFile.MatchString(path)
}

// write writes the objects to their paths.
func (s source) write(ctx context.Context, dir, to string, objects, paths []string, beyond bool) ([]string, error) {
	cat := git(ctx, dir, "cat-file", "--batch")
	cat.Stdin = strings.NewReader(strings.Join(objects, "\n") + "\n")
	out, err := cat.StdoutPipe()
	if err == nil {
		err = cat.Start()
	}
	if err != nil {
		return nil, err
	}
	var found, others []string
	lines := bufio.NewReader(out)
	for _, path := range paths {
		header, err := lines.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		fields := strings.Fields(header)
		if len(fields) != 3 {
			continue // not in this clone
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		data := make([]byte, size+1)
		if _, err := io.ReadFull(lines, data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		file := filepath.Join(to, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, data[:size], 0o644); err != nil {
			return nil, err
		}
		one, networked := s.about(path, data)
		switch {
		case one == "":
		case networked && !slices.Contains(found, one):
			found = append(found, one)
		case !networked && !slices.Contains(others, one):
			others = append(others, one)
		}
	}
	if beyond {
		found = slices.DeleteFunc(others, func(path string) bool { return s.Templates || slices.Contains(found, path) })
	}
	found = slices.DeleteFunc(found, func(path string) bool {
		stem, isJSON := strings.CutSuffix(path, ".json")
		return isJSON && slices.Contains(found, stem+".yaml") // the same, twice
	})
	slices.Sort(found)
	return found, cat.Wait()
}

// about is the assembly or template that a file is of, and whether it makes it one about a
// VPC; "" for files without resources.
func (s source) about(path string, data []byte) (of string, networked bool) {
	networked = network.Match(data)
	if !bytes.Contains(data, []byte("Resources")) {
		return "", false
	}
	if !s.Templates {
		if !strings.HasSuffix(path, ".template.json") {
			return "", false
		}
		return snapshotFile.FindStringSubmatch(path)[1], networked
	}
	return path, networked
}
