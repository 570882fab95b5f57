package resources

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/roles"
)

func init() { register("AWS::Lambda::Function", (*Resources).functionType) }

type functionCode struct {
	S3Bucket        string // CDK's bucket of assets; the key alone finds the asset
	S3Key           string
	S3ObjectVersion string `cfn:"inert"` // assets have one version
	ZipFile         string // inline code
	ImageUri        string
	SourceKMSKeyArn string `cfn:"inert"` // how the zip file is encrypted
}

type functionVPC struct {
	SubnetIds               []string
	SecurityGroupIds        []string
	Ipv6AllowedForDualStack *bool
}

type functionLogging struct {
	LogGroup            string
	LogFormat           string `cfn:"inert"` // how Lambda's own lines look
	ApplicationLogLevel string `cfn:"inert"` // only for runtimes with a logger of Lambda's
	SystemLogLevel      string `cfn:"inert"` // how many lines Lambda itself writes
}

type functionProps struct {
	FunctionName                 string       `cfn:"replace"`
	Code                         functionCode `cfn:"required"`
	Role                         string       `cfn:"required"`
	Runtime                      string
	Architectures                []string `cfn:"only=arm64|x86_64"`
	Handler                      string
	Layers                       []string
	PackageType                  string `cfn:"replace,only=Zip|Image"`
	Timeout                      *int   // in seconds
	Environment                  *struct{ Variables map[string]string }
	VpcConfig                    *functionVPC
	LoggingConfig                *functionLogging
	ReservedConcurrentExecutions *int
	MemorySize                   *int
	EphemeralStorage             any      `cfn:"inert"` // the machine's own disk has room
	ImageConfig                  any      `cfn:"inert"` // of images, which do not run here
	DeadLetterConfig             any      `cfn:"inert"` // nothing reads what failed
	KmsKeyArn                    string   `cfn:"inert"` // variables are not encrypted here
	RuntimeManagementConfig      any      `cfn:"inert"` // the machine has one version of each runtime
	SnapStart                    any      `cfn:"inert"` // functions start when they are first called
	CodeSigningConfigArn         string   `cfn:"inert"` // nothing is signed here
	TracingConfig                any      `cfn:"inert"` // traces go to X-Ray, which nothing reads
	FileSystemConfigs            any      `cfn:"inert"` // no file system is served
	FunctionScalingConfig        any      `cfn:"inert"` // how many run at once
	PublishToLatestPublished     *bool    `cfn:"inert"` // all versions are the function as it is now
	RecursiveLoop                string   `cfn:"inert"` // about queues, which the lab does not have
	Description                  string   `cfn:"inert"` // text for people
	Tags                         cfn.Tags `cfn:"inert"` // names for people
}

// functionType is AWS::Lambda::Function. Its Ref is the name.
func (r *Resources) functionType() cfn.Definition[functionProps] {
	return cfn.Definition[functionProps]{
		Attributes: []string{"Arn"},
		Validate: func(p map[string]any) cfn.Findings {
			return append(append(between(p, "Timeout", 1, 900), between(p, "MemorySize", 128, 10240)...), checkCode(p)...)
		},
		Inert: func(p functionProps, assets map[string]string) string {
			if _, err := r.codeOf(p, assets); err != nil {
				return "it cannot run here: " + err.Error()
			}
			if p.FileSystemConfigs != nil {
				return "no file system is served: it has none"
			}
			return ""
		},
		Create: func(ctx context.Context, c cfn.TypedRequest[functionProps]) (cfn.Result, error) {
			active := r.stableAt(c.Request) // when CloudFormation finds it stable
			name := c.Props.FunctionName
			if name == "" {
				name = r.name(c.Request, 64)
			}
			config, p, err := r.functionConfig(ctx, name, c)
			if err != nil {
				return cfn.Result{}, err
			}
			config.Active = active
			arn, err := r.Functions.Create(config)
			if err != nil {
				r.release(p)
				return cfn.Result{}, err
			}
			r.swapNetwork(name, p)
			return cfn.Result{PhysicalID: name, Attributes: map[string]any{"Arn": arn}}, nil
		},
		Update: func(ctx context.Context, c cfn.TypedRequest[functionProps]) (cfn.Result, error) {
			config, p, err := r.functionConfig(ctx, c.PhysicalID, c)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Functions.Update(config); err != nil {
				r.release(p)
				return cfn.Result{}, err
			}
			r.releaseLate(c.PhysicalID, r.swapNetwork(c.PhysicalID, p))
			return cfn.Result{}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[functionProps]) error {
			err := r.Functions.Delete(c.PhysicalID)
			r.releaseLate(c.PhysicalID, r.swapNetwork(c.PhysicalID, nil))
			if awserr.IsNotFound(err) {
				return nil
			}
			return err
		},
	}
}

// checkCode finds what is missing: code in exactly one form and, unless it is an
// image, the runtime and the handler.
func checkCode(p map[string]any) cfn.Findings {
	var f cfn.Findings
	code, _ := p["Code"].(map[string]any)
	if countGiven(code, "S3Key", "ZipFile", "ImageUri") != 1 {
		f = append(f, "property Code needs exactly one of S3Key, ZipFile and ImageUri")
	}
	if (code["S3Bucket"] == nil) != (code["S3Key"] == nil) {
		f = append(f, "property Code needs S3Bucket and S3Key together")
	}
	if code["ImageUri"] != nil {
		return f
	}
	for _, name := range []string{"Handler", "Runtime"} {
		if p[name] == nil {
			f = append(f, fmt.Sprintf("property %s is required", name))
		}
	}
	return f
}

// swapNetwork sets a function's network and returns the one that it had before.
func (r *Resources) swapNetwork(name string, p *functionNetwork) *functionNetwork {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.functionNetworks[name]
	delete(r.functionNetworks, name)
	if p != nil {
		r.functionNetworks[name] = p
	}
	return old
}

// functionConfig makes everything that a function needs, its network included.
func (r *Resources) functionConfig(ctx context.Context, name string, c cfn.TypedRequest[functionProps]) (functions.Config, *functionNetwork, error) {
	p := c.Props
	fail := func(err error) (functions.Config, *functionNetwork, error) { return functions.Config{}, nil, err }
	program, err := r.codeOf(p, c.Assets)
	if err != nil {
		program = inertProgram(err)
	}
	if p.inVPC() && len(p.VpcConfig.SecurityGroupIds) == 0 {
		return fail(badFunction("Security Groups are required for VPC-enabled functions."))
	}
	if err := r.roleTakesEffect(ctx, p); err != nil {
		return fail(err)
	}
	config := functions.Config{
		Name: name, Program: program, Timeout: time.Duration(valueOr(p.Timeout, 3)) * time.Second,
		Reserved: p.ReservedConcurrentExecutions,
		LogGroup: "/aws/lambda/" + name,
		Owner:    c.Stack,
		Role:     p.Role, CodeSHA256: r.codeHash(p.Code, c.Assets), Layers: p.Layers,
		Recode: func(code functions.Code) (functions.Program, string, error) { return r.recoded(p, code) },
		Credentials: r.Roles.Credentials(p.Role, roles.SessionOptions{
			Name: name, Context: map[string]string{"lambda:SourceFunctionArn": r.Functions.ARN(name)},
		}),
	}
	if p.LoggingConfig != nil && p.LoggingConfig.LogGroup != "" {
		config.LogGroup = p.LoggingConfig.LogGroup
	}
	config.MayLog = func() bool { return r.mayLog(p.Role, config.LogGroup) }
	if p.Environment != nil {
		config.Variables = p.Environment.Variables
	}
	where, err := r.newFunctionNetwork(name, p)
	if err != nil {
		return fail(err)
	}
	config.Networks = where.networks()
	if p.inVPC() {
		config.VPC, config.Subnets, config.Groups = where.vpc, p.VpcConfig.SubnetIds, p.VpcConfig.SecurityGroupIds
	}
	return config, where, nil
}

// inertProgram is that of a function whose code cannot run here: each call says why.
func inertProgram(why error) functions.Program {
	return func(functions.Environment) (lambda.Handler, error) {
		return inertHandler{why}, nil
	}
}

type inertHandler struct{ why error }

func (h inertHandler) Invoke(context.Context, []byte) ([]byte, error) {
	return nil, fmt.Errorf("the lab cannot run this function: %w", h.why)
}

// architecture is Go's name for a function's architecture; x86_64 is the default
// (docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html).
func architecture(list []string) string {
	if slices.Contains(list, "arm64") {
		return "arm64"
	}
	return "amd64"
}

// inVPC reports whether the function is connected to a VPC.
func (p functionProps) inVPC() bool { return p.VpcConfig != nil && len(p.VpcConfig.SubnetIds) > 0 }
