package cloudformation

import (
	"context"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
func init() {
	cloudformation.Register(api.QueryOperation[account]{
		Name: "ListStackResources", Resource: stackResource, Parameters: []string{"StackName", "NextToken"}, Run: listStackResources,
	})
}

// resourcesPage is how many resources a page holds.
const resourcesPage = 100

type resourceSummaryXML struct {
	LogicalResourceId    string
	PhysicalResourceId   string `xml:",omitempty"`
	ResourceType         string
	ResourceStatus       string
	ResourceStatusReason string `xml:",omitempty"`
}

func listStackResources(_ context.Context, a account, r *api.Request) (any, error) {
	s, err := a.stack(r.Form.Get("StackName"))
	if err != nil {
		return nil, err
	}
	resources := a.stacks.Resources(s.ID)
	from := 0
	if token := r.Form.Get("NextToken"); token != "" {
		if from, err = strconv.Atoi(token); err != nil || from < 0 || from > len(resources) {
			return nil, awserr.New("ValidationError", "The token %q is not valid", token)
		}
	}
	to := min(from+resourcesPage, len(resources))
	var result struct {
		Summaries []resourceSummaryXML `xml:"StackResourceSummaries>member"`
		NextToken string               `xml:",omitempty"`
	}
	for _, x := range resources[from:to] {
		result.Summaries = append(result.Summaries, resourceSummaryXML{x.LogicalID, x.PhysicalID, x.Type, x.Status, x.Reason})
	}
	if to < len(resources) {
		result.NextToken = strconv.Itoa(to)
	}
	return result, nil
}
