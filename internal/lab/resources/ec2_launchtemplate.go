package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::LaunchTemplate", (*Resources).launchTemplateType) }

type launchTemplateProps struct {
	LaunchTemplateName string `cfn:"replace"`
	LaunchTemplateData struct {
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
// writes. All of them are inert; any other is refused.
func (r *Resources) launchTemplateType() cfn.Definition[launchTemplateProps] {
	return cfn.Definition[launchTemplateProps]{
		Attributes: []string{"LaunchTemplateId", "DefaultVersionNumber", "LatestVersionNumber"},
		Create: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) (cfn.Result, error) {
			id := r.id("lt-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"LaunchTemplateId": id, "DefaultVersionNumber": "1", "LatestVersionNumber": "1",
			}}, nil
		},
		Update: func(context.Context, cfn.TypedRequest[launchTemplateProps]) (cfn.Result, error) {
			return cfn.Result{}, nil
		},
	}
}
