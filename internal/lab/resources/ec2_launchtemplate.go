package resources

import (
	"context"
	"strconv"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::LaunchTemplate", (*Resources).launchTemplateType) }

type launchTemplateProps struct {
	LaunchTemplateName string `cfn:"replace"`
	LaunchTemplateData struct {
		ImageId             string           // of instances that name none
		MetadataOptions     *metadataOptions `cfn:"inert"`
		BlockDeviceMappings any              `cfn:"inert"` // disks: files live in memory
		EbsOptimized        *bool            `cfn:"inert"` // how fast disks are
		Monitoring          any              `cfn:"inert"` // metrics, which nothing reads
		TagSpecifications   any              `cfn:"inert"` // names for people
	} `cfn:"required"`
	TagSpecifications  any    `cfn:"inert"` // names for people
	VersionDescription string `cfn:"inert"` // text for people
}

// launchTemplateType is AWS::EC2::LaunchTemplate with the properties that CDK
// writes. Most of them are inert; any other is refused. A change of the image is a new
// version, which replaces the instances that refer to the latest version.
func (r *Resources) launchTemplateType() cfn.Definition[launchTemplateProps] {
	return cfn.Definition[launchTemplateProps]{
		Attributes: []string{"LaunchTemplateId", "DefaultVersionNumber", "LatestVersionNumber"},
		Validate: func(p map[string]any) cfn.Findings {
			data, _ := p["LaunchTemplateData"].(map[string]any)
			if image, ok := cfn.Literal(data["ImageId"]); ok {
				if _, err := r.imageAtLaunch(image); err != nil {
					return cfn.Findings{"property LaunchTemplateData.ImageId: " + err.Error()}
				}
			}
			return nil
		},
		Create: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) (cfn.Result, error) {
			id := r.id("lt-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: r.newVersion(id, c.Props)}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) (cfn.Result, error) {
			return cfn.Result{Attributes: r.newVersion(c.PhysicalID, c.Props)}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.launchTemplates, c.PhysicalID)
			return nil
		},
	}
}

// launchTemplate is a launch template with the images of its versions.
type launchTemplate struct {
	name   string
	images []string
}

// newVersion adds a version and returns what Fn::GetAtt gives.
func (r *Resources) newVersion(id string, p launchTemplateProps) map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.launchTemplates[id]
	t.name = p.LaunchTemplateName
	t.images = append(t.images, p.LaunchTemplateData.ImageId)
	r.launchTemplates[id] = t
	return map[string]any{
		"LaunchTemplateId": id, "DefaultVersionNumber": "1", "LatestVersionNumber": strconv.Itoa(len(t.images)),
	}
}

// imageOf is the image that an instance is launched from: its own, or that of the
// version of a launch template.
func (r *Resources) imageOf(p instanceProps) (string, error) {
	id, ref := p.ImageId, p.LaunchTemplate
	if id == "" && ref != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		for known, t := range r.launchTemplates {
			if known != ref.LaunchTemplateId && (t.name == "" || t.name != ref.LaunchTemplateName) {
				continue
			}
			version, err := strconv.Atoi(ref.Version)
			switch {
			case ref.Version == "$Default":
				version = 1
			case ref.Version == "$Latest":
				version = len(t.images)
			case err != nil || version < 1 || version > len(t.images):
				return "", awserr.New("InvalidLaunchTemplateId.VersionNotFound", "Could not find the specified version %s for the launch template with ID %s.", ref.Version, known)
			}
			id = t.images[version-1]
		}
	}
	if id == "" {
		return "", awserr.New("MissingParameter", "The request must contain the parameter ImageId")
	}
	return id, nil
}
