package region

import (
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/template"
)

// Reports are the last verifications of a stack's proofs, as the logs of its functions have
// them. Former are those whose proof an update has taken out of the template: what they say
// was true once, of something else.
func (r *Region) Reports(stack cfn.StackInfo) (current, former []verdict.Report) {
	var texts []string
	for _, l := range r.Logs(stack.Name) {
		texts = append(texts, l.Text)
	}
	for _, report := range verdict.Of(stack.ID, texts...) {
		if r.hasLeft(stack, report.Resource) {
			former = append(former, report)
		} else {
			current = append(current, report)
		}
	}
	return current, former
}

// hasLeft reports whether the stack's template has no such resource.
func (r *Region) hasLeft(stack cfn.StackInfo, id string) bool {
	text, err := cfn.TemplateJSON(r.Template(stack.ID))
	if err != nil {
		return false
	}
	deployed, err := template.Parse(text)
	return err == nil && deployed.Resource(id) == nil
}
