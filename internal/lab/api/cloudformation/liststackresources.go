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
	LastUpdatedTimestamp string
	DriftInformation     resourceDriftXML
}

type resourceDriftXML struct {
	StackResourceDriftStatus string
	LastCheckTimestamp       string `xml:",omitempty"`
}

// summary is a resource as the lists have it.
func (a account) summary(s Stack, r Resource) resourceSummaryXML {
	return resourceSummaryXML{r.LogicalID, r.PhysicalID, r.Type, r.Status, r.Reason, api.Timestamp(r.Updated), a.drifts.resource(s.ID, r.LogicalID)}
}

func listStackResources(_ context.Context, a account, r *api.Request) (any, error) {
	s, err := a.stack(r.Form.Get("StackName"))
	if err != nil {
		return nil, err
	}
	resources := a.stacks.Resources(s.ID)
	from, to, next, err := page(r, len(resources), resourcesPage)
	if err != nil {
		return nil, err
	}
	var result struct {
		Summaries []resourceSummaryXML `xml:"StackResourceSummaries>member"`
		NextToken string               `xml:",omitempty"`
	}
	for _, x := range resources[from:to] {
		result.Summaries = append(result.Summaries, a.summary(s, x))
	}
	result.NextToken = next
	return result, nil
}

// page is the part of a list of n that a request asks for, size at most, and the token of
// the next one.
func page(r *api.Request, n, size int) (from, to int, next string, err error) {
	if token := r.Form.Get("NextToken"); token != "" {
		if from, err = strconv.Atoi(token); err != nil || from < 0 || from > n {
			return 0, 0, "", awserr.New("ValidationError", "The token %q is not valid", token)
		}
	}
	if to = min(from+size, n); to < n {
		next = strconv.Itoa(to)
	}
	return from, to, next, nil
}
